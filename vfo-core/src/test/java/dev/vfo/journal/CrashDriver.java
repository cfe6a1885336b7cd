package dev.vfo.journal;

import dev.vfo.CorruptJournalException;
import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.CrashMode;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.Operation;
import dev.vfo.testkit.SimulatedCrash;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.SimulationOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A random history of a journal: sessions that append, prepare, apply and retire until a crash, a
 * kill or a failed call ends them; then recovery, which may be ended likewise. Checks after each
 * recovery that it found the last acknowledged checkpoint, or the one being committed. For one
 * thread.
 */
final class CrashDriver {
  private static final CrashMode[] MODES = CrashMode.values();

  private final long seed;
  private final RandomGenerator random;
  private final Consumer<TestJournal> setUp;
  private final boolean faults;
  private final JournalOptions options;
  private final List<String> story = new ArrayList<>();

  private SimulatedStorage storage;

  /** The newest checkpoint that somebody was told of. */
  private long acknowledged;

  /** The attempt that became durable, of each checkpoint. */
  private final Map<Long, Long> attempts = new HashMap<>();

  /** The attempt at the next checkpoint that may have become durable unseen, or 0. */
  private long inFlight;

  private long nextAttempt = 1;
  private long recoveries;

  CrashDriver(long seed, boolean faults, Consumer<TestJournal> setUp) throws IOException {
    this.seed = seed;
    this.random = TestJournal.random(seed);
    this.setUp = setUp;
    this.faults = faults;
    boolean direct = random.nextInt(4) > 0;
    long firstBytes = 4096L * random.nextInt(2, 5);
    long maxBytes = firstBytes * (1L << random.nextInt(0, 4));
    this.options = new JournalOptions(firstBytes, maxBytes, random.nextInt(0, 3), direct);
    this.storage =
        new SimulatedStorage(
            SimulationOptions.defaults().withSeed(seed).withDirectIo(random.nextInt(8) > 0));
    SimulatedJournal.create(storage);
  }

  /** Number of recoveries that were checked. */
  long recoveries() {
    return recoveries;
  }

  /** Runs so many sessions. */
  void run(int sessions) throws IOException {
    try {
      for (int i = 0; i < sessions; i++) {
        session();
      }
    } catch (AssertionError | RuntimeException | CorruptJournalException e) {
      throw new AssertionError("seed " + seed + ": " + e + "\n" + String.join("\n", story), e);
    }
  }

  private void session() throws IOException {
    plan();
    TestJournal.Session session = null;
    try {
      TestJournal files = SimulatedJournal.open(storage);
      files.options = options;
      files.salts = random;
      setUp.accept(files);
      session = recover(files);
      work(files, session, random.nextInt(1, 12));
      end("closed");
    } catch (SimulatedCrash e) {
      end(e.getMessage());
    } catch (CorruptJournalException e) {
      throw e;
    } catch (IOException e) {
      end(e.toString());
    }
  }

  /** What will go wrong. */
  private void plan() {
    if (random.nextInt(5) > 0) {
      storage.faults().add(Fault.crash().atCall(random.nextLong(1, 1L << random.nextInt(3, 11))));
    }
    if (faults) {
      for (int i = random.nextInt(3); i > 0; i--) {
        storage.faults().add(fault().atCall(random.nextLong(1, 1L << random.nextInt(3, 10))));
      }
    }
  }

  private Fault fault() {
    return switch (random.nextInt(7)) {
      case 0 -> Fault.error(Errno.ENOSPC);
      case 1 -> Fault.error(Errno.EIO);
      case 2 -> Fault.error(Errno.EIO).on(Operation.DATA_SYNC, Operation.SYNC);
      case 3 -> Fault.error(Errno.EIO).on(Operation.WRITE);
      case 4 -> Fault.errorAfterEffect(Errno.EIO);
      case 5 -> Fault.writeBackError();
      default -> Fault.shortTransfer().forEver();
    };
  }

  private TestJournal.Session recover(TestJournal files) throws IOException {
    JournalScan scan = files.scan();
    check(files, scan);
    recoveries++;
    TestJournal.Session session = files.open();
    check(files, files.scan());
    long found = session.last();
    if (found > acknowledged) {
      attempts.put(found, inFlight);
    }
    acknowledged = found;
    inFlight = 0;
    story.add("recovered " + found);
    return session;
  }

  private void check(TestJournal files, JournalScan scan) throws IOException {
    long found = scan.last().map(RecordPosition::checkpointNumber).orElse(0L);
    if (found != acknowledged && (inFlight == 0 || found != acknowledged + 1)) {
      throw new AssertionError(
          "recovered %d, acknowledged %d, in flight %d".formatted(found, acknowledged, inFlight));
    }
    for (RecordPosition record : scan.records()) {
      long number = record.checkpointNumber();
      long expected = number > acknowledged ? inFlight : attempts.getOrDefault(number, -1L);
      long attempt = files.attempt(record);
      if (attempt != expected) {
        throw new AssertionError(
            "checkpoint %d is attempt %d, not %d".formatted(number, attempt, expected));
      }
    }
  }

  private void work(TestJournal files, TestJournal.Session session, int operations)
      throws IOException {
    for (int i = 0; i < operations; i++) {
      operation(files, session);
    }
    if (random.nextBoolean()) {
      session.close();
    }
  }

  private void operation(TestJournal files, TestJournal.Session session) throws IOException {
    switch (random.nextInt(8)) {
      case 0 -> withoutSpace(session.writer::prepareNext);
      case 1 -> withoutSpace(() -> session.writer.ensureRoom(random.nextInt(50_000)));
      case 2 -> withoutSpace(() -> apply(session));
      case 3 ->
          check(
              files,
              LiveJournal.read(
                      storage, files.control, files.control, files.journal, TestJournal.ROOT_ID)
                  .journal());
      default -> append(session);
    }
  }

  /** Want of space is no damage here: the session goes on. */
  private boolean withoutSpace(Step step) throws IOException {
    try {
      step.run();
      return true;
    } catch (StorageException e) {
      story.add(e.toString());
      if (!e.isNoSpace()) {
        throw e;
      }
      return false;
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  private void apply(TestJournal.Session session) throws IOException {
    long applied = session.applied.value().checkpointNumber();
    if (applied < acknowledged) {
      long to = random.nextLong(applied, acknowledged) + 1;
      story.add("apply " + to);
      session.apply(to);
    }
  }

  private void append(TestJournal.Session session) throws IOException {
    long attempt = nextAttempt++;
    long lengthBytes = length();
    long number = acknowledged + 1;
    story.add("append %d attempt %d, %d bytes".formatted(number, attempt, lengthBytes));
    if (!withoutSpace(() -> session.writer.ensureRoom(lengthBytes))) {
      return;
    }
    inFlight = attempt;
    session.append(attempt, lengthBytes);
    attempts.put(number, attempt);
    acknowledged = number;
    inFlight = 0;
  }

  private long length() {
    return switch (random.nextInt(20)) {
      case 0 -> random.nextLong(1 << 20, 5 << 19);
      case 1, 2, 3 -> random.nextLong(10_000, 100_000);
      case 4, 5, 6, 7, 8 -> random.nextLong(Content.MIN_BYTES, 100);
      default -> random.nextLong(Content.MIN_BYTES, 13_000);
    };
  }

  /** Goes on with what is left. */
  private void end(String why) {
    @Nullable CrashMode mode =
        random.nextInt(4) == 0
            ? null
            : random.nextInt(3) == 0 ? MODES[random.nextInt(MODES.length)] : CrashMode.RANDOM;
    story.add(why + " -> " + (mode == null ? "killed" : "power loss " + mode));
    storage = mode == null ? storage.killProcess() : storage.crash(mode, random.nextLong());
  }
}
