package dev.vfo.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.CorruptJournalException;
import dev.vfo.NewerFormatException;
import dev.vfo.storage.Name;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The layouts by themselves. */
class FormatTest {
  private static final RootId ROOT_ID = TestJournal.ROOT_ID;

  private static MemorySegment heap(int bytes) {
    return MemorySegment.ofArray(new byte[bytes]);
  }

  private static void flip(MemorySegment bytes, long offset, int bit) {
    byte old = bytes.get(ValueLayout.JAVA_BYTE, offset);
    bytes.set(ValueLayout.JAVA_BYTE, offset, (byte) (old ^ (1 << bit)));
  }

  @Test
  void checksumIsTheOneOfIscsi() {
    byte[] check = "123456789".getBytes(StandardCharsets.US_ASCII);
    assertEquals(0xE3069283, Crc32c.of(MemorySegment.ofArray(check)));
  }

  @Test
  void checksumInPiecesIsTheSame() {
    MemorySegment bytes = heap(1000);
    for (int i = 0; i < 1000; i++) {
      bytes.set(ValueLayout.JAVA_BYTE, i, (byte) i);
    }
    Crc32c crc = new Crc32c();
    crc.update(bytes.asSlice(0, 333));
    crc.update(bytes.asSlice(333, 0));
    crc.update(bytes.asSlice(333));
    assertEquals(Crc32c.of(bytes), crc.value());
  }

  @Test
  void segmentHeaderComesBack() throws Exception {
    SegmentHeader header = new SegmentHeader(ROOT_ID, 17, 0xfedcba9876543210L, 1 << 20);
    MemorySegment block = heap(4096);
    SegmentFormat.encode(header, block);
    assertEquals(header, SegmentFormat.decode(block, "s"));
  }

  @Test
  void everyFlippedBitOfASegmentHeaderIsFound() throws Exception {
    MemorySegment block = heap(4096);
    SegmentFormat.encode(new SegmentHeader(ROOT_ID, 17, 5, 1 << 20), block);
    for (int offset = 0; offset < 4096; offset++) {
      for (int bit = 0; bit < 8; bit++) {
        flip(block, offset, bit);
        assertThrows(CorruptJournalException.class, () -> SegmentFormat.decode(block, "s"));
        flip(block, offset, bit);
      }
    }
    assertNotNull(SegmentFormat.decode(block, "s"));
  }

  @Test
  void reservedBytesOfASegmentHeaderMustBeZeroEvenWithTheRightChecksum() {
    MemorySegment block = heap(4096);
    for (int offset : new int[] {12, 15, 56, 4091}) {
      SegmentFormat.encode(new SegmentHeader(ROOT_ID, 17, 5, 1 << 20), block);
      flip(block, offset, 0);
      block.set(JournalFormat.INT, 4092, Crc32c.of(block.asSlice(0, 4092)));
      assertThrows(CorruptJournalException.class, () -> SegmentFormat.decode(block, "s"));
    }
  }

  @Test
  void newerSegmentIsToldFromADamagedOne() {
    MemorySegment block = heap(4096);
    SegmentFormat.encode(new SegmentHeader(ROOT_ID, 17, 5, 1 << 20), block);
    block.set(JournalFormat.INT, 8, 2);
    assertThrows(CorruptJournalException.class, () -> SegmentFormat.decode(block, "s"));
    block.set(JournalFormat.INT, 4092, Crc32c.of(block.asSlice(0, 4092)));
    NewerFormatException newer =
        assertThrows(NewerFormatException.class, () -> SegmentFormat.decode(block, "s"));
    assertEquals(2, newer.version());
    assertTrue(newer.getMessage().contains("newer VFO"), newer.getMessage());
  }

  @Test
  void everyFlippedBitOfARecordHeaderIsFound() {
    MemorySegment target = heap(64);
    RecordHeader header = RecordFormat.encodeCommit(target, 5, 7, 1000, 11, 13);
    assertEquals(new RecordHeader(1, 1, 5, 7, 1000, 11, 13, header.checksum()), header);
    assertEquals(header, RecordFormat.decodeGenuine(target, 5));
    for (int offset = 0; offset < 64; offset++) {
      for (int bit = 0; bit < 8; bit++) {
        flip(target, offset, bit);
        assertNull(RecordFormat.decodeGenuine(target, 5));
        flip(target, offset, bit);
      }
    }
  }

  @Test
  void recordOfAnotherSegmentIsNotGenuine() {
    MemorySegment target = heap(64);
    RecordFormat.encodeCommit(target, 5, 7, 1000, 11, 13);
    assertNull(RecordFormat.decodeGenuine(target, 6));
  }

  @Test
  void recordsTakeUpWholeBlocks() {
    assertEquals(4096, RecordFormat.recordBytes(0));
    assertEquals(4096, RecordFormat.recordBytes(4032));
    assertEquals(8192, RecordFormat.recordBytes(4033));
    assertThrows(ArithmeticException.class, () -> RecordFormat.recordBytes(Long.MAX_VALUE));
  }

  @Test
  void everyFlippedBitOfACellIsFound() {
    MemorySegment cell = heap(512);
    CellFormat.encode(cell, CellKind.ACKNOWLEDGED, ROOT_ID, 42);
    assertEquals(42, CellFormat.field(cell, 0));
    for (int offset = 0; offset < 512; offset++) {
      for (int bit = 0; bit < 8; bit++) {
        flip(cell, offset, bit);
        assertFalse(CellFormat.isGenuine(cell, CellKind.ACKNOWLEDGED));
        flip(cell, offset, bit);
      }
    }
    assertTrue(CellFormat.isGenuine(cell, CellKind.ACKNOWLEDGED));
    assertFalse(CellFormat.isGenuine(cell, CellKind.APPLIED));
  }

  @Test
  void cellOfAnotherRootIsNamed() {
    MemorySegment cell = heap(512);
    CellFormat.encode(cell, CellKind.FORMAT, new RootId(1, 2));
    CorruptJournalException foreign =
        assertThrows(
            CorruptJournalException.class,
            () -> CellFormat.check(cell, CellKind.FORMAT, 0, ROOT_ID));
    assertTrue(foreign.getMessage().contains(ROOT_ID.toString()), foreign.getMessage());
    assertTrue(foreign.getMessage().contains(".vfo/format"), foreign.getMessage());
  }

  @Test
  void segmentNamesComeBackAndOthersAreNone() {
    assertEquals("0000000017.seg", SegmentName.of(17).toString());
    assertEquals(17, SegmentName.numberOf(SegmentName.of(17)));
    assertEquals(9_999_999_999L, SegmentName.numberOf(SegmentName.of(9_999_999_999L)));
    assertThrows(IllegalArgumentException.class, () -> SegmentName.of(10_000_000_000L));
    for (String other :
        new String[] {
          "17.seg", "0000000017.seg~", "00000000x7.seg", "new-0000000017", "spare-0000000017", "x"
        }) {
      assertEquals(-1, SegmentName.numberOf(Name.of(other)), other);
    }
    assertEquals(17, SegmentName.numberOfSpare(Name.of("spare-0000000017")));
    assertTrue(SegmentName.isMaking(Name.of("new-0000000017")));
  }
}
