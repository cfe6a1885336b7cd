package dev.vfo.apply;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The same as {@link ApplierCrashTest} with other seeds, for as long as there is time. */
@Tag("deep")
class ApplierDeepTest {
  private static final String MINUTES = "vfo.deep.minutes";
  private static final String FIRST_SEED = "vfo.deep.seed";
  private static final long NANOS_PER_MINUTE = 60_000_000_000L;

  @Test
  void everyCrashLeadsToTheSameTree() throws Exception {
    long end = System.nanoTime() + Integer.getInteger(MINUTES, 1) * NANOS_PER_MINUTE;
    long seed = Long.getLong(FIRST_SEED, 1_000_000);
    long recoveries = 0;
    while (System.nanoTime() < end) {
      recoveries += ApplierCrashTest.crashEverywhere(seed, ApplyWorld.PLAIN);
      seed++;
    }
    System.out.println("apply: " + recoveries + " recoveries, next seed " + seed);
    assertTrue(recoveries > 0);
  }
}
