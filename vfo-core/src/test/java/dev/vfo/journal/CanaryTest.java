package dev.vfo.journal;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Journals that are broken on purpose: the crash test must find each, or it is too weak. */
class CanaryTest {
  private static final int MAX_HISTORIES = 5000;

  private static void assertCaught(boolean faults, Consumer<TestJournal> broken) throws Exception {
    for (int seed = 1; seed <= MAX_HISTORIES; seed++) {
      try {
        new CrashDriver(seed, faults, broken).run(20);
      } catch (AssertionError e) {
        System.out.println("caught by history " + seed + ": " + e.getMessage().lines().findFirst());
        return;
      }
    }
    fail("not caught in " + MAX_HISTORIES + " histories");
  }

  @Test
  void recycledSegmentWithoutSalt() throws Exception {
    assertCaught(false, files -> files.salts = () -> 42);
  }

  @Test
  void acknowledgedCellWrittenTooEarly() throws Exception {
    assertCaught(false, files -> files.fault = TestJournal.Fault.CELL_TOO_EARLY);
  }

  @Test
  void recordInDoubtReliedOn() throws Exception {
    assertCaught(true, files -> files.fault = TestJournal.Fault.DOUBT_IGNORED);
  }
}
