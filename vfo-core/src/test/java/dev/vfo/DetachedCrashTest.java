package dev.vfo;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Name;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.harness.Counts;
import dev.vfo.testkit.harness.CrashHarness;
import dev.vfo.testkit.harness.ForwardingStorage;
import dev.vfo.testkit.harness.HarnessOptions;
import dev.vfo.testkit.harness.HistoryFailure;
import dev.vfo.testkit.history.ControlOperation;
import dev.vfo.testkit.history.History;
import dev.vfo.testkit.history.HistoryGenerator;
import dev.vfo.testkit.history.Move;
import dev.vfo.testkit.history.Operation;
import dev.vfo.testkit.history.Profile;
import dev.vfo.testkit.history.SubjectFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Detached steps against the simulator: crashes at every call of parking, going on, committing and
 * discarding, and in what opens afterwards.
 */
class DetachedCrashTest {
  private static final long RECOVERIES = Long.getLong("vfo.recoveries", 100_000) / 25;
  private static final long SEED = Long.getLong("vfo.seed", 1) + 11_000;
  private static final int CANARY_HISTORIES = 100;
  private static final int DEEP_PERCENT = 5;
  private static final List<Profile> PROFILES =
      List.of(Profile.DATA, Profile.NAMES, Profile.MIXED, Profile.CHECKPOINTS, Profile.ROLLBACKS);

  @Test
  void everyCrashIsSurvived() {
    long _ = DetachedSubject.takeContinued();
    Counts counts = new Counts();
    for (long seed = SEED; counts.recoveries() < RECOVERIES; seed++) {
      counts.add(tryOut(DetachedSubject::new, seed));
    }
    long continued = DetachedSubject.takeContinued();
    System.out.println("vfo: detached steps: " + counts + ", opened again " + continued);
    assertTrue(continued > counts.recoveries() / 50, "opened again " + continued);
  }

  @Test
  @Tag("deep")
  void everyCrashIsSurvivedForLong() {
    long first = DeepRun.firstSeed();
    long start = System.nanoTime();
    Counts counts = new Counts();
    for (long seed = first; System.nanoTime() - start < DeepRun.nanos(DEEP_PERCENT); seed++) {
      counts.add(tryOut(DetachedSubject::new, seed));
    }
    System.out.println("vfo: deep, detached steps, from seed " + first + ": " + counts);
    assertTrue(counts.recoveries() > 0);
  }

  /** A storage on which files of the folder {@code adopting} are made or removed in vain. */
  private static final class ForgetfulStorage extends ForwardingStorage {
    private static final String ID = "[0-9a-f]{32}";
    private final boolean forgetsMade;

    ForgetfulStorage(Storage target, boolean forgetsMade) {
      super(target);
      this.forgetsMade = forgetsMade;
    }

    @Override
    public void rename(int from, Name fromName, int to, Name toName, RenameMode mode)
        throws StorageException {
      if (forgetsMade && toName.toString().matches(ID)) {
        super.unlink(from, fromName);
      } else {
        super.rename(from, fromName, to, toName, mode);
      }
    }

    @Override
    public void unlink(int directory, Name name) throws StorageException {
      if (!name.toString().matches(ID)) {
        super.unlink(directory, name);
      }
    }
  }

  private static void assertCaught(boolean forgetsMade) {
    assertThrows(
        HistoryFailure.class,
        () -> {
          for (long seed = 1; seed <= CANARY_HISTORIES; seed++) {
            tryOut(
                (storage, root, clock) ->
                    new DetachedSubject(new ForgetfulStorage(storage, forgetsMade), root, clock),
                seed);
          }
        });
  }

  @Test
  void aCommitThatIsNotTakenDownIsCaught() {
    assertCaught(true);
  }

  @Test
  void aCommitThatIsNotSettledIsCaught() {
    assertCaught(false);
  }

  private static Counts tryOut(SubjectFactory factory, long seed) {
    Profile profile = PROFILES.get((int) Math.floorMod(seed, (long) PROFILES.size()));
    HistoryGenerator generator = new HistoryGenerator(profile.without(Move.SEAL, Move.COMMIT));
    HarnessOptions is = HarnessOptions.defaults();
    // What goes on afterwards would not open again after its checkpoints.
    HarnessOptions options =
        new HarnessOptions(
            is.simulation(),
            is.crashPoints(),
            is.crashesPerPoint(),
            is.crashesInRecovery(),
            is.viewOneIn(),
            Integer.MAX_VALUE,
            is.faultRuns(),
            is.checkIsolation(),
            is.checkReserve(),
            is.isEager());
    CrashHarness harness = new CrashHarness(factory, options);
    harness.run(openingAgain(generator.generate(seed)));
    return harness.counts();
  }

  private static History openingAgain(History history) {
    List<Operation> operations = new ArrayList<>();
    for (Operation operation : history.operations()) {
      operations.add(operation);
      if (operation instanceof ControlOperation.Checkpoint
          || operation instanceof ControlOperation.Rollback) {
        operations.add(new ControlOperation.Reopen());
      }
    }
    return history.with(history.setup(), operations);
  }
}
