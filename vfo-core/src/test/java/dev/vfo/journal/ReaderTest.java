package dev.vfo.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.CorruptJournalException;
import dev.vfo.NewerFormatException;
import dev.vfo.storage.Name;
import dev.vfo.testkit.SimulatedStorage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The numbered rules of the format's document, each on a journal made by hand. */
class ReaderTest {
  private static final int BLOCK = JournalFormat.BLOCK_BYTES;
  private static final OptionalLong UNKNOWN = OptionalLong.empty();

  private TestJournal files;

  @BeforeEach
  void create() throws IOException {
    files = SimulatedJournal.create(new SimulatedStorage());
  }

  /** A segment under construction. */
  private final class Draft {
    final long number;
    final long salt;
    final byte[] bytes;
    int end = BLOCK;
    RecordHeader last;

    Draft(long number, long salt, int blocks) {
      this.number = number;
      this.salt = salt;
      this.bytes = new byte[blocks * BLOCK];
      SegmentFormat.encode(
          new SegmentHeader(TestJournal.ROOT_ID, number, salt, bytes.length),
          MemorySegment.ofArray(bytes));
    }

    Draft record(long checkpoint, int previous, long attempt, int lengthBytes) {
      return recordAt(end, checkpoint, previous, attempt, lengthBytes);
    }

    Draft recordAt(int offset, long checkpoint, int previous, long attempt, int lengthBytes) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment payload = Content.bytes(arena, checkpoint, attempt, lengthBytes);
        MemorySegment target = MemorySegment.ofArray(bytes).asSlice(offset);
        last =
            RecordFormat.encodeCommit(
                target, salt, checkpoint, lengthBytes, previous, Crc32c.of(payload));
        MemorySegment.copy(payload, 0, target, RecordFormat.HEADER_BYTES, lengthBytes);
        end = offset + (int) last.recordBytes();
      }
      return this;
    }

    /** Spoils the payload of the record at an offset. */
    Draft tear(int offset) {
      bytes[offset + 100] ^= 0x55;
      return this;
    }

    Draft put() throws IOException {
      files.write(files.journal, SegmentName.of(number), bytes);
      return this;
    }
  }

  private JournalScan scan() throws IOException {
    return scan(UNKNOWN, 0);
  }

  private JournalScan scan(OptionalLong acknowledged, long applied) throws IOException {
    return files.reader().scan(acknowledged, applied);
  }

  private void assertDamaged(String reason) {
    assertDamaged(UNKNOWN, 0, reason);
  }

  private void assertDamaged(OptionalLong acknowledged, long applied, String reason) {
    CorruptJournalException e =
        assertThrows(CorruptJournalException.class, () -> scan(acknowledged, applied));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertTrue(e.getMessage().contains("Nothing was changed"), e.getMessage());
    assertTrue(e.getMessage().startsWith(".vfo/" + e.file()), e.getMessage());
  }

  private void assertRecovered(long checkpoint, long attempt) throws IOException {
    JournalScan scan = scan();
    assertEquals(checkpoint, files.verified(scan));
    assertEquals(attempt, files.attempt(scan.last().orElseThrow()));
  }

  @Test
  void rule1HeaderMustBeTheOneOfItsFile() throws Exception {
    Draft draft = new Draft(1, 7, 4).put();
    files.write(files.journal, SegmentName.of(2), draft.bytes);
    assertDamaged("0000000002.seg, offset 32: is segment 1");
    files.write(files.journal, SegmentName.of(2), new byte[0]);
    assertDamaged("0000000002.seg, offset 0: the file ends inside the header");
    new Draft(2, 8, 4).put();
    assertTrue(scan().records().isEmpty());
  }

  @Test
  void rule1NumbersHaveNoGap() throws Exception {
    new Draft(1, 7, 4).put();
    new Draft(3, 8, 4).put();
    assertDamaged("0000000002.seg, offset 0: the segment is missing");
  }

  @Test
  void rule2FirstCheckpointHasNoPredecessor() throws Exception {
    new Draft(1, 7, 4).record(1, 5, 0, 100).put();
    assertDamaged("not the one behind nothing");
    new Draft(1, 7, 4).record(0, 0, 0, 100).put();
    assertDamaged("no VFO writes");
    new Draft(1, 7, 4).record(1, 0, 3, 100).put();
    assertRecovered(1, 3);
  }

  @Test
  void rule2RecordOfAnEarlierUseDoesNotCount() throws Exception {
    Draft draft = new Draft(1, 7, 4).record(1, 0, 3, 100);
    Draft used = new Draft(1, 6, 4).record(1, 0, 4, 100).record(2, draft.last.checksum(), 5, 100);
    System.arraycopy(used.bytes, 2 * BLOCK, draft.bytes, 2 * BLOCK, BLOCK);
    draft.put();
    assertRecovered(1, 3);
  }

  @Test
  void rule2RecordInThePlaceOfAnotherIsFoundByTheNext() throws Exception {
    Draft draft = chainWithAnotherRecordInIt();
    draft.put();
    assertDamaged("offset 8192: the record of checkpoint 2 is not the one behind checkpoint 1");
  }

  private Draft chainWithAnotherRecordInIt() {
    Draft draft = new Draft(1, 7, 4).record(1, 0, 3, 100);
    int first = draft.last.checksum();
    draft.record(2, first, 3, 100).recordAt(BLOCK, 1, 0, 4, 100);
    return draft;
  }

  @Test
  void rule3RecordWrittenAgainTakesThePlace() throws Exception {
    Draft first = new Draft(1, 7, 4).record(1, 0, 3, 100);
    int previous = first.last.checksum();
    first.record(2, previous, 4, 100).put();
    Draft second = new Draft(2, 8, 4).record(2, previous, 5, 200);
    second.record(3, second.last.checksum(), 6, 100).put();
    assertRecovered(3, 6);
    assertEquals(3, scan().records().size());
    assertEquals(5, files.attempt(scan().records().get(1)));
    first.tear(2 * BLOCK).put();
    assertRecovered(3, 6);
    first.tear(BLOCK).put();
    assertDamaged("offset 4096: the record here is damaged: another one follows at offset 8192");
  }

  @Test
  void rule3OnlyAtTheStartOfASegment() throws Exception {
    Draft draft = new Draft(1, 7, 4).record(1, 0, 3, 100).record(1, 0, 3, 100).put();
    assertDamaged("offset 8192: the record of checkpoint 1 is not the one behind checkpoint 1");
    assertEquals(1, draft.number);
  }

  @Test
  void rule3OnlyWithTheSamePredecessor() throws Exception {
    Draft first = new Draft(1, 7, 4).record(1, 0, 3, 100);
    first.record(2, first.last.checksum(), 4, 100).put();
    new Draft(2, 8, 4).record(2, 99, 5, 200).put();
    assertDamaged("0000000002.seg, offset 4096: the record of checkpoint 2 is not");
  }

  @Test
  void rule4NumberWithoutItsPredecessor() throws Exception {
    Draft draft = new Draft(1, 7, 4).record(1, 0, 3, 100);
    draft.record(3, draft.last.checksum(), 4, 100).put();
    assertDamaged("offset 8192: the record of checkpoint 3 is not the one behind checkpoint 1");
  }

  @Test
  void rule4MalformedRecords() throws Exception {
    for (int field : new int[] {12, 48, 59}) {
      Draft draft = new Draft(1, 7, 4).record(1, 0, 3, 100);
      draft.bytes[BLOCK + field] ^= 2;
      repair(draft);
      assertDamaged("a record that no VFO writes");
    }
    Draft draft = new Draft(1, 7, 4).record(1, 0, 3, 100);
    draft.bytes[BLOCK + 33] = 0x7f;
    repair(draft);
    assertDamaged("longer than its segment");
  }

  @Test
  void newerRecordIsNamed() throws Exception {
    Draft draft = new Draft(1, 7, 4).record(1, 0, 3, 100);
    draft.bytes[BLOCK + 8] = 9;
    repair(draft);
    NewerFormatException e = assertThrows(NewerFormatException.class, this::scan);
    assertEquals(9, e.version());
    assertEquals("journal/0000000001.seg", e.file());
  }

  private void repair(Draft draft) throws IOException {
    MemorySegment header = MemorySegment.ofArray(draft.bytes).asSlice(BLOCK, 64);
    header.set(JournalFormat.INT, 60, Crc32c.of(header.asSlice(0, 60)));
    draft.put();
  }

  @Test
  void rule5TornRecordIsTheEnd() throws Exception {
    Draft draft = new Draft(1, 7, 6).record(1, 0, 3, 100);
    draft.record(2, draft.last.checksum(), 4, 10_000).tear(2 * BLOCK).put();
    assertRecovered(1, 3);
    new Draft(2, 8, 4).put();
    assertRecovered(1, 3);
    assertEquals(2 * BLOCK, scan().segments().getFirst().endOffset());
  }

  @Test
  void rule5PaddingBelongsToTheRecord() throws Exception {
    Draft draft = new Draft(1, 7, 4).record(1, 0, 3, 100);
    draft.bytes[2 * BLOCK - 1] = 1;
    draft.put();
    assertTrue(scan().records().isEmpty());
  }

  @Test
  void rule5GoesOnInTheNextSegmentBehindATornRecord() throws Exception {
    Draft first = new Draft(1, 7, 6).record(1, 0, 3, 100);
    int previous = first.last.checksum();
    first.record(2, previous, 4, 10_000).tear(2 * BLOCK).put();
    Draft second = new Draft(2, 8, 4).record(2, previous, 5, 100).put();
    assertRecovered(2, 5);
    second.tear(BLOCK).put();
    assertRecovered(1, 3);
  }

  @Test
  void rule5RecordBehindABadOneIsDamage() throws Exception {
    Draft draft = new Draft(1, 7, 6).record(1, 0, 3, 100);
    draft.record(2, draft.last.checksum(), 4, 5000);
    draft.record(3, draft.last.checksum(), 4, 100).tear(4 * BLOCK);
    draft.tear(2 * BLOCK).put();
    assertDamaged("offset 8192: the record here is damaged: another one follows at offset 16384");
    Arrays.fill(draft.bytes, 2 * BLOCK, 2 * BLOCK + 64, (byte) 0);
    draft.put();
    assertDamaged("offset 8192: the record here is damaged: another one follows at offset 16384");
  }

  @Test
  void rule5RecordInALaterSegmentIsDamage() throws Exception {
    Draft first = new Draft(1, 7, 3).record(1, 0, 3, 100).put();
    Draft second = new Draft(2, 8, 3).record(2, first.last.checksum(), 4, 100).put();
    Draft third = new Draft(3, 9, 3).record(3, second.last.checksum(), 5, 100).put();
    assertRecovered(3, 5);
    second.tear(BLOCK).put();
    assertDamaged("0000000003.seg, offset 4096: the record of checkpoint 3 is not");
    third.tear(BLOCK).put();
    assertDamaged("0000000003.seg, offset 4096: the record of checkpoint 3 is not");
  }

  @Test
  void rule6AcknowledgedIsNotMissing() throws Exception {
    new Draft(1, 7, 3).record(1, 0, 3, 100).put();
    assertEquals(1, files.verified(scan(OptionalLong.of(1), 1)));
    assertDamaged(OptionalLong.of(2), 0, "offset 8192: the record of checkpoint 2 is missing");
  }

  @Test
  void rule6AppliedIsNotMissing() throws Exception {
    new Draft(1, 7, 3).record(1, 0, 3, 100).put();
    assertDamaged(UNKNOWN, 2, "offset 8192: the record of checkpoint 2 is missing");
    files.storage.unlink(files.journal, SegmentName.of(1));
    assertDamaged(UNKNOWN, 2, ".vfo/journal, offset 0: the record of checkpoint 1 is missing");
    assertTrue(scan(OptionalLong.of(0), 0).records().isEmpty());
  }

  @Test
  void rule6NothingIsMissingBehindWhatIsApplied() throws Exception {
    new Draft(4, 7, 3).record(8, 1234, 3, 100).put();
    assertEquals(8, files.verified(scan(UNKNOWN, 7)));
    assertEquals(8, files.verified(scan(UNKNOWN, 8)));
    assertDamaged(UNKNOWN, 6, "the record of checkpoint 7 is missing or damaged, which is not app");
  }

  @Test
  void payloadIsVerifiedOnceMore() throws Exception {
    Draft draft = new Draft(1, 7, 3).record(1, 0, 3, 100).put();
    RecordPosition position = scan().last().orElseThrow();
    files.attempt(position);
    draft.tear(BLOCK).put();
    assertThrows(RecordGoneException.class, () -> files.attempt(position));
    new Draft(1, 6, 3).put();
    assertThrows(RecordGoneException.class, () -> files.attempt(position));
  }

  @Test
  void readingChangesNothing() throws Exception {
    Draft first = new Draft(1, 7, 6).record(1, 0, 3, 100);
    first.record(2, first.last.checksum(), 4, 10_000).tear(2 * BLOCK).put();
    files.write(files.journal, Name.of("new-0000000002"), new byte[10]);
    SimulatedStorage storage = (SimulatedStorage) files.storage;
    storage.sync(files.journal);
    long changes = storage.faults().changeCount();
    assertRecovered(1, 3);
    LiveJournal.read(storage, files.control, files.control, files.journal, TestJournal.ROOT_ID);
    assertEquals(changes, storage.faults().changeCount());
  }

  /** Canary: without the chain the other record is not noticed. */
  @Test
  void unchainedChecksumWouldNotFindTheOtherRecord() throws Exception {
    chainWithAnotherRecordInIt().put();
    files.chain =
        new Chain() {
          @Override
          boolean follows(RecordHeader last, RecordHeader next) {
            return last == null || next.checkpointNumber() == last.checkpointNumber() + 1;
          }
        };
    assertRecovered(2, 3);
    assertEquals(4, files.attempt(scan().records().getFirst()));
  }

  /** Canary: without the cell the newest record is dropped in silence. */
  @Test
  void cellNotConsultedWouldDropTheNewestRecord() throws Exception {
    try (TestJournal.Session session = files.open()) {
      session.append(100);
      session.append(100);
    }
    files.overwrite(files.journal, SegmentName.of(1), 2L * BLOCK + 100, (byte) 0x55);
    assertThrows(CorruptJournalException.class, files::recovered);
    files.fault = TestJournal.Fault.CELL_NOT_CONSULTED;
    assertEquals(1, files.recovered());
  }

  /** Canary: with the same salt an old record counts. */
  @Test
  void segmentUsedAgainWithTheSameSaltWouldShowItsOldRecords() throws Exception {
    Draft draft = new Draft(1, 7, 4).record(1, 0, 3, 100);
    Draft old = new Draft(1, 7, 4).record(1, 0, 4, 100).record(2, draft.last.checksum(), 5, 100);
    System.arraycopy(old.bytes, 2 * BLOCK, draft.bytes, 2 * BLOCK, BLOCK);
    draft.put();
    assertRecovered(2, 5);
    assertFalse(scan().records().isEmpty());
  }
}
