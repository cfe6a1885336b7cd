package dev.vfo.journal;

import static dev.vfo.journal.JournalFormat.INT;
import static dev.vfo.journal.JournalFormat.LONG;

import dev.vfo.CorruptJournalException;
import dev.vfo.NewerFormatException;
import java.lang.foreign.MemorySegment;

/** The layout of a segment's header: the first 4096 bytes of the file. */
public final class SegmentFormat {
  /** Length of the header, and offset of the first record. */
  public static final int HEADER_BYTES = JournalFormat.BLOCK_BYTES;

  private static final long MAGIC = JournalFormat.magic("VFOSEG");
  private static final int RESERVED = 12;
  private static final int ROOT_ID = 16;
  private static final int NUMBER = 32;
  private static final int SALT = 40;
  private static final int LENGTH = 48;
  private static final int FIELDS_END = 56;
  private static final int CHECKSUM = HEADER_BYTES - Integer.BYTES;

  private SegmentFormat() {}

  /** Fills the first 4096 bytes of {@code block}. */
  public static void encode(SegmentHeader header, MemorySegment block) {
    block.asSlice(0, HEADER_BYTES).fill((byte) 0);
    JournalFormat.putIntroduction(block, MAGIC);
    block.set(LONG, ROOT_ID, header.rootId().low());
    block.set(LONG, ROOT_ID + Long.BYTES, header.rootId().high());
    block.set(LONG, NUMBER, header.number());
    block.set(LONG, SALT, header.salt());
    block.set(LONG, LENGTH, header.lengthBytes());
    block.set(INT, CHECKSUM, Crc32c.of(block.asSlice(0, CHECKSUM)));
  }

  /**
   * Reads the header and checks it by itself.
   *
   * @param file how a message names the segment
   * @throws NewerFormatException when a newer VFO wrote it
   * @throws CorruptJournalException when it is not as {@link #encode} leaves it
   */
  public static SegmentHeader decode(MemorySegment block, String file)
      throws CorruptJournalException, NewerFormatException {
    if (!JournalFormat.isGenuine(block, MAGIC, CHECKSUM)) {
      throw new CorruptJournalException(file, 0, "magic or checksum of the header is wrong");
    }
    int version = block.get(INT, JournalFormat.VERSION_FIELD);
    if (version > JournalFormat.VERSION) {
      throw new NewerFormatException(file, version, JournalFormat.VERSION);
    }
    if (version < 1
        || !JournalFormat.isZero(block, RESERVED, ROOT_ID)
        || !JournalFormat.isZero(block, FIELDS_END, CHECKSUM)) {
      throw new CorruptJournalException(file, 0, "reserved bytes or version are not as written");
    }
    return new SegmentHeader(
        new RootId(block.get(LONG, ROOT_ID), block.get(LONG, ROOT_ID + Long.BYTES)),
        block.get(LONG, NUMBER),
        block.get(LONG, SALT),
        block.get(LONG, LENGTH));
  }

  /** Checks that this is the header of the file at hand. */
  static void check(SegmentHeader header, RootId rootId, long number, long sizeBytes, String file)
      throws CorruptJournalException {
    if (!header.rootId().equals(rootId)) {
      throw new CorruptJournalException(
          file,
          ROOT_ID,
          "belongs to the root with the id %s, not %s".formatted(header.rootId(), rootId));
    }
    if (header.number() != number) {
      throw new CorruptJournalException(file, NUMBER, "is segment " + header.number());
    }
    if (header.lengthBytes() != sizeBytes) {
      throw new CorruptJournalException(
          file,
          Math.min(sizeBytes, header.lengthBytes()),
          "the file is %d bytes long instead of %d".formatted(sizeBytes, header.lengthBytes()));
    }
  }
}
