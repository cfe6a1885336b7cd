package dev.vfo;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.harness.Campaign;
import dev.vfo.testkit.harness.Counts;
import dev.vfo.testkit.harness.CrashHarness;
import dev.vfo.testkit.harness.ForwardingStorage;
import dev.vfo.testkit.harness.HarnessOptions;
import dev.vfo.testkit.harness.HistoryFailure;
import dev.vfo.testkit.history.HistoryClock;
import dev.vfo.testkit.history.HistoryGenerator;
import dev.vfo.testkit.history.Profile;
import dev.vfo.testkit.history.SubjectFactory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** States with parts against the simulator, and part stores that are broken on purpose. */
class PartsCrashTest {
  private static final int THREADS = 2;
  private static final int BLOCK = 4096;
  private static final long RECOVERIES = Long.getLong("vfo.recoveries", 100_000) / 50;
  private static final int CANARY_HISTORIES = 300;
  private static final HarnessOptions CANARY_OPTIONS =
      HarnessOptions.defaults().withCrashes(60, 1, 2).withFaultRuns(0);

  @Test
  void everyCrashIsSurvived() {
    Counts counts =
        new Campaign(PartsSubject::new, HarnessOptions.defaults(), Profile.ALL, 2)
            .runUntilRecoveries(RECOVERIES, THREADS);
    System.out.println("vfo: states with parts: " + counts);
    assertTrue(counts.recoveries() >= RECOVERIES, counts::toString);
  }

  private static void tryOut(SubjectFactory subject) {
    HistoryGenerator generator = new HistoryGenerator(Profile.ALL.getFirst());
    for (int seed = 1; seed <= CANARY_HISTORIES; seed++) {
      new CrashHarness(subject, CANARY_OPTIONS).run(generator.generate(seed));
    }
  }

  /** Caught, and by what the part store says, not by something else that went wrong. */
  private static void assertCaught(SubjectFactory broken) {
    HistoryFailure failure = assertThrows(HistoryFailure.class, () -> tryOut(broken));
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    assertTrue(String.valueOf(cause.getMessage()).contains(".vfo/parts"), cause::toString);
  }

  private static boolean isPack(@Nullable Name name) {
    return name != null && name.toString().endsWith(".pack");
  }

  @Test
  void packsThatAreNotSynced() {
    assertCaught((storage, root, clock) -> new PartsSubject(unsynced(storage), root, clock));
  }

  private static Storage unsynced(Storage target) {
    return new ForwardingStorage(target) {
      private final Map<Integer, Name> names = new HashMap<>();

      @Override
      public int open(int directory, Name name, int flags, int mode) throws StorageException {
        int fd = super.open(directory, name, flags, mode);
        names.put(fd, name);
        return fd;
      }

      @Override
      public void sync(int fd) throws StorageException {
        if (!isPack(names.get(fd))) {
          super.sync(fd);
        }
      }
    };
  }

  /** What the last state had is removed when the record that drops it is not written yet. */
  @Test
  void blocksThatAreFreedTooEarly() {
    assertCaught((storage, root, clock) -> {
      LateRecords late = new LateRecords(storage);
      return new LateSubject(late, root, clock);
    });
  }

  private static final class LateSubject extends PartsSubject {
    private final LateRecords late;

    LateSubject(LateRecords late, Path root, HistoryClock clock) throws IOException {
      super(late, root, clock);
      this.late = late;
    }

    @Override
    public long checkpoint(byte[] state) throws IOException {
      long number = super.checkpoint(state);
      late.writeNow();
      return number;
    }

    @Override
    public long commit(int slot, byte[] state) throws IOException {
      long number = super.commit(slot, state);
      late.writeNow();
      return number;
    }
  }

  /**
   * Holds a record and its acknowledgement back until a pack is removed, or until its checkpoint is
   * made.
   */
  private static final class LateRecords extends ForwardingStorage {
    private record Held(int fd, MemorySegment bytes, long offset) {}

    private final List<Held> held = new ArrayList<>();
    private final Set<Integer> late = new HashSet<>();

    LateRecords(Storage target) {
      super(target);
    }

    @Override
    public int open(int directory, Name name, int flags, int mode) throws StorageException {
      int fd = super.open(directory, name, flags, mode);
      boolean isRecord = (flags & OpenFlag.DATA_SYNC) != 0;
      if (isRecord || name.toString().equals("acknowledged")) {
        late.add(fd);
      } else {
        late.remove(fd);
      }
      return fd;
    }

    @Override
    public long write(int fd, MemorySegment source, long offset) throws StorageException {
      if (!late.contains(fd)) {
        return super.write(fd, source, offset);
      }
      MemorySegment copy = Arena.ofAuto().allocate(source.byteSize(), BLOCK).copyFrom(source);
      held.add(new Held(fd, copy, offset));
      return source.byteSize();
    }

    void writeNow() throws StorageException {
      List<Held> writes = List.copyOf(held);
      held.clear();
      for (Held each : writes) {
        super.write(each.fd(), each.bytes(), each.offset());
      }
    }

    @Override
    public void unlink(int directory, Name name) throws StorageException {
      if (!isPack(name)) {
        writeNow();
      }
      super.unlink(directory, name);
      writeNow();
    }

    @Override
    public void close(int fd) throws StorageException {
      if (late.contains(fd)) {
        writeNow();
      }
      super.close(fd);
    }
  }
}
