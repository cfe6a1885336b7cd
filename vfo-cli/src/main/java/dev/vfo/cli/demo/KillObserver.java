package dev.vfo.cli.demo;

import dev.vfo.cli.Document;
import dev.vfo.cli.Table;
import dev.vfo.cli.Terminal;
import dev.vfo.inspect.RootInspection;
import dev.vfo.storage.linux.LinuxStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps, for each kill of a job with VFO, what it hit, and checks that no acknowledged checkpoint
 * is lost. One thread.
 */
final class KillObserver extends ProgressObserver {
  private final Terminal terminal;
  private final Path root;
  private final List<Hit> hits = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  /**
   * A kill.
   *
   * @param phase what it hit
   * @param resumedAt the checkpoint that the next process went on from, -1 when it did not get so
   *     far
   */
  private record Hit(JobRun.Death death, String phase, long resumedAt) {}

  KillObserver(Terminal terminal, int documents, Path root) {
    super(terminal, "killed with SIGKILL", documents);
    this.terminal = terminal;
    this.root = root;
  }

  @Override
  public void killed(JobRun.Death death) throws IOException {
    super.killed(death);
    hits.add(new Hit(death, phase(death), -1));
  }

  private String phase(JobRun.Death death) throws IOException {
    if (!Files.exists(root.resolve(".vfo"))) {
      return "the first opening";
    }
    return DiskPhase.describe(RootInspection.read(new LinuxStorage(), root), death);
  }

  @Override
  public void resumed(Message.Opened opened) {
    if (hits.isEmpty()) {
      return;
    }
    Hit last = hits.removeLast();
    hits.add(new Hit(last.death(), last.phase(), opened.checkpoint()));
    if (opened.checkpoint() < last.death().acknowledged()) {
      problems.add(
          "checkpoint %d was acknowledged, but the next process found %d"
              .formatted(last.death().acknowledged(), opened.checkpoint()));
    }
  }

  /** Ends the progress line, and prints the kills. */
  void end() {
    end("%d times, %s".formatted(kills(), time()));
    Table table = new Table("  ", "rrlrr");
    table.add("kill", "after", "what it hit, as the disk tells", "saved", "resumed");
    for (int i = 0; i < hits.size(); i++) {
      Hit hit = hits.get(i);
      table.add(
          String.valueOf(i + 1),
          Durations.seconds(hit.death().nanos()),
          hit.phase(),
          String.valueOf(hit.death().acknowledged()),
          hit.resumedAt() < 0 ? "-" : String.valueOf(hit.resumedAt()));
    }
    if (!hits.isEmpty()) {
      table.print(terminal);
    }
  }

  /** Adds to what went wrong. */
  void fail(String problem) {
    problems.add(problem);
  }

  /** What went wrong, a line each. */
  List<String> problems() {
    return problems;
  }

  /** The kills, for programs. */
  List<Map<String, @Nullable Object>> hits() {
    return hits.stream()
        .map(hit ->
            new Document()
                .put("phase", hit.phase())
                .put("acknowledged", hit.death().acknowledged())
                .put("resumedAt", hit.resumedAt() < 0 ? null : hit.resumedAt())
                .fields())
        .toList();
  }
}
