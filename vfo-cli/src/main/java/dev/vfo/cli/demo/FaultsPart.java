package dev.vfo.cli.demo;

import dev.vfo.cli.Document;
import dev.vfo.cli.Table;
import dev.vfo.cli.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The three faults of a step that is repeated: on plain files, then with VFO. */
final class FaultsPart implements DemoPart {

  /**
   * What came of one fault.
   *
   * @param atKill content of the example when the step had been killed
   * @param atEnd the result once the step was repeated, or why it could not be
   */
  private record Outcome(String atKill, String atEnd) {}

  @Override
  public String name() {
    return "faults";
  }

  @Override
  public String title() {
    return "a step is killed before its checkpoint, and repeated";
  }

  @Override
  public PartResult run(DemoSettings settings) throws IOException, InterruptedException {
    Terminal terminal = settings.terminal();
    terminal.line("Each step works on the file \"example\". It is killed with SIGKILL when all");
    terminal.line("is done but its checkpoint, and is repeated from checkpoint i.");
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    boolean plainGood = runAll(settings, false, rows);
    boolean vfoGood = runAll(settings, true, rows);
    Document facts =
        new Document().put("plainRight", plainGood).put("vfoRight", vfoGood).put("runs", rows);
    return new PartResult(vfoGood, facts);
  }

  /** Runs the three faults; whether all came out right. */
  private static boolean runAll(
      DemoSettings settings, boolean vfo, List<Map<String, @Nullable Object>> rows)
      throws IOException, InterruptedException {
    Terminal terminal = settings.terminal();
    terminal.line("");
    terminal.line(vfo ? "With VFO" : "Plain files");
    Table table = new Table("  ", "lllllll");
    table.add("fault", "step", "at i", "when killed", "repeated", "right", "");
    boolean good = true;
    for (Fault fault : Fault.values()) {
      Outcome outcome = run(settings, fault, vfo);
      boolean right = outcome.atEnd().equals(fault.right());
      good &= right;
      rows.add(
          new Document()
              .put("fault", fault.name())
              .put("files", vfo ? "vfo" : "plain")
              .put("atKill", outcome.atKill())
              .put("repeated", outcome.atEnd())
              .put("expected", fault.right())
              .put("right", right)
              .fields());
      table.add(
          fault.name(),
          fault.title(),
          fault.before(),
          outcome.atKill(),
          outcome.atEnd(),
          fault.right(),
          right ? "ok" : "WRONG");
    }
    table.print(terminal);
    return good;
  }

  private static Outcome run(DemoSettings settings, Fault fault, boolean vfo)
      throws IOException, InterruptedException {
    String kind = vfo ? "vfo" : "plain";
    Path root = Files.createDirectory(settings.folder().resolve(kind + "-" + fault));
    Path errors = settings.folder().resolve(kind + "-" + fault + ".errors");
    List<String> arguments =
        Worker.arguments("fault", settings.place(vfo, root), List.of(fault.name()));
    try (WorkerProcess worker = WorkerProcess.start(errors, arguments)) {
      expect(FaultWorker.IN_STEP, worker);
      worker.kill();
    }
    String atKill = content(root.resolve(Fault.EXAMPLE));
    try (WorkerProcess worker = WorkerProcess.start(errors, arguments)) {
      boolean done = FaultWorker.DONE.equals(worker.readLine()) && worker.waitFor() == 0;
      return new Outcome(
          atKill, done ? content(root.resolve(fault.resultFile())) : failure(worker));
    }
  }

  private static String failure(WorkerProcess worker) throws IOException, InterruptedException {
    String error = worker.failure();
    return error.startsWith("NoSuchFileException") ? "no such file" : error;
  }

  private static void expect(String line, WorkerProcess worker)
      throws IOException, InterruptedException {
    @Nullable String reported = worker.readLine();
    if (!line.equals(reported)) {
      throw new IOException("a worker failed: " + worker.failure());
    }
  }

  private static String content(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file) : "(gone)";
  }
}
