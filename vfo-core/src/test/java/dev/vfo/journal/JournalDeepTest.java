package dev.vfo.journal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.DeepRun;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The same as {@link CrashTest} with other seeds, for a tenth of the time that there is: the
 * engine's own runs need the rest.
 */
@Tag("deep")
class JournalDeepTest {
  private static final int PERCENT = 10;

  @Test
  void recoversFromAnything() throws Exception {
    long end = System.nanoTime() + DeepRun.nanos(PERCENT);
    long seed = DeepRun.firstSeed();
    long recoveries = 0;
    while (System.nanoTime() < end) {
      recoveries += CrashTest.history(seed, seed % 2 == 0);
      seed++;
    }
    System.out.println("vfo: deep, journal: " + recoveries + " recoveries, next seed " + seed);
    assertTrue(recoveries > 0);
  }
}
