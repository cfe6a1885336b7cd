package dev.vfo.journal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The same as {@link CrashTest} with other seeds, for a tenth of the time that there is: the
 * engine's own runs need the rest.
 */
@Tag("deep")
class JournalDeepTest {
  private static final String MINUTES = "vfo.deep.minutes";
  private static final String FIRST_SEED = "vfo.deep.seed";
  private static final long SHARE_NANOS = 6_000_000_000L;

  @Test
  void recoversFromAnything() throws Exception {
    long end = System.nanoTime() + Integer.getInteger(MINUTES, 1) * SHARE_NANOS;
    long seed = Long.getLong(FIRST_SEED, 1_000_000);
    long recoveries = 0;
    while (System.nanoTime() < end) {
      recoveries += CrashTest.history(seed, seed % 2 == 0);
      seed++;
    }
    System.out.println("journal: " + recoveries + " recoveries, next seed " + seed);
    assertTrue(recoveries > 0);
  }
}
