package dev.vfo.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.CorruptJournalException;
import dev.vfo.storage.Name;
import dev.vfo.testkit.SimulatedStorage;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A journal at rest of which one byte is changed, or a file cut: what the format's document says
 * for each byte (I9).
 */
class DamageTest {
  private static final long LAST = 9;
  private static final long SEGMENT_BYTES = 16 << 10;

  /** The answer to a damaged byte. */
  private enum Answer {
    /** As if nothing were. */
    RIGHT,
    /** A clear error. */
    ERROR,
    /** The checkpoint before, only when the cell does not know the newest. */
    WINDOW
  }

  private TestJournal files;

  /**
   * Segments of 16, 32 and 64 KiB; the oldest are retired, one of them is used again, and one is
   * ready.
   */
  @BeforeEach
  void create() throws IOException {
    files = SimulatedJournal.create(new SimulatedStorage());
    files.options = new JournalOptions(SEGMENT_BYTES, SEGMENT_BYTES, 2, true);
    try (TestJournal.Session session = files.open()) {
      for (int i = 1; i <= LAST; i++) {
        session.append(100 + 500L * i);
        session.writer.prepareNext();
        if (i == 5) {
          session.apply(4);
        }
      }
      session.writer.ensureRoom(10_000);
    }
    assertEquals(LAST, files.recovered());
    assertEquals(4, files.segments().size(), files.names()::toString);
    assertEquals(4, files.scan().records().getFirst().checkpointNumber());
  }

  private void check(String what, Answer answer, OptionalLong acknowledged) throws IOException {
    try {
      FormatFile.check(files.storage, files.control, TestJournal.ROOT_ID);
      OptionalLong cell = files.acknowledged();
      assertTrue(cell.isEmpty() || cell.getAsLong() == LAST);
      long found =
          files.verified(
              files.reader().scan(acknowledged.isPresent() ? cell : acknowledged, files.applied()));
      assertEquals(answer == Answer.WINDOW ? LAST - 1 : LAST, found, what);
      assertTrue(answer != Answer.ERROR, what + ": no error");
    } catch (CorruptJournalException e) {
      assertEquals(Answer.ERROR, answer, () -> what + ": " + e.getMessage());
    }
  }

  /**
   * Changes each byte, or each n-th, in turn; the cell says that the newest is acknowledged, or
   * nothing.
   */
  private void flipAll(
      int directory, Name name, boolean cellKnows, int stride, Expectation expected)
      throws IOException {
    OptionalLong cell = cellKnows ? OptionalLong.of(LAST) : OptionalLong.empty();
    byte[] whole = files.read(directory, name);
    for (int offset = 0; offset < whole.length; offset += stride) {
      byte flipped = (byte) (whole[offset] ^ (1 << (offset % 8)));
      files.overwrite(directory, name, offset, flipped);
      check(name + " at " + offset, expected.at(offset), cell);
      files.overwrite(directory, name, offset, whole[offset]);
    }
    check(name + " as it was", Answer.RIGHT, cell);
  }

  private interface Expectation {
    Answer at(long offset);
  }

  @Test
  void cells() throws Exception {
    flipAll(files.control, Name.of("format"), true, 1, offset -> Answer.ERROR);
    flipAll(files.control, Name.of("acknowledged"), true, 1, offset -> Answer.RIGHT);
    flipAll(files.control, Name.of("applied"), true, 1, offset -> Answer.RIGHT);
  }

  @Test
  void segmentsWhenTheCellKnows() throws Exception {
    flipSegments(true, 1, Answer.ERROR);
  }

  @Test
  void segmentsWhenTheCellDoesNotKnow() throws Exception {
    flipSegments(false, 5, Answer.WINDOW);
  }

  private void flipSegments(boolean cellKnows, int stride, Answer newest) throws IOException {
    JournalScan scan = files.scan();
    for (SegmentSummary segment : scan.segments()) {
      flipAll(
          files.journal,
          SegmentName.of(segment.number()),
          cellKnows,
          stride,
          offset -> {
            if (offset < SegmentFormat.HEADER_BYTES) {
              return Answer.ERROR;
            }
            for (RecordPosition record : scan.records()) {
              if (record.segmentNumber() == segment.number()
                  && offset >= record.offset()
                  && offset < record.endOffset()) {
                return record.checkpointNumber() == LAST ? newest : Answer.ERROR;
              }
            }
            return Answer.RIGHT;
          });
    }
  }

  @Test
  void newestRecordWhenItIsAppliedAndTheCellDoesNotKnow() throws Exception {
    try (AppliedMark mark = AppliedMark.open(files.storage, files.control, TestJournal.ROOT_ID)) {
      mark.write(LAST, LAST);
    }
    flipSegments(false, 5, Answer.ERROR);
  }

  @Test
  void recordAloneInTheOldestSegmentIsNotMissedOnceItIsApplied() throws Exception {
    try (AppliedMark mark = AppliedMark.open(files.storage, files.control, TestJournal.ROOT_ID)) {
      mark.write(8, 8);
    }
    RecordPosition oldest = files.scan().records().getFirst();
    for (RecordPosition record : files.scan().records()) {
      if (record.segmentNumber() == oldest.segmentNumber()) {
        files.overwrite(
            files.journal, SegmentName.of(record.segmentNumber()), record.offset(), (byte) 1);
      }
    }
    check("all of the oldest segment", Answer.RIGHT, OptionalLong.of(LAST));
  }

  /** At every byte, from the end on. A segment is whole before it has its name: so it is damage. */
  @Test
  void cutAnywhere() throws Exception {
    for (Name name : files.segments()) {
      byte[] whole = files.read(files.journal, name);
      files.write(files.journal, name, Arrays.copyOf(whole, whole.length + 1));
      check(name + " grown", Answer.ERROR, OptionalLong.of(LAST));
      for (int length = whole.length - 1; length >= 0; length--) {
        files.truncate(files.journal, name, length);
        check(name + " cut at " + length, Answer.ERROR, OptionalLong.of(LAST));
      }
      files.write(files.journal, name, whole);
    }
    check("as it was", Answer.RIGHT, OptionalLong.of(LAST));
  }

  @Test
  void segmentIsMissing() throws Exception {
    List<Name> names = files.segments();
    for (Name name : names) {
      byte[] whole = files.read(files.journal, name);
      files.storage.unlink(files.journal, name);
      boolean isEmptyOne = name.equals(names.getLast());
      check(name + " gone", isEmptyOne ? Answer.RIGHT : Answer.ERROR, OptionalLong.of(LAST));
      files.write(files.journal, name, whole);
    }
    for (Name name : names) {
      files.storage.unlink(files.journal, name);
    }
    check("all gone", Answer.ERROR, OptionalLong.of(LAST));
    check("all gone, applied", Answer.ERROR, OptionalLong.empty());
  }

  @Test
  void segmentsAreSwapped() throws Exception {
    List<Name> names = files.segments();
    byte[] first = files.read(files.journal, names.get(0));
    byte[] second = files.read(files.journal, names.get(1));
    files.write(files.journal, names.get(0), second);
    files.write(files.journal, names.get(1), first);
    check("swapped", Answer.ERROR, OptionalLong.of(LAST));
  }

  @Test
  void newerOrForeignSegmentIsNamed() throws Exception {
    Name name = files.segments().getFirst();
    assertThrows(
        CorruptJournalException.class,
        () ->
            new JournalReader(files.storage, files.journal, new RootId(1, 2))
                .scan(OptionalLong.empty(), 0));
    assertTrue(name.toString().endsWith(".seg"));
  }
}
