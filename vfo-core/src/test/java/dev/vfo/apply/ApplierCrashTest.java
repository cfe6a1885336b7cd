package dev.vfo.apply;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/**
 * Random layers, with a crash at every storage call, a power loss or a killed process each, and
 * crashes in the recovery.
 */
class ApplierCrashTest {
  private static final int SCENARIOS = 120;
  private static final long LEAST_RECOVERIES = 20_000;

  @Test
  void everyCrashLeadsToTheSameTree() throws Exception {
    long recoveries = 0;
    for (long seed = 1; seed <= SCENARIOS; seed++) {
      recoveries += crashEverywhere(seed, ApplyWorld.PLAIN);
    }
    System.out.println("apply: " + recoveries + " recoveries");
    assertTrue(recoveries >= LEAST_RECOVERIES, recoveries + " recoveries");
  }

  /** Crashes a random scenario at every call; returns the number of recoveries. */
  static long crashEverywhere(long seed, ApplyWorld.Maker maker) throws Exception {
    CrashRuns runs = new CrashRuns(Scenario.random(seed), maker);
    try {
      runs.everywhere(seed);
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed + " " + e.getMessage(), e);
    }
    return runs.recoveries();
  }
}
