package dev.vfo.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.cli.CapturedTerminal;
import dev.vfo.cli.job.Corpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo's parts with real processes, the engine's with little text. */
class DemoTest {
  private static final long TEXT_BYTES = 600_000;
  private static final int KILLS = 6;

  @TempDir private Path folder = Path.of("");
  private CapturedTerminal terminal = new CapturedTerminal(folder);

  @BeforeEach
  void makeTerminal() {
    terminal = new CapturedTerminal(folder);
  }

  private DemoSettings settings() {
    return new DemoSettings(
        terminal.terminal(), folder, Optional.empty(), KILLS, new SplittableRandom(3));
  }

  @Test
  void theFaultsHarmPlainFilesOnly() throws Exception {
    PartResult result = new FaultsPart().run(settings());
    assertTrue(result.good(), terminal.out());
    assertEquals(false, result.facts().fields().get("plainRight"));
    assertEquals(true, result.facts().fields().get("vfoRight"));
    assertEquals(3, terminal.out().lines().filter(line -> line.endsWith("  WRONG")).count());
    assertEquals(3, terminal.out().lines().filter(line -> line.endsWith("  ok")).count());
  }

  @Test
  void aKilledJobEndsIdentical() throws Exception {
    PartResult result = new EngineSession(settings(), text()).run();
    assertTrue(result.good(), terminal.out());
    assertEquals(true, result.facts().fields().get("identical"));
    assertEquals(KILLS, result.facts().fields().get("kills"));
    assertTrue(terminal.out().contains("\n  IDENTICAL to the undisturbed run: "), terminal.out());
    List<String> tooLong = terminal.out().lines().filter(line -> line.length() > 80).toList();
    assertEquals(List.of(), tooLong);
  }

  @Test
  void aWorkerEndsWhenTheDemoIsGone() throws Exception {
    Path root = Files.createDirectory(folder.resolve("root"));
    List<String> command = new ArrayList<>(JavaCommand.forMain(Worker.class));
    command.addAll(
        Worker.arguments(
            "index", settings().place(true, root), List.of(text().folder().toString(), "100")));
    Process worker =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(folder.resolve("errors").toFile())
            .start();
    worker.getOutputStream().close();
    assertTrue(worker.waitFor(60, TimeUnit.SECONDS), "goes on");
    assertEquals(1, worker.exitValue());
    assertEquals(List.of("the demo is gone"), Files.readAllLines(folder.resolve("errors")));
  }

  private TextGathering text() throws IOException {
    Path corpusFolder = Files.createDirectory(folder.resolve("text"));
    try (Corpus.Writer corpus = new Corpus.Writer(corpusFolder)) {
      JdkNames.fill(corpus, TEXT_BYTES);
      return new TextGathering(corpusFolder, corpus.totalBytes(), 0, corpus.documents());
    }
  }
}
