package dev.vfo.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Errno;
import dev.vfo.testkit.CrashMode;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.SimulatedCrash;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.SimulationOptions;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One history with everything in it, stopped at each of its calls; and each recovery at each of its
 * own.
 */
class EveryCallTest {
  private static final CrashMode[] MODES = CrashMode.values();
  private static final int RANDOM_SEEDS = 3;

  /** Grows, is prepared, retires, uses segments again. */
  private static final long[] MANY = {
    100, 6000, 9000, 100, 20_000, 3000, 3000, 30_000, 100, 5000, 9000, 9000
  };

  /** Has a record of several writes. */
  private static final long[] LARGE = {100, 2_100_000, 3000};

  private long acknowledged;
  private boolean started;
  private long recoveries;

  private void work(TestJournal files, long[] lengths) throws IOException {
    acknowledged = 0;
    started = false;
    try (TestJournal.Session session = files.open()) {
      for (long length : lengths) {
        started = true;
        session.append(acknowledged + 1, length);
        acknowledged++;
        started = false;
        if (acknowledged % 2 == 0) {
          session.writer.prepareNext();
        }
        if (acknowledged % 3 == 0) {
          session.apply(acknowledged - 1);
        }
      }
    }
  }

  private static TestJournal configured(TestJournal files, boolean direct) {
    files.options = new JournalOptions(12 << 10, 24 << 10, 1, direct);
    return files;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void isSurvived(boolean direct) throws Exception {
    stopEverywhere(MANY, direct, true);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void isSurvivedByALargeRecord(boolean direct) throws Exception {
    stopEverywhere(LARGE, direct, false);
  }

  private void stopEverywhere(long[] lengths, boolean direct, boolean nested) throws IOException {
    for (long call = 1; ; call++) {
      SimulatedStorage storage = new SimulatedStorage(SimulationOptions.defaults().withSeed(call));
      TestJournal files = configured(SimulatedJournal.create(storage), direct);
      storage.faults().add(Fault.crash().atCall(call));
      try {
        work(files, lengths);
        assertEquals(lengths.length, acknowledged);
        System.out.println("journal: " + recoveries + " recoveries");
        return;
      } catch (SimulatedCrash e) {
        recoverFromAll(storage, direct, nested, call);
      }
    }
  }

  private void recoverFromAll(SimulatedStorage storage, boolean direct, boolean nested, long call)
      throws IOException {
    for (CrashMode mode : MODES) {
      int seeds = mode == CrashMode.RANDOM ? RANDOM_SEEDS : 1;
      for (int seed = 0; seed < seeds; seed++) {
        recover(storage.crash(mode, call * 10 + seed), direct, nested && call % 7 == seed);
      }
    }
    recover(storage.killProcess(), direct, nested && call % 5 == 0);
  }

  /** Recovers once, and again after a crash at each call of it when {@code nested}. */
  private void recover(SimulatedStorage storage, boolean direct, boolean nested)
      throws IOException {
    check(storage.fork(), direct);
    if (nested) {
      recoverStopped(storage, direct);
    }
  }

  private void recoverStopped(SimulatedStorage storage, boolean direct) throws IOException {
    for (long call = 1; ; call++) {
      SimulatedStorage again = storage.fork();
      again.faults().add(Fault.crash().atCall(call));
      try {
        configured(SimulatedJournal.open(again), direct).open().close();
        return;
      } catch (SimulatedCrash e) {
        check(call % 3 == 0 ? again.killProcess() : again.crash(call), direct);
      }
    }
  }

  private void check(SimulatedStorage storage, boolean direct) throws IOException {
    recoveries++;
    TestJournal files = configured(SimulatedJournal.open(storage), direct);
    long found = files.recovered();
    assertTrue(
        found == acknowledged || (started && found == acknowledged + 1),
        "recovered " + found + ", acknowledged " + acknowledged);
    try (TestJournal.Session session = files.open()) {
      assertEquals(found, session.last());
      session.append(5000);
    }
    SimulatedStorage after = storage.crash(CrashMode.LOSE_ALL, 0);
    assertEquals(found + 1, SimulatedJournal.open(after).recovered());
  }

  /** A recovery that stops because of an error, not a crash, changes nothing either. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void isSurvivedByFailedRecoveries(boolean direct) throws Exception {
    SimulatedStorage storage = new SimulatedStorage();
    TestJournal files = configured(SimulatedJournal.create(storage), direct);
    work(files, MANY);
    AcknowledgedCell.create(storage, files.control, TestJournal.ROOT_ID);
    @Nullable IOException failure = null;
    for (long call = 1; call == 1 || failure != null; call++) {
      failure = null;
      SimulatedStorage again = storage.fork();
      TestJournal opened = configured(SimulatedJournal.open(again), direct);
      again.faults().add(Fault.error(Errno.EIO).atCall(call));
      try {
        opened.open().close();
      } catch (IOException e) {
        failure = e;
      }
      check(again.crash(call), direct);
    }
  }
}
