package dev.vfo.cli;

import dev.vfo.Options;
import dev.vfo.RootInUseException;
import dev.vfo.inspect.RootInspection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vfo wait-applied}: returns when the last checkpoint is in the files. */
@Command(
    name = "wait-applied",
    header = "Wait until the last checkpoint is in the files.",
    description = {
      "Waits until the root's last checkpoint, as of now, is in the files: then other",
      "programs see all of it. While a manager runs it is the one that applies, and",
      "this only watches; when none runs, this recovers the root as 'vfo recover' does."
    },
    footer = {
      "",
      "Examples:",
      "  vfo wait-applied data && rsync -a --exclude .vfo data/ backup/",
      "  vfo wait-applied --timeout 60",
      "",
      "Exit codes: 0 applied, 1 damaged, or not applied in time, 2 wrong command line,",
      "125 vfo failed."
    })
final class WaitAppliedCommand extends RootCommand {
  private static final long SHORTEST_PAUSE_MS = 5;
  private static final long LONGEST_PAUSE_MS = 200;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "Give up after so many seconds.")
  private long timeoutSeconds = Long.MAX_VALUE;

  WaitAppliedCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (timeoutSeconds < 0) {
      throw new UsageException("--timeout must be at least 0");
    }
    Path root = root();
    RootInspection seen = look(root);
    long wanted = seen.last().map(last -> last.number()).orElse(0L);
    long startNanos = System.nanoTime();
    for (long pauseMs = SHORTEST_PAUSE_MS; !isApplied(seen, wanted); seen = look(root)) {
      if (RunningManager.of(root).isEmpty() && recover(root)) {
        continue;
      }
      long leftMs =
          TimeUnit.SECONDS.toMillis(timeoutSeconds)
              - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
      if (leftMs <= 0) {
        throw new ProblemException(
            root + ": checkpoint " + wanted + " is not applied after " + timeoutSeconds + " s");
      }
      // Nothing better to wait on. A watch of the mark's file would save a part of a pause, but
      // says
      // nothing of a manager that is killed, so looking again now and then is needed anyway.
      Thread.sleep(Math.min(pauseMs, leftMs));
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
    report(root, wanted);
    return ExitCode.OK;
  }

  private RootInspection look(Path root) throws IOException {
    RootInspection seen = RootInspection.read(storage(), root);
    if (!seen.faults().isEmpty()) {
      throw new ProblemException("damaged: " + seen.faults().getFirst());
    }
    return seen;
  }

  /** Whether all layers of the checkpoint, and of those before it, are in the files. */
  private static boolean isApplied(RootInspection seen, long checkpoint) {
    return seen.checkpoints().stream()
        .allMatch(record -> record.number() > checkpoint || record.applied());
  }

  /** Applies what is left; false when a manager has come up meanwhile, which does it. */
  private boolean recover(Path root) throws IOException {
    try {
      new ManagedRoot(RootRegistry.ofUser(terminal()), root).recover(Options.defaults());
      return true;
    } catch (RootInUseException e) {
      return false;
    }
  }

  private void report(Path root, long checkpoint) throws IOException {
    Document document =
        new Document().put("root", root.toString()).put("appliedCheckpoint", checkpoint);
    if (!printJson(document)) {
      String text =
          checkpoint == 0
              ? "there is no checkpoint yet"
              : "checkpoint " + checkpoint + " is applied";
      terminal().line(root + ": " + text);
    }
  }
}
