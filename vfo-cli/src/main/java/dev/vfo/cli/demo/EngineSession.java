package dev.vfo.cli.demo;

import dev.vfo.cli.Document;
import dev.vfo.cli.Sizes;
import dev.vfo.cli.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** One run of the demo's engine part. One thread. */
final class EngineSession {
  private static final int MIN_STEPS = 100;
  private static final int STEPS_PER_KILL = 4;
  private static final int SHOWN_DIFFERENCES = 10;

  private final DemoSettings settings;
  private final TextGathering text;
  private final Terminal terminal;
  private final Path expected;
  private final Document facts = new Document();

  EngineSession(DemoSettings settings, TextGathering text) {
    this.settings = settings;
    this.text = text;
    this.terminal = settings.terminal();
    this.expected = settings.folder().resolve("expected");
  }

  PartResult run() throws IOException, InterruptedException {
    terminal.line("The job: an inverted index, updated in place, of");
    text.describe().forEach(line -> terminal.line("  " + line));
    facts.put("textBytes", text.bytes()).put("documents", text.documents());
    int steps = undisturbed();
    List<Kill> kills = Kill.random(settings.kills(), steps, settings.random());
    boolean good = withVfo(kills);
    onPlainFiles(kills);
    return new PartResult(good, facts);
  }

  private JobRun job(boolean vfo, Path root, List<Kill> kills, JobRun.Observer observer)
      throws IOException {
    Files.createDirectory(root);
    long stepBytes = text.bytes() / Math.max(MIN_STEPS, settings.kills() * STEPS_PER_KILL);
    List<String> arguments =
        Worker.arguments(
            "index",
            settings.place(vfo, root),
            List.of(text.folder().toString(), String.valueOf(stepBytes)));
    return new JobRun(Path.of(root + ".errors"), arguments, kills, observer);
  }

  /** Makes the tree that must come out; the number of steps. */
  private int undisturbed() throws IOException, InterruptedException {
    ProgressObserver progress = new ProgressObserver(terminal, "undisturbed", text.documents());
    JobRun run = job(false, expected, List.of(), progress);
    run.run();
    TreeComparison tree = TreeComparison.of(expected, expected);
    progress.end(
        "%s, %d steps, a tree of %d files, %s"
            .formatted(
                progress.time(), run.acknowledged(), tree.files(), Sizes.decimal(tree.bytes())));
    facts.put("steps", run.acknowledged()).put("files", tree.files()).put("bytes", tree.bytes());
    return (int) run.acknowledged();
  }

  private boolean withVfo(List<Kill> kills) throws IOException, InterruptedException {
    terminal.line("");
    terminal.line("With VFO:");
    Path root = settings.folder().resolve("vfo");
    KillObserver observer = new KillObserver(terminal, text.documents(), root);
    JobRun run = job(true, root, kills, observer);
    try {
      run.run();
    } catch (JobFailedException e) {
      observer.fail("the job cannot go on: " + e.getMessage());
    }
    observer.end();
    TreeComparison tree = TreeComparison.of(expected, root);
    boolean identical = tree.differences().isEmpty();
    boolean good = identical && observer.problems().isEmpty();
    VfoReport.print(terminal, run);
    observer.problems().forEach(problem -> terminal.line("  FAILED: " + problem));
    printVerdict(tree);
    VfoReport.addTo(facts, run);
    facts.put("kills", observer.kills()).put("hits", observer.hits()).put("identical", identical);
    return good;
  }

  private void printVerdict(TreeComparison tree) {
    List<String> differences = tree.differences();
    if (differences.isEmpty()) {
      terminal.line(
          "  IDENTICAL to the undisturbed run: %d files, %s, names and modes"
              .formatted(tree.files(), Sizes.decimal(tree.bytes())));
      return;
    }
    terminal.line("  DIFFERENT from the undisturbed run:");
    differences.stream().limit(SHOWN_DIFFERENCES).forEach(line -> terminal.line("    " + line));
    if (differences.size() > SHOWN_DIFFERENCES) {
      terminal.line("    and " + (differences.size() - SHOWN_DIFFERENCES) + " more");
    }
  }

  private void onPlainFiles(List<Kill> kills) throws IOException, InterruptedException {
    terminal.line("");
    terminal.line("On plain files, with a progress file that is replaced by rename:");
    Path root = settings.folder().resolve("plain");
    ProgressObserver progress =
        new ProgressObserver(terminal, "killed the same way", text.documents());
    JobRun run = job(false, root, kills, progress);
    try {
      run.run();
      progress.end("%d times, %s".formatted(progress.kills(), progress.time()));
    } catch (JobFailedException e) {
      progress.end("%d times, %s".formatted(progress.kills(), progress.time()));
      terminal.line("  The job cannot go on: " + e.getMessage());
    }
    PlainDamage damage = PlainDamage.of(expected, root, run.missing());
    damage.lines().forEach(line -> terminal.line("  " + line));
    facts.put("plainWrongFiles", damage.wrongFiles());
  }
}
