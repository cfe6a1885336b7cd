package dev.vfo.steps;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.vfo.Checkpoint;
import dev.vfo.Options;
import dev.vfo.VirtualFile;
import dev.vfo.VirtualFileManager;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.SimulatedCrash;
import dev.vfo.testkit.SimulatedStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The step loop: on the real disk, and with a crash at every call of the simulated one. */
class StepsTest {
  private static final StateCodec<Count> CODEC = StateCodec.ofRecord(Count.class);
  private static final String LOG = "0\n1\n2\n3\n4\n";

  @TempDir Path folder;

  /** How many lines the log has. */
  record Count(int lines) {}

  /** A state that the loop's program had in another version. */
  record OtherCount(long lines) {}

  private static final class Failure extends Exception {
    private static final long serialVersionUID = 1L;
  }

  private VirtualFileManager open() throws IOException {
    return VirtualFileManager.open(folder, Options.defaults());
  }

  private static Steps<Count> steps(VirtualFileManager files) {
    return Steps.over(files, CODEC).from(new Count(0));
  }

  private static void append(Step step, int line) throws IOException {
    try (VirtualFile log = step.tree().open("log", WRITE, CREATE, APPEND)) {
      log.write(ByteBuffer.wrap((line + "\n").getBytes(UTF_8)));
    }
  }

  /** The program: a log of five lines. */
  private static Count writeLine(Count state, Step step) throws IOException {
    append(step, state.lines());
    Count next = new Count(state.lines() + 1);
    return next.lines() == 5 ? step.done(next) : next;
  }

  private static String log(VirtualFileManager files) throws IOException {
    return new String(files.tree().readAll("log"), UTF_8);
  }

  @Test
  void aLoopRunsUntilAStepSaysThatItIsDone() throws IOException {
    try (VirtualFileManager files = open()) {
      assertEquals(new Steps.Outcome<>(new Count(5), true), steps(files).run(StepsTest::writeLine));
      assertEquals(5, files.lastCheckpoint().orElseThrow().number());
    }
    assertEquals(LOG, Files.readString(folder.resolve("log")));
  }

  @Test
  void aLoopThatIsDoneStaysDone() throws IOException {
    try (VirtualFileManager files = open()) {
      steps(files).run(StepsTest::writeLine);
    }
    try (VirtualFileManager files = open()) {
      Steps.Outcome<Count> outcome = steps(files).run((_, _) -> fail("a step was run"));
      assertEquals(new Steps.Outcome<>(new Count(5), true), outcome);
    }
  }

  @Test
  void aStepThatThrowsHasNotHappened() throws Exception {
    Failure failure = new Failure();
    try (VirtualFileManager files = open()) {
      Steps<Count> steps = steps(files);
      Failure thrown =
          assertThrows(
              Failure.class,
              () ->
                  steps.run((state, step) -> {
                    Count next = writeLine(state, step);
                    if (state.lines() == 2) {
                      throw failure;
                    }
                    return next;
                  }));
      assertSame(failure, thrown);
      assertEquals("0\n1\n", log(files));
      assertEquals(2, files.lastCheckpoint().orElseThrow().number());

      steps.run(StepsTest::writeLine);
      assertEquals(LOG, log(files));
    }
  }

  @Test
  void aStepWithoutAStateHasNotHappened() throws IOException {
    try (VirtualFileManager files = open()) {
      assertThrows(
          NullPointerException.class,
          () ->
              steps(files)
                  .run((state, step) -> {
                    writeLine(state, step);
                    return nothing();
                  }));
      assertFalse(files.tree().exists("log"));
    }
  }

  @SuppressWarnings("NullAway") // what a program without checks can do
  private static Count nothing() {
    return null;
  }

  /** Else the next run would get the old state above the files of the new one. */
  @Test
  void aCheckpointThatFailsTakesItsStepWithIt() throws IOException {
    SimulatedStorage storage = simulated();
    try (VirtualFileManager files = open(storage)) {
      Steps<Count> steps = steps(files);
      assertThrows(
          IOException.class,
          () ->
              steps.run((state, step) -> {
                if (state.lines() == 2) {
                  storage.setAvailableBytes(0);
                  step.tree().writeAll("large", new byte[1 << 20]);
                }
                return writeLine(state, step);
              }));
      storage.setAvailableBytes(1L << 30);
      assertFalse(files.tree().exists("large"));
      steps.run(StepsTest::writeLine);
      assertEquals(LOG, log(files));
    }
  }

  @Test
  void stoppingEndsTheLoopBehindTheRunningStep() throws IOException {
    try (VirtualFileManager files = open()) {
      Steps<Count> steps = steps(files);
      Steps.Outcome<Count> outcome =
          steps.run((state, step) -> {
            assertFalse(step.isStopping());
            if (state.lines() == 2) {
              steps.stop();
              assertTrue(step.isStopping());
            }
            return writeLine(state, step);
          });
      assertEquals(new Steps.Outcome<>(new Count(3), false), outcome);
      assertEquals(outcome, steps.run((_, _) -> fail("a step was run")));

      assertEquals(new Steps.Outcome<>(new Count(5), true), steps(files).run(StepsTest::writeLine));
      assertEquals(LOG, log(files));
    }
  }

  @Test
  void aListenerHearsOfProgressAndOfSteps() throws IOException {
    List<String> heard = new ArrayList<>();
    StepListener listener =
        new StepListener() {
          @Override
          public void progress(long step, String text, double fraction) {
            heard.add(step + " " + text + " " + fraction);
          }

          @Override
          public void ended(long step, Duration duration, Checkpoint checkpoint) {
            assertFalse(duration.isNegative());
            heard.add(step + " ended with " + checkpoint.number());
          }
        };
    try (VirtualFileManager files = open()) {
      steps(files)
          .telling(listener)
          .run((state, step) -> {
            step.progress("begun", 0.5);
            assertThrows(IllegalArgumentException.class, () -> step.progress("", 1.1));
            assertThrows(IllegalArgumentException.class, () -> step.progress("", Double.NaN));
            return state.lines() == 1 ? step.done(state) : new Count(1);
          });
    }
    assertEquals(List.of("1 begun 0.5", "1 ended with 1", "2 begun 0.5", "2 ended with 2"), heard);
  }

  @Test
  void aStepThatChangesNothingMakesNoCheckpoint() throws IOException {
    try (VirtualFileManager files = open()) {
      Steps<Count> steps = steps(files);
      List<Long> numbers = new ArrayList<>();
      steps.run((_, step) -> {
        numbers.add(step.number());
        return numbers.size() == 3 ? step.done(new Count(7)) : new Count(7);
      });
      assertEquals(List.of(1L, 2L, 2L), numbers);
    }
  }

  @Test
  void aStateOfAnotherShapeIsRefused() throws IOException {
    try (VirtualFileManager files = open()) {
      steps(files).run(StepsTest::writeLine);
      Steps<OtherCount> other =
          Steps.over(files, StateCodec.ofRecord(OtherCount.class)).from(new OtherCount(0));
      StateFormatException refused =
          assertThrows(
              StateFormatException.class, () -> other.run((_, _) -> fail("a step was run")));
      assertTrue(String.valueOf(refused.getMessage()).contains("{lines:Long}"), refused::toString);
      assertEquals(LOG, log(files));
    }
  }

  @Test
  void aStateThatIsNotALoopsIsRefused() throws IOException {
    try (VirtualFileManager files = open()) {
      files.checkpoint(new byte[] {1, 2, 3});
      assertThrows(
          StateFormatException.class, () -> steps(files).run((_, _) -> fail("a step was run")));
      files.checkpoint(new byte[100]);
      assertThrows(
          StateFormatException.class, () -> steps(files).run((_, _) -> fail("a step was run")));
    }
  }

  /** A codec of the user's own, which reads what an older one wrote. */
  private static final class GrownCodec implements StateCodec<OtherCount> {
    @Override
    public long version() {
      return 2;
    }

    @Override
    public byte[] encode(OtherCount state) {
      return ByteBuffer.allocate(Long.BYTES).putLong(state.lines()).array();
    }

    @Override
    public OtherCount decode(byte[] bytes, long version) throws StateFormatException {
      if (version == CODEC.version()) {
        return new OtherCount(CODEC.decode(bytes, version).lines());
      }
      return new OtherCount(ByteBuffer.wrap(bytes).getLong());
    }
  }

  @Test
  void aCodecOfTheProgramsOwnMayReadOlderVersions() throws IOException {
    try (VirtualFileManager files = open()) {
      Steps<Count> old = steps(files);
      old.run((_, _) -> {
        old.stop();
        return new Count(41);
      });
      for (int lines = 41; lines < 43; lines++) {
        long expected = lines;
        Steps<OtherCount> grown = Steps.over(files, new GrownCodec()).from(new OtherCount(0));
        grown.run((state, _) -> {
          assertEquals(expected, state.lines());
          grown.stop();
          return new OtherCount(state.lines() + 1);
        });
      }
    }
  }

  // In the simulator

  private static final Path ROOT = Path.of("/data");

  private static SimulatedStorage simulated() throws StorageException {
    SimulatedStorage storage = new SimulatedStorage();
    storage.makeDirectory(ROOT);
    return storage;
  }

  private static long opened;

  private static VirtualFileManager open(SimulatedStorage storage) throws IOException {
    return VirtualFileManager.open(
        ROOT,
        Options.defaults()
            .withStorage(storage)
            .withClock(InstantSource.fixed(Instant.EPOCH))
            .withRandom(new Random(++opened))
            .withExecutor(_ -> {})
            .withFirstSegmentBytes(20 << 10)
            .withMaxSegmentBytes(20 << 10));
  }

  /** The whole program, wherever it was. */
  private static String runToItsEnd(SimulatedStorage storage) throws IOException {
    try (VirtualFileManager files = open(storage)) {
      steps(files).run(StepsTest::writeLine);
      return log(files);
    }
  }

  @Test
  void aProgramThatCrashesAnywhereEndsAsOneThatDidNot() throws IOException {
    SimulatedStorage whole = simulated();
    assertEquals(LOG, runToItsEnd(whole));
    long calls = whole.callCount();
    assertTrue(calls > 100, () -> "only " + calls);
    for (long call = 1; call <= calls; call++) {
      SimulatedStorage storage = simulated();
      storage.faults().add(Fault.crash().atCall(call));
      assertThrows(SimulatedCrash.class, () -> runToItsEnd(storage));
      assertEquals(LOG, runToItsEnd(storage.crash(call)), "crash at call " + call);
    }
  }
}
