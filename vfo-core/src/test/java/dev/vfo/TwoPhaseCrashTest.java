package dev.vfo;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.testkit.harness.Campaign;
import dev.vfo.testkit.harness.Counts;
import dev.vfo.testkit.harness.HarnessOptions;
import dev.vfo.testkit.harness.HistoryFailure;
import dev.vfo.testkit.history.Profile;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Checkpoints in two phases against the simulator: crashes at every call of preparing, deciding and
 * aborting, and in what opens, decides and goes on afterwards.
 */
class TwoPhaseCrashTest {
  private static final int THREADS = 2;
  private static final long RECOVERIES = Long.getLong("vfo.recoveries", 100_000) / 10;
  private static final long SEED = Long.getLong("vfo.seed", 1) + 13_000;
  private static final int DEEP_PERCENT = 5;
  private static final List<Profile> PROFILES =
      List.of(
          Profile.SEALS,
          Profile.CHECKPOINTS,
          Profile.ROLLBACKS,
          Profile.MIXED,
          Profile.NAMES,
          Profile.ORPHANS);

  private static Campaign campaign(long seed) {
    return new Campaign(TwoPhaseSubject::new, HarnessOptions.defaults(), PROFILES, seed);
  }

  @Test
  void everyCrashIsSurvived() {
    long _ = TwoPhaseSubject.takeFound();
    Counts counts = campaign(SEED).runUntilRecoveries(RECOVERIES, THREADS);
    long found = TwoPhaseSubject.takeFound();
    System.out.println("vfo: two phases: " + counts + ", found undecided " + found);
    assertTrue(counts.recoveries() >= RECOVERIES, counts::toString);
    assertTrue(found > RECOVERIES / 40, "found undecided " + found);
  }

  /** What is prepared has blocks in spill files. */
  @Test
  void everyCrashOfStepsLargerThanMemoryIsSurvived() {
    Counts counts =
        new Campaign(
                TwoPhaseSubject::spilling,
                HarnessOptions.defaults(),
                SpillCrashTest.PROFILES,
                SEED + 100_000)
            .runUntilRecoveries(RECOVERIES / 5, THREADS);
    System.out.println("vfo: two phases, steps larger than memory: " + counts);
    assertTrue(counts.recoveries() >= RECOVERIES / 5, counts::toString);
  }

  /** What is prepared lies above layers that could not be applied. */
  @Test
  void openingWithUnappliedLayersIsSurvived() {
    Counts counts =
        new Campaign(
                TwoPhaseSubject::stuck,
                HarnessOptions.defaults().withEagerSubjects(),
                PROFILES,
                SEED + 200_000)
            .runUntilRecoveries(RECOVERIES / 5, THREADS);
    System.out.println("vfo: two phases, not applied at open: " + counts);
    assertTrue(counts.recoveries() >= RECOVERIES / 5, counts::toString);
  }

  @Test
  void somethingPreparedThatCountsIsCaught() {
    Campaign campaign =
        new Campaign(TwoPhaseSubject::countingAll, HarnessOptions.defaults(), PROFILES, 1);
    assertThrows(HistoryFailure.class, () -> campaign.runUntilRecoveries(RECOVERIES, THREADS));
  }

  @Test
  @Tag("deep")
  void everyCrashIsSurvivedForLong() {
    long seed = DeepRun.firstSeed();
    Counts counts = campaign(seed).runFor(DeepRun.nanos(DEEP_PERCENT), THREADS);
    System.out.println("vfo: deep, two phases, from seed " + seed + ": " + counts);
    assertTrue(counts.recoveries() > 0);
  }
}
