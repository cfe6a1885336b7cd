package dev.vfo.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.Operation;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.SimulationOptions;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the writer does when a call fails (I6). */
class FailureTest {
  private SimulatedStorage storage;
  private TestJournal files;

  @BeforeEach
  void create() throws IOException {
    storage = new SimulatedStorage();
    files = SimulatedJournal.create(storage);
  }

  private boolean hasLeftovers() throws IOException {
    return files.names().stream().anyMatch(SegmentName::isMaking);
  }

  /** Something that makes a segment. */
  enum Making {
    PREPARE,
    ENSURE_ROOM,
    APPEND;

    void run(TestJournal.Session session) throws IOException {
      switch (this) {
        case PREPARE -> session.writer.prepareNext();
        case ENSURE_ROOM -> session.writer.ensureRoom(20_000);
        case APPEND -> session.append(20_000);
      }
    }
  }

  /**
   * The first half has no spare to use, the second has; each is stopped at every call that changes
   * the disk.
   */
  @ParameterizedTest
  @EnumSource(Making.class)
  void wantOfSpaceInMakingASegmentIsNoDamage(Making making) throws Exception {
    for (boolean spare : new boolean[] {false, true}) {
      for (Errno errno : new Errno[] {Errno.ENOSPC, Errno.EDQUOT}) {
        for (int call = 1; wantOfSpace(making, spare, errno, call); call++) {
          create();
        }
        create();
      }
    }
  }

  /** Whether the call was reached. */
  private boolean wantOfSpace(Making making, boolean spare, Errno errno, int call)
      throws IOException {
    files.options = new JournalOptions(32 << 10, 32 << 10, 2, true);
    try (TestJournal.Session session = files.open()) {
      session.append(10_000);
      session.append(10_000);
      long last = 2;
      if (spare) {
        session.append(20_000);
        session.apply(3);
        session.append(1_000);
        last = 4;
      }
      Operation[] more = {Operation.ALLOCATE, Operation.SYNC, Operation.RENAME};
      storage.faults().add(Fault.error(errno).on(Operation.WRITE, more).atCall(call));
      try {
        making.run(session);
        storage.faults().clear();
        return false;
      } catch (StorageException e) {
        if (making == Making.APPEND && session.last() == last && isFailed(session)) {
          return false;
        }
        assertEquals(errno, e.errno());
      }
      assertFalse(hasLeftovers(), files.names()::toString);
      assertEquals(last, files.recovered());
      making.run(session);
      session.append(20_000);
      assertEquals(session.last(), files.recovered());
      return true;
    }
  }

  private static boolean isFailed(TestJournal.Session session) throws IOException {
    try {
      session.writer.ensureRoom(0);
      return false;
    } catch (JournalFailedException e) {
      return true;
    }
  }

  @Test
  void fullDiskLeavesTheJournalUsable() throws Exception {
    try (TestJournal.Session session = files.open()) {
      session.append(1000);
      storage.setAvailableBytes(40_000);
      long used = storage.usedBytes();
      StorageException e =
          assertThrows(StorageException.class, () -> session.writer.ensureRoom(100_000));
      assertTrue(e.isNoSpace());
      assertEquals(used, storage.usedBytes());
      session.append(1000);
      storage.setAvailableBytes(1 << 20);
      session.append(100_000);
    }
    assertEquals(3, files.recovered());
  }

  @Test
  void aSmallRecordFindsRoomOnADiskThatIsAlmostFull() throws Exception {
    files.options = new JournalOptions(32 << 10, 32 << 10, 2, true);
    try (TestJournal.Session session = files.open()) {
      session.append(25_000);
      storage.setAvailableBytes(12_000);
      assertThrows(StorageException.class, () -> session.writer.ensureRoom(1000));
      session.writer.ensureLeastRoom(1000);
      session.append(1000);
    }
    assertEquals(2, files.recovered());
  }

  @Test
  void fullDiskWhenARecordInDoubtIsWrittenAgain() throws Exception {
    try (TestJournal.Session session = files.open()) {
      session.append(1000);
    }
    AcknowledgedCell.create(storage, files.control, TestJournal.ROOT_ID);
    storage.setAvailableBytes(0);
    assertThrows(StorageException.class, files::open);
    assertEquals(1, files.recovered());
    storage.setAvailableBytes(1 << 20);
    files.open().close();
    assertFalse(files.scan().isLastInDoubt());
    assertEquals(1, files.recovered());
  }

  /** After a failed write or sync in an append nothing is written any more. */
  @Test
  void failedAppendIsFinal() throws Exception {
    for (boolean direct : new boolean[] {true, false}) {
      for (long length : new long[] {100, 3 << 20}) {
        for (int call = 1; failedAppend(direct, length, call); call++) {
          create();
        }
        create();
      }
    }
  }

  private boolean failedAppend(boolean direct, long lengthBytes, int call) throws IOException {
    files.options = new JournalOptions(16 << 10, 64 << 10, 2, direct);
    TestJournal.Session session = files.open();
    session.append(1000);
    session.writer.ensureRoom(lengthBytes);
    storage
        .faults()
        .add(Fault.error(Errno.EIO).on(Operation.WRITE, Operation.DATA_SYNC).atCall(call));
    try {
      session.append(lengthBytes);
      assertTrue(call > 1);
      return false;
    } catch (StorageException e) {
      assertEquals(Errno.EIO, e.errno());
    }
    storage.faults().clear();
    long changes = storage.faults().changeCount();
    JournalFailedException failed =
        assertThrows(JournalFailedException.class, () -> session.append(10));
    assertTrue(failed.getMessage().contains("EIO"), failed.getMessage());
    assertThrows(JournalFailedException.class, () -> session.writer.ensureRoom(10));
    assertThrows(JournalFailedException.class, () -> session.writer.retire(1));
    assertThrows(JournalFailedException.class, () -> session.writer.prepareNext());
    assertEquals(changes, storage.faults().changeCount(), "nothing is written");
    session.close();
    try (TestJournal.Session next = files.open()) {
      assertTrue(next.last() == 1 || next.last() == 2);
      next.append(100);
      assertEquals(next.last(), files.recovered());
    }
    return true;
  }

  @Test
  void failedSyncOfANameIsFinal() throws Exception {
    TestJournal.Session session = files.open();
    session.append(9000);
    storage.faults().add(Fault.error(Errno.EIO).on(Operation.SYNC).atCall(2));
    assertThrows(StorageException.class, session.writer::prepareNext);
    assertThrows(JournalFailedException.class, () -> session.append(10));
    session.close();
    assertEquals(1, files.recovered());
    files.open().close();
  }

  @Test
  void shortTransfersDoNotMatter() throws Exception {
    storage.faults().add(Fault.shortTransfer().forEver());
    try (TestJournal.Session session = files.open()) {
      for (long length : new long[] {0, 5000, 30_000, 2 << 20, 100}) {
        session.append(length);
      }
      session.apply(5);
    }
    assertEquals(5, files.recovered());
    files.open().close();
  }

  @Test
  void withoutDirectIoItIsDoneThroughTheCache() throws Exception {
    storage = new SimulatedStorage(SimulationOptions.defaults().withDirectIo(false));
    files = SimulatedJournal.create(storage);
    try (TestJournal.Session session = files.open()) {
      session.append(1000);
      assertFalse(session.writer.isDirect());
      long syncs = storage.faults().callCount(Operation.DATA_SYNC);
      session.append(1000);
      assertEquals(syncs + 1, storage.faults().callCount(Operation.DATA_SYNC));
    }
    assertEquals(2, SimulatedJournal.open(storage.crash(1)).recovered());
  }

  @Test
  void directRecordIsOneWriteAndNoSync() throws Exception {
    try (TestJournal.Session session = files.open()) {
      session.append(1000);
      assertTrue(session.writer.isDirect());
      long calls = storage.callCount();
      session.append(5000);
      assertEquals(calls + 2, storage.callCount(), "the record and the acknowledged cell");
    }
  }

  @Test
  void onceSegmentsHaveGrownNoneIsMadeAnew() throws Exception {
    try (TestJournal.Session session = files.open()) {
      long made = 0;
      for (int i = 1; i <= 300; i++) {
        if (i == 100) {
          made = storage.faults().callCount(Operation.ALLOCATE);
        }
        session.append(5000);
        session.writer.prepareNext();
        if (i % 4 == 0) {
          session.apply(i);
        }
      }
      assertEquals(made, storage.faults().callCount(Operation.ALLOCATE));
      assertTrue(session.writer.bytesOnDisk() <= 4 * files.options.maxSegmentBytes());
    }
    assertEquals(300, files.recovered());
  }

  @Test
  void nothingStaysOpen() throws Exception {
    int open = storage.openDescriptors();
    for (int i = 0; i < 3; i++) {
      try (TestJournal.Session session = files.open()) {
        session.append(20_000);
        session.append(100_000);
        session.writer.prepareNext();
        session.writer.ensureRoom(300_000);
        session.apply(session.last());
      }
      files.recovered();
      LiveJournal.read(storage, files.control, files.control, files.journal, TestJournal.ROOT_ID);
    }
    files.overwrite(files.journal, files.segments().getFirst(), 0, (byte) 0);
    assertThrows(IOException.class, files::open);
    assertEquals(open, storage.openDescriptors(), storage.describeDescriptors()::toString);
  }

  @Test
  void foreignFilesInTheFolderAreLeftAlone() throws Exception {
    Name name = Name.of("0000000001.seg.bak");
    files.write(files.journal, name, new byte[] {1});
    try (TestJournal.Session session = files.open()) {
      session.append(100);
    }
    assertEquals(1, files.recovered());
    assertEquals(1, files.read(files.journal, name).length);
  }
}
