package dev.vfo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A step loop in a process of its own, that is sent signals, and goes on in the next process. */
class SignalledStepsTest {
  private static final int STEPS = 12;
  private static final int LONG_MILLIS = 60_000;
  private static final int TERMINATED = 128 + 15;
  private static final int INTERRUPTED = 128 + 2;

  @TempDir Path root;

  private final class Program implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;
    private @Nullable String last;

    Program(int stepMillis) throws IOException {
      process =
          new ProcessBuilder(
                  // Who runs the tests in the background of a script has them ignore SIGINT.
                  "env",
                  "--default-signal=INT,TERM",
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  "--enable-native-access=ALL-UNNAMED",
                  SteppingProgram.class.getName(),
                  root.toString(),
                  Integer.toString(STEPS),
                  Integer.toString(stepMillis))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    void awaitBegun(int lines) throws IOException {
      String wanted = "begun " + lines;
      while (!wanted.equals(last)) {
        last = output.readLine();
        assertTrue(last != null, "it ended before it has " + wanted);
      }
    }

    void signal(String name) throws IOException, InterruptedException {
      String pid = Long.toString(process.pid());
      assertEquals(0, new ProcessBuilder("kill", "-" + name, pid).start().waitFor());
    }

    /** Its exit code; afterwards {@link #last} is the last line that it said. */
    int await() throws IOException, InterruptedException {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        last = line;
      }
      assertTrue(process.waitFor(1, TimeUnit.MINUTES), "it does not end");
      return process.exitValue();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  private void assertLog(int lines) throws IOException {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < lines; i++) {
      expected.add(Integer.toString(i));
    }
    assertEquals(expected, Files.readAllLines(root.resolve(SteppingProgram.LOG)));
  }

  private void assertRunsToItsEnd() throws Exception {
    try (Program program = new Program(0)) {
      assertEquals(0, program.await());
      assertEquals("done " + STEPS, program.last);
    }
    assertLog(STEPS);
  }

  @Test
  void theFirstSignalEndsItBehindTheRunningStep() throws Exception {
    for (String signal : List.of("TERM", "INT")) {
      int begun = signal.equals("TERM") ? 2 : 5;
      try (Program program = new Program(500)) {
        program.awaitBegun(begun);
        program.signal(signal);
        assertEquals(0, program.await());
        assertEquals("stopped " + (begun + 1), program.last);
      }
      assertLog(begun + 1);
    }
    assertRunsToItsEnd();
  }

  @Test
  void theSecondSignalEndsItAtOnce() throws Exception {
    try (Program program = new Program(0)) {
      program.awaitBegun(3);
      program.signal("KILL");
      program.await();
    }
    for (int code : List.of(TERMINATED, INTERRUPTED)) {
      try (Program program = new Program(LONG_MILLIS)) {
        program.last = program.output.readLine();
        String first = code == TERMINATED ? "INT" : "TERM";
        program.signal(first);
        // Signals of one kind that come at once may be one.
        TimeUnit.MILLISECONDS.sleep(500);
        program.signal(code == TERMINATED ? "TERM" : "INT");
        assertEquals(code, program.await());
        assertTrue(String.valueOf(program.last).startsWith("begun"), program.last);
      }
    }
    assertRunsToItsEnd();
  }

  @Test
  void killedProgramsGoOnWhereTheyWere() throws Exception {
    for (int begun = 1; begun < STEPS; begun += 3) {
      try (Program program = new Program(20)) {
        program.awaitBegun(begun);
        program.signal("KILL");
        assertEquals(128 + 9, program.await());
      }
    }
    assertRunsToItsEnd();
  }
}
