package dev.vfo.journal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Crashes and failures anywhere, many times over (I2, I3, I6, I7). */
class CrashTest {
  private static final int HISTORIES = 500;
  private static final int SESSIONS = 20;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void recoversFromAnything(boolean faults) throws Exception {
    long recoveries = 0;
    for (int seed = 1; seed <= HISTORIES; seed++) {
      recoveries += history(seed, faults);
    }
    System.out.println("journal: " + recoveries + " recoveries");
    assertTrue(recoveries > HISTORIES);
  }

  /** The next attempt, torn too, made an older one whole that recovery had dropped. */
  @Test
  void tornAttemptStaysDropped() throws Exception {
    assertTrue(history(1_030_209, false) > 0);
  }

  /** A random history; returns the number of recoveries. */
  static long history(long seed, boolean faults) throws Exception {
    CrashDriver driver = new CrashDriver(seed, faults, files -> {});
    driver.run(SESSIONS);
    return driver.recoveries();
  }
}
