package dev.vfo.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.CorruptJournalException;
import dev.vfo.NewerFormatException;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.LinuxStorage;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.Operation;
import dev.vfo.testkit.SimulatedCrash;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.SimulationOptions;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The small files. */
class MarksTest {
  private static final Name ACKNOWLEDGED = Name.of("acknowledged");
  private static final Name APPLIED = Name.of("applied");
  private static final byte BAD = 0x55;

  @TempDir Path folder;
  private Storage storage;
  private TestJournal files;

  @BeforeEach
  void create() throws IOException {
    storage = new LinuxStorage();
    files = TestJournal.create(storage, storage.openRoot(folder));
  }

  private long applied() throws IOException {
    return files.applied();
  }

  private void writeApplied(long checkpoint) throws IOException {
    try (AppliedMark mark = AppliedMark.open(storage, files.control, TestJournal.ROOT_ID)) {
      mark.write(checkpoint, checkpoint);
    }
  }

  @Test
  void acknowledgedIsWhatWasWrittenLast() throws Exception {
    assertEquals(OptionalLong.of(0), files.acknowledged());
    try (AcknowledgedCell cell =
        AcknowledgedCell.open(storage, files.control, TestJournal.ROOT_ID)) {
      cell.write(7);
      assertEquals(OptionalLong.of(7), files.acknowledged());
      cell.write(8);
    }
    assertEquals(OptionalLong.of(8), files.acknowledged());
  }

  @Test
  void garbageInAcknowledgedSaysNothing() throws Exception {
    files.overwrite(files.control, ACKNOWLEDGED, 100, BAD);
    assertEquals(OptionalLong.empty(), files.acknowledged());
  }

  @Test
  void appliedIsWhatWasWrittenLast() throws Exception {
    assertEquals(0, applied());
    try (AppliedMark mark = AppliedMark.open(storage, files.control, TestJournal.ROOT_ID)) {
      mark.write(3, 2);
      assertEquals(new AppliedMark.Value(2, 5, 4), mark.write(5, 4));
      assertEquals(new AppliedMark.Value(2, 5, 4), mark.value());
    }
    assertEquals(
        new AppliedMark.Value(2, 5, 4),
        AppliedMark.read(storage, files.control, TestJournal.ROOT_ID));
  }

  @Test
  void oneDamagedCopyOfAppliedDoesNotMatterAndIsRepaired() throws Exception {
    for (long offset : new long[] {0, 511, 512, 4095, 4096, 4607, 4608, 8191}) {
      writeApplied(offset + 1);
      files.overwrite(files.control, APPLIED, offset, BAD);
      assertEquals(offset + 1, applied());
      AppliedMark.open(storage, files.control, TestJournal.ROOT_ID).close();
      files.overwrite(files.control, APPLIED, (offset + 4096) % 8192, BAD);
      assertEquals(offset + 1, applied());
    }
  }

  /** A failed sync drops what can still be read (C8): the other copy is then the only one. */
  @Test
  void aRepairThatFailedIsNotReliedOn() throws Exception {
    int repaired = 0;
    for (int seed = 0; seed < 6000; seed++) {
      SimulatedStorage disk = new SimulatedStorage(SimulationOptions.defaults().withSeed(seed));
      TestJournal journal = SimulatedJournal.create(disk);
      AppliedMark mark = AppliedMark.open(disk, journal.control, TestJournal.ROOT_ID);
      mark.write(1, 1);
      disk.faults().add(Fault.crash().on(Operation.DATA_SYNC).atCall(1));
      assertThrows(SimulatedCrash.class, () -> mark.write(2, 2));
      SimulatedStorage torn = disk.crash(seed);
      torn.faults().add(Fault.error(Errno.EIO).on(Operation.DATA_SYNC).atCall(1));
      int control = SimulatedJournal.open(torn).control;
      assertThrows(
          StorageException.class, () -> AppliedMark.open(torn, control, TestJournal.ROOT_ID));
      SimulatedStorage left = torn.killProcess();
      left.faults().add(Fault.crash().on(Operation.DATA_SYNC).atCall(1));
      int again = SimulatedJournal.open(left).control;
      assertThrows(SimulatedCrash.class, () -> AppliedMark.open(left, again, TestJournal.ROOT_ID));
      SimulatedStorage last = left.crash(seed + 100_000);
      int found = SimulatedJournal.open(last).control;
      AppliedMark.Value value = AppliedMark.read(last, found, TestJournal.ROOT_ID);
      assertTrue(value.layer() == 1 || value.layer() == 2, value::toString);
      repaired += value.layer() == 1 ? 1 : 0;
    }
    assertTrue(repaired > 10, repaired + " times");
  }

  /** It may leave the copy as it was to all who read, and yet to be written to the disk. */
  @Test
  void aCopyThatCouldNotBeWrittenIsSyncedBeforeTheOtherIsTouched() throws Exception {
    for (int seed = 0; seed < 3000; seed++) {
      SimulatedStorage disk = new SimulatedStorage(SimulationOptions.defaults().withSeed(seed));
      TestJournal journal = SimulatedJournal.create(disk);
      AppliedMark mark = AppliedMark.open(disk, journal.control, TestJournal.ROOT_ID);
      mark.write(1, 1);
      disk.faults().add(Fault.error(Errno.EIO).on(Operation.WRITE).atCall(1));
      assertThrows(StorageException.class, () -> mark.write(2, 2));
      SimulatedStorage left = disk.killProcess();
      left.faults().add(Fault.crash().on(Operation.DATA_SYNC).atCall(1 + seed / 1500));
      int again = SimulatedJournal.open(left).control;
      assertThrows(SimulatedCrash.class, () -> AppliedMark.open(left, again, TestJournal.ROOT_ID));
      SimulatedStorage last = left.crash(seed + 100_000);
      int found = SimulatedJournal.open(last).control;
      assertTrue(AppliedMark.read(last, found, TestJournal.ROOT_ID).layer() > 0);
    }
  }

  @Test
  void bothCopiesOfAppliedDamagedIsAnError() throws Exception {
    files.overwrite(files.control, APPLIED, 40, BAD);
    files.overwrite(files.control, APPLIED, 4096 + 40, BAD);
    assertThrows(CorruptJournalException.class, this::applied);
    assertThrows(
        CorruptJournalException.class,
        () -> AppliedMark.open(storage, files.control, TestJournal.ROOT_ID));
  }

  @Test
  void copiesInTheWrongOrderAreAnError() throws Exception {
    byte[] before = files.read(files.control, APPLIED);
    writeApplied(1);
    byte[] after = files.read(files.control, APPLIED);
    System.arraycopy(after, 0, before, 0, 4096);
    files.write(files.control, APPLIED, before);
    assertEquals(1, applied(), "the first copy is newer");
    System.arraycopy(after, 4096, before, 4096, 4096);
    System.arraycopy(new byte[4096], 0, before, 0, 4096);
    files.write(files.control, APPLIED, before);
    assertEquals(1, applied(), "the first copy is bad");
    byte[] old = new byte[8192];
    System.arraycopy(after, 4096, old, 4096, 4096);
    try (AppliedMark mark = AppliedMark.open(storage, files.control, TestJournal.ROOT_ID)) {
      mark.write(2, 2);
    }
    System.arraycopy(after, 0, old, 0, 4096);
    System.arraycopy(files.read(files.control, APPLIED), 4096, old, 4096, 4096);
    files.write(files.control, APPLIED, old);
    assertThrows(CorruptJournalException.class, this::applied);
  }

  /** R16: it was seen, so it must not go away with the first copy. */
  @Test
  void newerFirstCopyIsWrittenToTheSecond() throws Exception {
    writeApplied(1);
    byte[] first = files.read(files.control, APPLIED);
    writeApplied(2);
    byte[] mixed = files.read(files.control, APPLIED);
    System.arraycopy(first, 4096, mixed, 4096, 4096);
    files.write(files.control, APPLIED, mixed);
    assertEquals(2, applied());
    AppliedMark.open(storage, files.control, TestJournal.ROOT_ID).close();
    files.overwrite(files.control, APPLIED, 40, BAD);
    assertEquals(2, applied());
  }

  @Test
  void missingAndCutFilesAreErrors() throws Exception {
    for (String file : new String[] {"acknowledged", "applied", "format"}) {
      Name name = Name.of(file);
      byte[] whole = files.read(files.control, name);
      for (int length = 0; length < whole.length; length += 1 + length / 8) {
        files.write(files.control, name, java.util.Arrays.copyOf(whole, length));
        assertThrows(CorruptJournalException.class, files::scan);
      }
      files.write(files.control, name, java.util.Arrays.copyOf(whole, whole.length + 1));
      assertThrows(CorruptJournalException.class, files::scan);
      storage.unlink(files.control, name);
      CorruptJournalException missing = assertThrows(CorruptJournalException.class, files::scan);
      assertTrue(missing.getMessage().contains(file + ", offset 0: the file is missing"));
      files.write(files.control, name, whole);
      files.scan();
    }
  }

  @Test
  void foreignAndNewerFilesAreNamed() throws Exception {
    for (String file : new String[] {"acknowledged", "applied", "format"}) {
      Name name = Name.of(file);
      byte[] whole = files.read(files.control, name);
      files.write(files.control, name, changed(whole, 16));
      assertThrows(CorruptJournalException.class, files::scan);
      files.write(files.control, name, changed(whole, 8));
      assertThrows(NewerFormatException.class, files::scan);
      files.write(files.control, name, changed(whole, 500));
      assertThrows(CorruptJournalException.class, files::scan);
      files.write(files.control, name, whole);
    }
  }

  /** Adds 2 to a byte of each cell and makes its checksum right again. */
  private static byte[] changed(byte[] whole, int offset) {
    byte[] changed = whole.clone();
    for (int start = 0; start < whole.length; start += 4096) {
      changed[start + offset] = (byte) (changed[start + offset] + 2);
      MemorySegment cell = MemorySegment.ofArray(changed).asSlice(start, 512);
      cell.set(JournalFormat.INT, 508, Crc32c.of(cell.asSlice(0, 508)));
    }
    return changed;
  }

  @Test
  void rootIdComesBack() throws Exception {
    RootIdFile content = new RootIdFile(TestJournal.ROOT_ID, new FileIdentity(12, 34));
    content.create(storage, files.control);
    assertEquals(content, RootIdFile.read(storage, files.control));
    assertEquals("0f0e0d0c0b0a09080706050403020100", content.id().toString());
    for (int offset = 0; offset < 512; offset++) {
      byte[] whole = files.read(files.control, Name.of("root-id"));
      files.overwrite(files.control, Name.of("root-id"), offset, (byte) (whole[offset] ^ 0x10));
      assertThrows(CorruptJournalException.class, () -> RootIdFile.read(storage, files.control));
      files.overwrite(files.control, Name.of("root-id"), offset, whole[offset]);
    }
  }
}
