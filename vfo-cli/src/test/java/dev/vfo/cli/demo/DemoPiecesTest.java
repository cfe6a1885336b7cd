package dev.vfo.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.cli.CapturedTerminal;
import dev.vfo.cli.job.Corpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The parts that the demo is made of. */
class DemoPiecesTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void killsAreSpreadOverTheJob() {
    List<Kill> kills = Kill.random(20, 101, new SplittableRandom(1));
    assertEquals(20, kills.size());
    for (int i = 0; i < 20; i++) {
      int checkpoint = kills.get(i).checkpoint();
      assertTrue(checkpoint > i * 5 && checkpoint <= 1 + (i + 1) * 5, i + ": " + checkpoint);
    }
    assertEquals(kills, Kill.random(20, 101, new SplittableRandom(1)));
    assertEquals(List.of(), Kill.random(0, 100, new SplittableRandom(1)));
  }

  @Test
  void killsWaitForTheirMoment() {
    Kill inStep = new Kill(Kill.Moment.STEP, 5, 0.5);
    assertEquals(false, inStep.isDue(new Message.Ended(3, 1, 1, 1, 1, 0)));
    assertEquals(true, inStep.isDue(new Message.Ended(4, 1, 1, 1, 1, 0)));
    Kill inCheckpoint = new Kill(Kill.Moment.CHECKPOINT, 5, 0.5);
    assertEquals(false, inCheckpoint.isDue(new Message.Begins(4)));
    assertEquals(true, inCheckpoint.isDue(new Message.Begins(6)));
    assertEquals(false, inCheckpoint.isDue(new Message.Ended(6, 1, 1, 1, 1, 0)));
    assertEquals(true, new Kill(Kill.Moment.OPENING, 5, 0).isDue(new Message.Opens()));
  }

  @Test
  void messagesAreLines() throws IOException {
    List<Message> all =
        List.of(
            new Message.Opens(),
            new Message.Opened(3, 4),
            new Message.Begins(5),
            new Message.Ended(6, 7, 8, 9, 10, 11),
            new Message.Done(12));
    for (Message message : all) {
      assertEquals(message, Message.parse(message.line()));
    }
    assertThrows(IOException.class, () -> Message.parse("begins"));
    assertThrows(IOException.class, () -> Message.parse("hello"));
  }

  @Test
  void quantilesAreOfWhatWasMeasured() {
    Durations durations = new Durations();
    assertEquals(0, durations.quantile(0.5));
    assertEquals(7, durations.medianOr(7));
    for (int i = 100; i > 0; i--) {
      durations.add(i);
    }
    assertEquals(50, durations.quantile(0.5));
    assertEquals(99, durations.quantile(0.99));
    assertEquals(100, durations.quantile(1));
    assertEquals("12.3 ms", Durations.millis(12_345_678));
    assertEquals("1.2 s", Durations.seconds(1_234_567_890));
  }

  @Test
  void treesAreComparedByNameKindModeAndContent() throws IOException {
    Path a = Files.createDirectories(folder.resolve("a/sub")).getParent();
    Path b = Files.createDirectories(folder.resolve("b/sub")).getParent();
    Files.createDirectories(b.resolve(".vfo/journal"));
    Files.writeString(a.resolve("sub/x"), "hello");
    Files.writeString(b.resolve("sub/x"), "hello");
    assertEquals(List.of(), TreeComparison.of(a, b).differences());
    Files.writeString(b.resolve("sub/x"), "hellO");
    Files.writeString(a.resolve("y"), "1");
    Files.writeString(b.resolve("z"), "1");
    Files.writeString(a.resolve("w"), "12");
    Files.writeString(b.resolve("w"), "123");
    assertEquals(
        List.of(
            "sub/x: differs from byte 4 on",
            "w: 3 bytes instead of 2",
            "y: missing",
            "z: should not be there"),
        TreeComparison.of(a, b).differences());
  }

  @Test
  void onlyTextIsFound() throws IOException {
    Path input = Files.createDirectory(folder.resolve("in"));
    Files.writeString(input.resolve("text"), "words ".repeat(100));
    Files.writeString(input.resolve("tiny"), "words");
    Files.write(input.resolve("binary"), new byte[1000]);
    TextFinder finder = new TextFinder();
    finder.addAll(input);
    finder.addAll(folder.resolve("missing"));
    try (Corpus.Writer writer = new Corpus.Writer(folder.resolve("corpus"))) {
      finder.fill(writer, 1 << 20, new SplittableRandom(1));
    }
    try (Corpus corpus = Corpus.open(folder.resolve("corpus"))) {
      assertEquals(1, corpus.size());
      assertTrue(corpus.name(0).endsWith("/text"));
      assertEquals(600, corpus.text(0).length);
    }
  }

  @Test
  void textIsMadeOfTheJdksNames() throws IOException {
    try (Corpus.Writer writer = new Corpus.Writer(folder.resolve("corpus"))) {
      JdkNames.fill(writer, 200_000);
      assertTrue(writer.totalBytes() >= 200_000);
    }
    try (Corpus corpus = Corpus.open(folder.resolve("corpus"))) {
      assertTrue(corpus.name(0).endsWith(".class"));
    }
  }

  @Test
  void progressIsOneLineOnATerminalAndFewInAPipe() {
    CapturedTerminal pipe = new CapturedTerminal(folder);
    Progress progress = new Progress(pipe.terminal(), "work");
    progress.update("1%");
    progress.end("done");
    assertEquals("  work: done\n", pipe.out());
  }
}
