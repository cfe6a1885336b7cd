package dev.vfo.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.linux.LinuxStorage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Appending and reading back, on the real disk. */
class WriterTest {
  @TempDir Path folder;
  private TestJournal files;

  @BeforeEach
  void create() throws IOException {
    Storage storage = new LinuxStorage();
    files = TestJournal.create(storage, storage.openRoot(folder));
  }

  private List<String> names() throws IOException {
    return files.names().stream().map(Object::toString).toList();
  }

  @Test
  void emptyJournalHasNothing() throws Exception {
    assertTrue(files.scan().segments().isEmpty());
    try (TestJournal.Session session = files.open()) {
      assertEquals(0, session.last());
      assertEquals(0, session.writer.bytesOnDisk());
    }
    assertEquals(0, files.recovered());
    assertEquals(List.of(), names());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void recordsOfEverySizeComeBack(boolean direct) throws Exception {
    files.options = new JournalOptions(16 << 10, 64 << 10, 2, direct);
    long mebi = 1 << 20;
    long[] sizes = {
      0,
      1,
      16,
      4031,
      4032,
      4033,
      12_000,
      61_440,
      61_377,
      100_000,
      mebi - 65,
      mebi - 64,
      mebi - 63,
      mebi,
      2 * mebi - 64,
      2 * mebi - 63,
      3 * mebi + 5,
      17
    };
    try (TestJournal.Session session = files.open()) {
      for (long size : sizes) {
        RecordPosition position = session.append(size);
        assertEquals(size, position.payloadBytes());
        assertEquals(session.last(), files.recovered());
        assertEquals(position, files.scan().last().orElseThrow());
      }
      assertEquals(sizes.length, session.last());
    }
    assertEquals(sizes.length, files.recovered());
    List<Long> found = new ArrayList<>();
    files.scan().records().forEach(record -> found.add(record.payloadBytes()));
    assertEquals(java.util.Arrays.stream(sizes).boxed().toList(), found);
  }

  @Test
  void goesOnBehindTheLastRecord() throws Exception {
    for (int i = 1; i <= 40; i++) {
      try (TestJournal.Session session = files.open()) {
        assertEquals(i - 1, session.last());
        session.append(700L * i);
        assertEquals(i, session.last());
      }
      assertEquals(i, files.recovered());
    }
  }

  @Test
  void checkpointNumbersHaveNoGap() throws Exception {
    try (TestJournal.Session session = files.open();
        Arena arena = Arena.ofConfined()) {
      Payload payload = Content.payload(arena, 1, 0, 20);
      assertThrows(IllegalArgumentException.class, () -> session.writer.append(0, payload));
      session.writer.append(1, payload);
      assertThrows(IllegalArgumentException.class, () -> session.writer.append(1, payload));
      assertThrows(IllegalArgumentException.class, () -> session.writer.append(3, payload));
      session.append(20);
    }
    assertEquals(2, files.recovered());
  }

  @Test
  void segmentsGrowToTheirMaximum() throws Exception {
    try (TestJournal.Session session = files.open()) {
      for (int i = 0; i < 100; i++) {
        session.append(3000);
      }
      List<Long> lengths = new ArrayList<>();
      files.scan().segments().forEach(segment -> lengths.add(segment.header().lengthBytes()));
      assertEquals(16 << 10, lengths.get(0));
      assertEquals(32 << 10, lengths.get(1));
      assertTrue(lengths.subList(2, lengths.size()).stream().allMatch(bytes -> bytes == 64 << 10));
      assertEquals(lengths.stream().mapToLong(Long::longValue).sum(), session.writer.bytesOnDisk());
    }
  }

  @Test
  void segmentsDoNotGrowWhileRetiredOnesComeBack() throws Exception {
    try (TestJournal.Session session = files.open()) {
      for (int i = 1; i <= 100; i++) {
        session.append(3000);
        session.writer.prepareNext();
        session.apply(i);
        assertTrue(session.writer.bytesOnDisk() <= 48 << 10, names()::toString);
      }
    }
  }

  @Test
  void longestSparesAreKeptAndUsedFirst() throws Exception {
    try (TestJournal.Session session = files.open()) {
      session.append(10);
    }
    files.write(files.journal, SegmentName.spare(7), new byte[32 << 10]);
    files.write(files.journal, SegmentName.spare(8), new byte[16 << 10]);
    files.write(files.journal, SegmentName.spare(9), new byte[64 << 10]);
    try (TestJournal.Session session = files.open()) {
      assertEquals(List.of("0000000001.seg", "spare-0000000007", "spare-0000000009"), names());
      session.append(12_000);
      assertEquals(List.of("0000000001.seg", "0000000002.seg", "spare-0000000007"), names());
    }
    assertEquals(2, files.recovered());
  }

  @Test
  void recordLongerThanASegmentGetsItsOwnAndItIsGivenBack() throws Exception {
    try (TestJournal.Session session = files.open()) {
      session.append(10);
      session.append(1_000_000);
      session.append(10);
      assertEquals(3, files.recovered());
      session.append(60_000);
      session.apply(4);
      assertTrue(session.writer.bytesOnDisk() <= 3 * (64 << 10), names()::toString);
      assertEquals(4, files.recovered());
    }
  }

  @Test
  void appliedSegmentsAreUsedAgain() throws Exception {
    RandomGenerator random = TestJournal.random(5);
    long most = 0;
    try (TestJournal.Session session = files.open()) {
      for (int i = 1; i <= 400; i++) {
        session.append(random.nextLong(16, 9000));
        session.writer.prepareNext();
        if (i % 3 == 0) {
          session.apply(i);
        }
        most = Math.max(most, session.writer.bytesOnDisk());
        assertEquals(i, files.recovered());
      }
    }
    assertTrue(most <= 6 * (64 << 10), "bytes " + most);
    assertTrue(names().stream().filter(name -> name.startsWith("spare-")).count() <= 2);
  }

  @Test
  void newestRecordStaysWhenAllIsApplied() throws Exception {
    try (TestJournal.Session session = files.open()) {
      for (int i = 1; i <= 50; i++) {
        session.append(5000);
        session.apply(i);
        assertEquals(i, files.recovered());
        assertEquals(1, files.segments().size());
      }
    }
  }

  @Test
  void preparedSegmentIsTakenAndReplacedWhenTooShort() throws Exception {
    try (TestJournal.Session session = files.open()) {
      assertTrue(session.writer.prepareNext());
      assertFalse(session.writer.prepareNext());
      assertEquals(List.of("0000000001.seg"), names());
      session.append(10);
      assertFalse(session.writer.prepareNext(), "the segment is not yet half full");
      session.append(5000);
      assertTrue(session.writer.prepareNext());
      assertEquals(List.of("0000000001.seg", "0000000002.seg"), names());
      session.writer.ensureRoom(200_000);
      assertEquals(
          List.of("0000000001.seg", "0000000002.seg"), names(), "a spare that is too short goes");
      session.append(200_000);
      assertEquals(3, files.recovered());
    }
    try (TestJournal.Session session = files.open()) {
      session.append(50_000);
      assertEquals(List.of("0000000001.seg", "0000000002.seg", "0000000003.seg"), names());
    }
    assertEquals(4, files.recovered());
  }

  @Test
  void leftoversAreRemovedOrTakenOver() throws Exception {
    try (TestJournal.Session session = files.open()) {
      session.append(10);
    }
    files.write(files.journal, SegmentName.making(2), new byte[100]);
    files.write(files.journal, SegmentName.spare(8), new byte[64 << 10]);
    files.write(files.journal, SegmentName.spare(9), new byte[100]);
    files.write(files.journal, Name.of("README"), new byte[1]);
    assertEquals(1, files.recovered());
    try (TestJournal.Session session = files.open()) {
      assertEquals(List.of("0000000001.seg", "README", "spare-0000000008"), names());
      session.append(12_000);
      assertEquals(List.of("0000000001.seg", "0000000002.seg", "README"), names());
      session.append(12_000);
    }
    assertEquals(3, files.recovered());
  }

  /** The sectors that the torn attempt lacks may come from the next one, when that is torn too. */
  @Test
  void tornAttemptDoesNotComeBack() throws Exception {
    RecordPosition torn;
    try (TestJournal.Session session = files.open()) {
      session.append(50);
      torn = session.append(50);
      session.acknowledged.write(1);
    }
    Name segment = SegmentName.of(torn.segmentNumber());
    long padding = torn.offset() + 1024;
    files.overwrite(files.journal, segment, padding, (byte) 1);
    assertEquals(1, files.recovered());
    files.open().close();
    files.overwrite(files.journal, segment, padding, (byte) 0);
    assertEquals(1, files.recovered(), "it was dropped");
  }

  @Test
  void closedWriterTakesNothing() throws Exception {
    TestJournal.Session session = files.open();
    session.append(10);
    session.close();
    assertThrows(JournalFailedException.class, () -> session.append(10));
    assertThrows(JournalFailedException.class, () -> session.writer.ensureRoom(10));
  }

  @Test
  void recordInDoubtIsWrittenAgain() throws Exception {
    try (TestJournal.Session session = files.open()) {
      session.append(3000);
      session.append(5000);
    }
    AcknowledgedCell.create(files.storage, files.control, TestJournal.ROOT_ID);
    JournalScan before = files.scan();
    assertTrue(before.isLastInDoubt());
    try (TestJournal.Session session = files.open()) {
      RecordPosition last = session.writer.last().orElseThrow();
      assertEquals(2, last.checkpointNumber());
      assertEquals(2, last.segmentNumber());
      assertEquals(4096, last.offset());
      assertEquals(2, files.recovered());
      assertFalse(files.scan().isLastInDoubt());
      assertEquals(2, files.scan().records().size());
      session.append(100);
    }
    assertEquals(3, files.recovered());
    files.overwrite(files.journal, SegmentName.of(1), 8192 + 100, (byte) 0x77);
    assertEquals(3, files.recovered(), "the second one counts");
  }

  /** The kernel may drop what it could not write, also after it was read once (C8). */
  @Test
  void recordInDoubtThatGoesAwayIsNoCorruption() throws Exception {
    try (TestJournal.Session session = files.open()) {
      session.append(3000);
      session.append(5000);
    }
    AcknowledgedCell.create(files.storage, files.control, TestJournal.ROOT_ID);
    JournalScan scan = files.scan();
    RecordPosition last = scan.last().orElseThrow();
    byte[] nothing = new byte[(int) last.header().recordBytes()];
    files.overwrite(files.journal, SegmentName.of(last.segmentNumber()), last.offset(), nothing);

    RecordGoneException gone = assertThrows(RecordGoneException.class, () -> files.attempt(last));
    assertTrue(gone.getMessage().contains("open the root again"), gone::getMessage);
    assertThrows(RecordGoneException.class, () -> files.open(scan));
    assertEquals(1, files.recovered(), "the next open does without it");
    try (TestJournal.Session session = files.open()) {
      session.append(100);
    }
    assertEquals(2, files.recovered());
  }
}
