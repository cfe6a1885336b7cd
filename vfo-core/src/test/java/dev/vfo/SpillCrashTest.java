package dev.vfo;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.harness.Campaign;
import dev.vfo.testkit.harness.Counts;
import dev.vfo.testkit.harness.CrashHarness;
import dev.vfo.testkit.harness.FaultHarness;
import dev.vfo.testkit.harness.HarnessOptions;
import dev.vfo.testkit.harness.HistoryFailure;
import dev.vfo.testkit.history.HistoryGenerator;
import dev.vfo.testkit.history.Limits;
import dev.vfo.testkit.history.Move;
import dev.vfo.testkit.history.Profile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Steps that are larger than memory, against the simulator: overwritten all over, sealed, rolled
 * back, and crashed at every call (I5, and with it I2, I3, I6, I7).
 */
class SpillCrashTest {
  private static final int THREADS = 2;
  private static final long RECOVERIES = Long.getLong("vfo.recoveries", 100_000) / 20;
  private static final long SEED = Long.getLong("vfo.seed", 1) + 11_000;
  private static final int HISTORIES = 400;
  private static final int DEEP_PERCENT = 20;

  // Twice the usual blocks: lengths grow with them, and a step outgrows memory in a few writes.
  private static final Limits LARGE = new Limits(6, 45, 5, 2 * 4096, 70 * 4096, false, false);

  private static final Profile OVERWRITES =
      Profile.DATA
          .named("overwrites")
          .with(Move.WRITE_AT, 160)
          .with(Move.CHECKPOINT, 10)
          .withLimits(LARGE);

  /** Profiles whose steps are larger than the memory of a {@link SpillSubject}. */
  static final List<Profile> PROFILES =
      List.of(
          OVERWRITES,
          Profile.MIXED.named("spills").with(Move.WRITE_AT, 120).withLimits(LARGE),
          Profile.SEALS.named("spilled-seals").with(Move.WRITE_AT, 120).withLimits(LARGE),
          Profile.ROLLBACKS.named("spilled-rollbacks").with(Move.WRITE_AT, 90).withLimits(LARGE),
          Profile.ORPHANS.named("spilled-orphans").with(Move.WRITE_AT, 90).withLimits(LARGE));

  private static Campaign campaign(long seed) {
    return new Campaign(SpillSubject::new, HarnessOptions.defaults(), PROFILES, seed);
  }

  private static Campaign stuckCampaign(long seed) {
    HarnessOptions options = HarnessOptions.defaults().withEagerSubjects();
    return new Campaign(SpillSubject::stuck, options, PROFILES, seed);
  }

  @Test
  void everyCrashIsSurvived() {
    long _ = SpillSubject.takeMade();
    Counts counts = campaign(SEED).runUntilRecoveries(RECOVERIES, THREADS);
    long made = SpillSubject.takeMade();
    System.out.println("vfo: steps larger than memory: " + counts + ", spill files " + made);
    assertTrue(counts.recoveries() >= RECOVERIES, counts::toString);
    // Only those of runs that are not cut short.
    assertTrue(made > RECOVERIES / 200, "spill files " + made);
  }

  /** What was spilled stays in the spill file of a layer that is loaded. */
  @Test
  void openingWithUnappliedLayersIsSurvived() {
    Counts counts = stuckCampaign(SEED).runUntilRecoveries(RECOVERIES / 2, THREADS);
    System.out.println("vfo: steps larger than memory, not applied at open: " + counts);
    assertTrue(counts.recoveries() >= RECOVERIES / 2, counts::toString);
  }

  @Test
  @Tag("deep")
  void everyCrashIsSurvivedForLong() {
    long seed = DeepRun.firstSeed();
    Counts counts = campaign(seed).runFor(DeepRun.nanos(DEEP_PERCENT), THREADS);
    System.out.println("vfo: deep, steps larger than memory, from seed " + seed + ": " + counts);
    assertTrue(counts.recoveries() > 0);
  }

  private static void assertCaught(UnaryOperator<Storage> breaking) {
    HarnessOptions options = HarnessOptions.defaults().withCrashes(60, 1, 1).withFaultRuns(2);
    HistoryGenerator histories = new HistoryGenerator(OVERWRITES);
    assertThrows(
        HistoryFailure.class,
        () -> {
          for (int seed = 1; seed <= HISTORIES; seed++) {
            new CrashHarness(
                    (storage, root, clock) ->
                        new SpillSubject(breaking.apply(storage), root, clock),
                    options)
                .run(histories.generate(seed));
            new FaultHarness(
                    (storage, root, clock) ->
                        new SpillSubject(breaking.apply(storage), root, clock),
                    options)
                .run(histories.generate(seed));
          }
        },
        "not caught in " + HISTORIES + " histories");
  }

  /** A record that names what a crash can lose. */
  @Test
  void aSpillFileThatIsNotSynced() {
    assertCaught(target ->
        new SpillStorage(target) {
          @Override
          public void sync(int fd) throws StorageException {
            if (!isSpill(fd)) {
              super.sync(fd);
            }
          }
        });
  }

  /**
   * As if nothing was verified: what is read back is wrong, and the checksum cannot know. Bits that
   * differ by a multiple of the checksum's polynomial have the same one.
   */
  @Test
  void whatIsReadBackIsNotVerified() {
    assertCaught(target -> new FlippingStorage(target, 1 | 0x82F63B78L << 1));
  }

  /** Changes what is read back from spill files. */
  static final class FlippingStorage extends SpillStorage {
    private static final ValueLayout.OfLong LONG =
        ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long HEADER_BYTES = 4096;

    private final long flipped;

    FlippingStorage(Storage target, long flipped) {
      super(target);
      this.flipped = flipped;
    }

    @Override
    public long read(int fd, MemorySegment target, long offset) throws StorageException {
      long count = super.read(fd, target, offset);
      if (isSpill(fd) && offset >= HEADER_BYTES && count >= Long.BYTES) {
        target.set(LONG, 0, target.get(LONG, 0) ^ flipped);
      }
      return count;
    }
  }
}
