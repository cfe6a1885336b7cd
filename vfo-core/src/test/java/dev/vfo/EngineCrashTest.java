package dev.vfo;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.testkit.SimulationOptions;
import dev.vfo.testkit.Tearing;
import dev.vfo.testkit.harness.Campaign;
import dev.vfo.testkit.harness.Counts;
import dev.vfo.testkit.harness.HarnessOptions;
import dev.vfo.testkit.history.Profile;
import dev.vfo.testkit.history.SubjectFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The engine against the simulator: generated histories, a crash at every call, recoveries that
 * crash again, faults (I1 to I10).
 */
class EngineCrashTest {
  private static final int THREADS = 2;
  private static final long RECOVERIES = Long.getLong("vfo.recoveries", 100_000);
  private static final long STRICT_SEEDS = 5000;
  private static final long STUCK_SEEDS = 7000;
  private static final long ELSEWHERE_SEEDS = 8000;
  private static final int DEEP_PERCENT = 30;
  private static final int DEEP_STRICT_PERCENT = 15;
  private static final int DEEP_STUCK_PERCENT = 15;
  private static final long SEED = Long.getLong("vfo.seed", 1);

  @Test
  void everyCrashIsSurvived() {
    Counts counts =
        new Campaign(EngineSubject::new, HarnessOptions.defaults(), Profile.ALL, SEED)
            .runUntilRecoveries(RECOVERIES, THREADS);
    System.out.println("vfo: engine against the simulator: " + counts);
    assertTrue(counts.recoveries() >= RECOVERIES, counts::toString);
  }

  /**
   * The same when a torn sector takes what was beside the written bytes with it: C5, taken
   * strictly.
   */
  @Test
  void tornSectorsAreSurvived() {
    SimulationOptions strict = SimulationOptions.defaults().withTearing(Tearing.WHOLE_SECTORS);
    long wanted = RECOVERIES / 4;
    Counts counts =
        new Campaign(
                EngineSubject::new,
                HarnessOptions.defaults().withSimulation(strict),
                Profile.ALL,
                SEED + STRICT_SEEDS)
            .runUntilRecoveries(wanted, THREADS);
    System.out.println("vfo: engine, whole sectors torn: " + counts);
    assertTrue(counts.recoveries() >= wanted, counts::toString);
  }

  /** The same when a root is opened that nothing can be applied to: it is read from the journal. */
  @Test
  void openingWithUnappliedLayersIsSurvived() {
    long wanted = RECOVERIES / 10;
    long _ = StuckSubject.takeLoaded();
    Counts counts =
        new Campaign(
                StuckSubject::new,
                HarnessOptions.defaults().withEagerSubjects(),
                Profile.ALL,
                SEED + STUCK_SEEDS)
            .runUntilRecoveries(wanted, THREADS);
    long loaded = StuckSubject.takeLoaded();
    System.out.println(
        "vfo: engine, opened with layers that cannot be applied: " + counts + ", loaded " + loaded);
    assertTrue(counts.recoveries() >= wanted, counts::toString);
    assertTrue(loaded > wanted / 10, "loaded " + loaded);
  }

  /** The same with the journal in a folder elsewhere. */
  @Test
  void crashesWithTheJournalElsewhereAreSurvived() {
    long wanted = RECOVERIES / 20;
    Counts counts =
        new Campaign(
                JournalElsewhereSubject::new,
                HarnessOptions.defaults(),
                Profile.ALL,
                SEED + ELSEWHERE_SEEDS)
            .runUntilRecoveries(wanted, THREADS);
    System.out.println("vfo: engine, journal elsewhere: " + counts);
    assertTrue(counts.recoveries() >= wanted, counts::toString);
  }

  @Test
  @Tag("deep")
  void everyCrashIsSurvivedForLong() {
    goOn("deep", EngineSubject::new, HarnessOptions.defaults(), DEEP_PERCENT);
  }

  @Test
  @Tag("deep")
  void tornSectorsAreSurvivedForLong() {
    SimulationOptions strict = SimulationOptions.defaults().withTearing(Tearing.WHOLE_SECTORS);
    goOn(
        "deep, whole sectors torn",
        EngineSubject::new,
        HarnessOptions.defaults().withSimulation(strict),
        DEEP_STRICT_PERCENT);
  }

  @Test
  @Tag("deep")
  void openingWithUnappliedLayersIsSurvivedForLong() {
    goOn(
        "deep, opened with layers that cannot be applied",
        StuckSubject::new,
        HarnessOptions.defaults().withEagerSubjects(),
        DEEP_STUCK_PERCENT);
  }

  private static void goOn(
      String what, SubjectFactory factory, HarnessOptions options, int percent) {
    long seed = DeepRun.firstSeed();
    Counts counts =
        new Campaign(factory, options, Profile.ALL, seed).runFor(DeepRun.nanos(percent), THREADS);
    System.out.println("vfo: " + what + ", from seed " + seed + ": " + counts);
    assertTrue(counts.recoveries() > 0);
  }
}
