package dev.vfo.spill;

import static dev.vfo.journal.JournalFormat.INT;
import static dev.vfo.journal.JournalFormat.LONG;

import dev.vfo.CorruptJournalException;
import dev.vfo.NewerFormatException;
import dev.vfo.journal.Crc32c;
import dev.vfo.journal.JournalFormat;
import dev.vfo.journal.RootId;
import java.lang.foreign.MemorySegment;

/**
 * The layout of a spill file: a header in the first block, then blocks, which have no frame of
 * their own. {@code docs/spill.md} has the table.
 */
final class SpillFormat {
  static final int BLOCK_BYTES = SpillFile.BLOCK_BYTES;

  private static final long MAGIC = JournalFormat.magic("VFOSPILL");
  private static final int RESERVED_AT = 12;
  private static final int ROOT_ID_AT = 16;
  private static final int LAYER_AT = 32;
  private static final int REST_AT = 40;
  private static final int CHECKSUM_AT = BLOCK_BYTES - Integer.BYTES;

  private SpillFormat() {}

  /** Fills a block with the header. */
  static void encodeHeader(RootId rootId, long layer, MemorySegment block) {
    block.fill((byte) 0);
    JournalFormat.putIntroduction(block, MAGIC);
    block.set(LONG, ROOT_ID_AT, rootId.low());
    block.set(LONG, ROOT_ID_AT + Long.BYTES, rootId.high());
    block.set(LONG, LAYER_AT, layer);
    block.set(INT, CHECKSUM_AT, Crc32c.of(block.asSlice(0, CHECKSUM_AT)));
  }

  /**
   * Checks the header.
   *
   * @param file for messages: relative to the control folder
   */
  static void checkHeader(RootId rootId, long layer, MemorySegment block, String file)
      throws CorruptJournalException, NewerFormatException {
    if (!JournalFormat.isGenuine(block, MAGIC, CHECKSUM_AT)) {
      throw new CorruptJournalException(file, 0, "magic or checksum of the header is wrong");
    }
    int version = block.get(INT, JournalFormat.VERSION_FIELD);
    if (version > JournalFormat.VERSION) {
      throw new NewerFormatException(file, version, JournalFormat.VERSION);
    }
    RootId owner = new RootId(block.get(LONG, ROOT_ID_AT), block.get(LONG, ROOT_ID_AT + 8));
    boolean rest =
        JournalFormat.isZero(block, RESERVED_AT, ROOT_ID_AT)
            && JournalFormat.isZero(block, REST_AT, CHECKSUM_AT);
    if (!owner.equals(rootId) || block.get(LONG, LAYER_AT) != layer || !rest) {
      throw new CorruptJournalException(file, 0, "it was written for another layer or root");
    }
  }
}
