package dev.vfo.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.CorruptJournalException;
import dev.vfo.storage.Storage;
import dev.vfo.storage.linux.LinuxStorage;
import dev.vfo.testkit.SimulatedStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers without a lock, and the writer's helpers, while records are appended. */
class LiveJournalTest {
  private static final int RECORDS = 1500;

  @TempDir Path folder;
  private final AtomicLong appended = new AtomicLong();
  private final AtomicBoolean done = new AtomicBoolean();
  private final AtomicLong looks = new AtomicLong();

  private TestJournal files;

  @Test
  void readersSeeWhatWasAppendedOnTheRealDisk() throws Exception {
    Storage storage = new LinuxStorage();
    run(TestJournal.create(storage, storage.openRoot(folder)), RECORDS / 3);
  }

  @Test
  void readersSeeWhatWasAppendedInMemory() throws Exception {
    run(SimulatedJournal.create(new SimulatedStorage()), RECORDS);
  }

  private void run(TestJournal journal, int records) throws Exception {
    files = journal;
    files.options = new JournalOptions(16 << 10, 32 << 10, 1, true);
    try (ExecutorService threads = Executors.newFixedThreadPool(4);
        TestJournal.Session session = files.open()) {
      Future<?> background = threads.submit(whileRunning(() -> background(session)));
      Future<?> reader = threads.submit(whileRunning(this::look));
      Future<?> other = threads.submit(whileRunning(this::look));
      try {
        for (int i = 1; i <= records; i++) {
          session.append(16 + i * 37L % 9000);
          appended.set(i);
        }
      } finally {
        done.set(true);
      }
      background.get();
      reader.get();
      other.get();
    }
    assertEquals(records, files.recovered());
    assertTrue(looks.get() > 10, "looks " + looks);
  }

  private interface Step {
    void run() throws IOException;
  }

  private Callable<Void> whileRunning(Step step) {
    return () -> {
      while (!done.get()) {
        step.run();
      }
      return null;
    };
  }

  /** What the engine's executor does. */
  private void background(TestJournal.Session session) throws IOException {
    session.writer.prepareNext();
    long last = appended.get();
    if (last > session.applied.value().checkpointNumber()) {
      session.apply(last);
    }
  }

  private void look() throws IOException {
    long atLeast = appended.get();
    LiveJournal.Snapshot snapshot =
        LiveJournal.read(
            files.storage, files.control, files.control, files.journal, TestJournal.ROOT_ID);
    long found = snapshot.journal().last().map(RecordPosition::checkpointNumber).orElse(0L);
    long atMost = appended.get() + 1;
    assertTrue(atLeast <= found && found <= atMost, atLeast + " " + found + " " + atMost);
    assertTrue(snapshot.applied().checkpointNumber() <= found);
    looks.incrementAndGet();
  }

  @Test
  void damageIsStillReported() throws Exception {
    files = SimulatedJournal.create(new SimulatedStorage());
    try (TestJournal.Session session = files.open()) {
      session.append(100);
    }
    look();
    files.overwrite(files.journal, files.segments().getFirst(), 100, (byte) 1);
    assertThrows(CorruptJournalException.class, this::look);
    files.storage.unlink(files.journal, files.segments().getFirst());
    assertThrows(CorruptJournalException.class, this::look);
  }
}
