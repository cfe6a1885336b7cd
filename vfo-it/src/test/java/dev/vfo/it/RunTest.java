package dev.vfo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code vfo run --files-only} and {@code vfo resume}, with real programs and real kills. */
class RunTest {
  private static final int LINES = 200;
  private static final int KILLS = 8;

  /**
   * Appends a line, then notes how far it is; killed in between, plain files would have a line
   * twice.
   */
  private static final String COUNT =
      """
      n=$(cat n 2>/dev/null || echo 0)
      while [ $n -lt %d ]; do
        n=$((n+1)); echo "line $n" >> log; echo $n > n; echo $n > ../seen; sleep 0.05
      done
      echo counted
      """
          .formatted(LINES);

  @TempDir Path folder;

  private Path root;

  /** The first start builds, which takes longer than anybody here waits. */
  @BeforeAll
  static void build() throws Exception {
    assertEquals(0, Script.run(Path.of("/"), Script.top().resolve("vfo"), "--help").exitCode());
  }

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(folder.resolve("root"));
    Files.writeString(root.resolve("count.sh"), COUNT);
  }

  private Job run(String... command) throws IOException {
    String[] all = new String[command.length + 4];
    System.arraycopy(new String[] {"run", "--files-only", "--every", "200ms"}, 0, all, 0, 4);
    System.arraycopy(command, 0, all, 4, command.length);
    return Job.start(root, all);
  }

  private void requireEachLineOnce() throws IOException {
    String expected =
        IntStream.rangeClosed(1, LINES)
            .mapToObj(i -> "line " + i + "\n")
            .collect(Collectors.joining());
    assertEquals(expected, Files.readString(root.resolve("log")));
  }

  private static void requireNoMount() throws IOException {
    assertFalse(Files.readString(Path.of("/proc/self/mounts")).contains("fuse.vfo"));
  }

  @Test
  void theProgramsEndIsTheJobs() throws Exception {
    try (Job job = run("sh", "-c", "echo made > f; mkdir d; pwd; exit 7")) {
      assertEquals(7, job.await(), job::output);
      assertEquals(root + "\n", job.output().replaceAll("(?m)^vfo: .*\n", ""));
      assertEquals("made\n", Files.readString(root.resolve("f")));
    }
    try (Job again = Job.start(root, "resume")) {
      assertEquals(7, again.await(), again::output);
      assertTrue(again.output().contains("has ended already"), again.output());
    }
  }

  @Test
  void whatCannotBeStartedHasTheCodesOfAShell() throws Exception {
    try (Job job = run("no-such-program")) {
      assertEquals(127, job.await(), job::output);
    }
    try (Job job = run("./count.sh")) {
      assertEquals(126, job.await(), job::output);
    }
    try (Job job = Job.start(root, "run", "--files-only")) {
      assertEquals(2, job.await(), job::output);
    }
    try (Job job = Job.start(root, "run", "--files-only", "--every", "soon", "true")) {
      assertEquals(2, job.await(), job::output);
    }
    try (Job job = Job.start(folder, "resume")) {
      assertEquals(125, job.await(), job::output);
    }
  }

  @Test
  void mountsBelowAreNamedAndRefused() throws Exception {
    Path below = Files.createDirectory(root.resolve("a b"));
    String vfo = Script.top().resolve("vfo").toString();
    String script =
        "mount -t tmpfs none \"$1\" && cd \"$1/..\" && exec \"$2\" run --files-only true";
    Process process =
        new ProcessBuilder("unshare", "--mount", "sh", "-ec", script, "sh", below.toString(), vfo)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(125, process.waitFor(), output);
    assertTrue(output.contains(below.toString()), output);
    assertFalse(Files.exists(root.resolve(".vfo")));
  }

  @Test
  void aCrashOfTheProgramIsTakenBackAndItStartsAgain() throws Exception {
    // What is outside of the root stays, so it knows the second time from the first.
    Files.writeString(
        root.resolve("fail.sh"),
        """
        if mkdir ../tried 2>/dev/null; then echo lost > f; kill -9 $$; fi
        [ ! -e f ] && echo done > f
        """);
    try (Job job =
        Job.start(
            root, "run", "--files-only", "--every", "1h", "--retries", "1", "sh", "fail.sh")) {
      assertEquals(0, job.await(), job::output);
    }
    assertEquals("done\n", Files.readString(root.resolve("f")));
  }

  /** Whoever of them is killed: all are gone, and a resume goes on from the last checkpoint. */
  @Test
  void afterKillsOfAnybodyEachLineIsThereOnce() throws Exception {
    Random random = new Random(11);
    for (int i = 0; i < KILLS; i++) {
      try (Job job = i == 0 ? run("sh", "count.sh") : Job.start(root, "resume")) {
        Optional<ProcessHandle> program = job.program(" count.sh");
        Thread.sleep(100 + random.nextInt(700));
        Optional<ProcessHandle> victim =
            switch (i % 4) {
              case 0 -> Optional.of(job.launcher());
              case 1 -> job.supervisor();
              case 2 -> job.first();
              default -> program;
            };
        assertTrue(victim.isPresent() && victim.get().destroyForcibly(), job::output);
        assertTrue(job.await() != 0, job::output);
        job.requireNothingLeft();
        requireNoMount();
      }
    }
    try (Job job = Job.start(root, "resume")) {
      assertEquals(0, job.await(), job::output);
    }
    requireEachLineOnce();
  }

  @Test
  void whoIsToldToStopMakesACheckpointFirst() throws Exception {
    try (Job job = Job.start(root, "run", "--files-only", "--every", "1h", "sh", "count.sh")) {
      // What is outside of the root is seen at once.
      Path seen = folder.resolve("seen");
      while (job.isAlive() && !(Files.exists(seen) && Files.readString(seen).equals("5\n"))) {
        Thread.sleep(1);
      }
      Script other = Script.run(root, Script.top().resolve("vfo"), "run", "--files-only", "true");
      assertEquals(125, other.exitCode(), other.errors());
      assertTrue(other.errors().contains("process " + job.launcher().pid() + ":"), other.errors());
      job.launcher().destroy();
      assertEquals(75, job.await(), job::output);
      job.requireNothingLeft();
    }
    assertTrue(Integer.parseInt(Files.readString(root.resolve("n")).strip()) >= 5);
    try (Job other = run("true")) {
      assertEquals(125, other.await(), other::output);
      assertTrue(other.output().contains("vfo resume"), other.output());
    }
    try (Job job = Job.start(root, "resume")) {
      assertEquals(0, job.await(), job::output);
      assertTrue(job.output().contains("counted"), job.output());
    }
    requireEachLineOnce();
  }

  /** GNU make, killed ten times, ends with the files of a build that was not disturbed. */
  @Test
  void theDemoOfMakeKeepsItsPromise() throws Exception {
    Script demo = Script.run(folder, Script.top().resolve("vfo"), "demo", "make");
    assertEquals(0, demo.exitCode(), demo.output() + demo.errors());
    assertTrue(demo.output().contains("IDENTICAL"), demo.output());
  }
}
