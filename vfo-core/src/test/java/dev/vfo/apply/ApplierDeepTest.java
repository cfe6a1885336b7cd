package dev.vfo.apply;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.DeepRun;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The same as {@link ApplierCrashTest} with other seeds, for a part of the time that there is. */
@Tag("deep")
class ApplierDeepTest {
  private static final int PERCENT = 15;

  @Test
  void everyCrashLeadsToTheSameTree() throws Exception {
    long end = System.nanoTime() + DeepRun.nanos(PERCENT);
    long seed = DeepRun.firstSeed();
    long recoveries = 0;
    while (System.nanoTime() < end) {
      recoveries += ApplierCrashTest.crashEverywhere(seed, ApplyWorld.PLAIN);
      seed++;
    }
    System.out.println("vfo: deep, apply: " + recoveries + " recoveries, next seed " + seed);
    assertTrue(recoveries > 0);
  }
}
