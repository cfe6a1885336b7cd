package dev.vfo.cli.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job does what it says, and goes on where it was. */
class IndexJobTest {
  private static final IndexJob.Observer NOBODY =
      new IndexJob.Observer() {
        @Override
        public void checkpointBegins(JobState state) {}

        @Override
        public void checkpointEnded(JobState state) {}
      };

  @TempDir private Path folder = Path.of("");

  private final Map<String, Integer> expected = new HashMap<>();

  /** Some hundred documents of words w0 to w2999, small numbers most often. */
  private Corpus corpus() throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    try (Corpus.Writer writer = new Corpus.Writer(folder.resolve("corpus"))) {
      for (int i = 0; i < 300; i++) {
        StringBuilder text = new StringBuilder();
        for (int j = 0; j < 200; j++) {
          String word = letters((int) (3000 * random.nextDouble() * random.nextDouble()));
          expected.merge(word, 1, Integer::sum);
          text.append(j % 7 == 0 ? word.toUpperCase(java.util.Locale.ROOT) : word).append(", ");
        }
        writer.add("doc " + i, text.toString().getBytes(StandardCharsets.UTF_8));
      }
    }
    return Corpus.open(folder.resolve("corpus"));
  }

  private static String letters(int number) {
    StringBuilder word = new StringBuilder("w");
    for (int rest = number; rest > 0; rest /= 26) {
      word.append((char) ('a' + rest % 26));
    }
    return word + "x";
  }

  private Path run(String name, Corpus corpus, int interruptions) throws IOException {
    Path root = Files.createDirectory(folder.resolve(name));
    Path progress = folder.resolve(name + ".progress");
    for (int i = 0; i < interruptions; i++) {
      int stopAt = 2 + 3 * i;
      assertThrows(InterruptedIndex.class, () -> index(root, progress, corpus, stopping(stopAt)));
    }
    index(root, progress, corpus, NOBODY);
    return root;
  }

  private static void index(Path root, Path progress, Corpus corpus, IndexJob.Observer observer)
      throws IOException {
    try (PlainFiles files = PlainFiles.open(root, progress, false)) {
      new IndexJob(files, corpus, 20_000, observer).run();
    }
  }

  /** Ends the job right after a checkpoint, where plain files are as good as any. */
  private static IndexJob.Observer stopping(int step) {
    return new IndexJob.Observer() {
      @Override
      public void checkpointBegins(JobState state) {}

      @Override
      public void checkpointEnded(JobState state) throws IOException {
        if (state.step() == step) {
          throw new InterruptedIndex();
        }
      }
    };
  }

  private static final class InterruptedIndex extends IOException {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void countsEachWord() throws IOException {
    try (Corpus corpus = corpus()) {
      Path root = run("a", corpus, 0);
      assertEquals(
          new TreeMap<>(expected), new TreeMap<>(IndexReader.counts(root.resolve("index"))));
    }
  }

  @Test
  void goesOnFromItsState() throws IOException {
    try (Corpus corpus = corpus()) {
      Path whole = run("a", corpus, 0);
      Path resumed = run("b", corpus, 5);
      try (var files = Files.walk(whole)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Path other = resumed.resolve(whole.relativize(file));
          assertEquals(-1, Files.mismatch(file, other), file.toString());
        }
      }
    }
  }

  @Test
  void leavesItsLastPartsAndItsLog() throws IOException {
    try (Corpus corpus = corpus()) {
      Path root = run("a", corpus, 0);
      try (var work = Files.list(root.resolve("work"));
          var done = Files.list(root.resolve("done"))) {
        assertEquals(0, work.count());
        assertTrue(done.count() < 3 * 8);
      }
      assertEquals(300, Files.readAllLines(root.resolve("log/job.log")).size());
    }
  }

  @Test
  void longLogsAreRotated() throws IOException {
    Path root = Files.createDirectories(folder.resolve("r/log")).getParent();
    try (PlainFiles files = PlainFiles.open(root, folder.resolve("p"), false)) {
      JobLog log = new JobLog(files, "log/job.log");
      for (int i = 0; i < 8; i++) {
        log.append("x".repeat(70_000) + i + "\n");
      }
    }
    try (var logs = Files.list(root.resolve("log"))) {
      assertEquals(4, logs.count());
    }
    assertTrue(Files.readString(root.resolve("log/job.log.1")).endsWith("7\n"));
    assertTrue(Files.readString(root.resolve("log/job.log.4")).endsWith("4\n"));
    assertFalse(Files.exists(root.resolve("log/job.log")));
  }

  @Test
  void stateIsALine() {
    JobState state = new JobState(3, 2, 17, 12345678901L);
    assertEquals("3 2 17 12345678901", new String(state.encode(), StandardCharsets.US_ASCII));
    assertEquals(state, JobState.decode(state.encode()));
  }

  @Test
  void wordsAreRunsOfLetters() {
    Map<String, Integer> counts =
        new Tokenizer()
            .count("The the THE a I'm \u00fcber x2y caf\u00e9 re".getBytes(StandardCharsets.UTF_8));
    assertEquals(Map.of("the", 3, "\u00fcber", 1, "caf\u00e9", 1, "re", 1), counts);
    assertEquals(Map.of(), new Tokenizer().count("z".repeat(33).getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void plainFilesForgiveOnlyWhenTold() throws IOException {
    Path root = Files.createDirectory(folder.resolve("r"));
    try (PlainFiles strict = PlainFiles.open(root, folder.resolve("p"), false)) {
      assertThrows(NoSuchFileException.class, () -> strict.delete("x"));
      assertThrows(NoSuchFileException.class, () -> strict.rename("x", "y"));
    }
    try (PlainFiles forgiving = PlainFiles.open(root, folder.resolve("p"), true)) {
      forgiving.delete("x");
      forgiving.rename("x", "y");
      assertEquals(2, forgiving.missingCount());
      forgiving.checkpoint(new byte[] {1, 2});
    }
    try (PlainFiles again = PlainFiles.open(root, folder.resolve("p"), false)) {
      assertEquals(1, again.lastCheckpoint());
      assertArrayEquals(new byte[] {1, 2}, again.lastState().orElseThrow());
    }
  }
}
