package dev.vfo.journal;

import static dev.vfo.journal.JournalFormat.INT;
import static dev.vfo.journal.JournalFormat.LONG;

import dev.vfo.CorruptJournalException;
import dev.vfo.NewerFormatException;
import java.lang.foreign.MemorySegment;

/** The layout of a cell: 512 bytes, one sector, that hold a few numbers of 8 bytes. */
final class CellFormat {
  static final int BYTES = 512;

  private static final int ROOT_ID = 16;
  private static final int FIELDS = 32;
  private static final int CHECKSUM = BYTES - Integer.BYTES;

  private CellFormat() {}

  /** Fills the first 512 bytes of {@code cell}. */
  static void encode(MemorySegment cell, CellKind kind, RootId rootId, long... fields) {
    cell.asSlice(0, BYTES).fill((byte) 0);
    JournalFormat.putIntroduction(cell, kind.magic());
    cell.set(LONG, ROOT_ID, rootId.low());
    cell.set(LONG, ROOT_ID + Long.BYTES, rootId.high());
    for (int i = 0; i < fields.length; i++) {
      cell.set(LONG, FIELDS + (long) i * Long.BYTES, fields[i]);
    }
    cell.set(INT, CHECKSUM, Crc32c.of(cell.asSlice(0, CHECKSUM)));
  }

  /** Whether magic and checksum are right. */
  static boolean isGenuine(MemorySegment cell, CellKind kind) {
    return JournalFormat.isGenuine(cell, kind.magic(), CHECKSUM);
  }

  /** Checks what a genuine cell says about itself: version and reserved bytes. */
  static void checkSelf(MemorySegment cell, CellKind kind, long offset)
      throws CorruptJournalException, NewerFormatException {
    String file = kind.file();
    int version = cell.get(INT, JournalFormat.VERSION_FIELD);
    if (version > JournalFormat.VERSION) {
      throw new NewerFormatException(file, version, JournalFormat.VERSION);
    }
    long fieldsEnd = FIELDS + (long) kind.fieldCount() * Long.BYTES;
    if (version < 1
        || !JournalFormat.isZero(cell, JournalFormat.VERSION_FIELD + Integer.BYTES, ROOT_ID)
        || !JournalFormat.isZero(cell, fieldsEnd, CHECKSUM)) {
      throw new CorruptJournalException(
          file, offset, "reserved bytes or version are not as written");
    }
  }

  /** The same, and that it belongs to this root. */
  static void check(MemorySegment cell, CellKind kind, long offset, RootId rootId)
      throws CorruptJournalException, NewerFormatException {
    checkSelf(cell, kind, offset);
    if (!rootId(cell).equals(rootId)) {
      throw new CorruptJournalException(
          kind.file(),
          offset,
          "belongs to the root with the id %s, not %s".formatted(rootId(cell), rootId));
    }
  }

  static RootId rootId(MemorySegment cell) {
    return new RootId(cell.get(LONG, ROOT_ID), cell.get(LONG, ROOT_ID + Long.BYTES));
  }

  static long field(MemorySegment cell, int index) {
    return cell.get(LONG, FIELDS + (long) index * Long.BYTES);
  }
}
