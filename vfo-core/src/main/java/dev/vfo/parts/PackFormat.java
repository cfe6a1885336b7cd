package dev.vfo.parts;

import static dev.vfo.journal.JournalFormat.INT;
import static dev.vfo.journal.JournalFormat.LONG;

import dev.vfo.CorruptJournalException;
import dev.vfo.NewerFormatException;
import dev.vfo.journal.Crc32c;
import dev.vfo.journal.JournalFormat;
import dev.vfo.journal.RootId;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The layout of a pack's own blocks: its header, and the head of each group, which names the blocks
 * that follow it. {@code docs/part-store.md} has the tables.
 */
final class PackFormat {
  static final int BLOCK_BYTES = PartTree.BLOCK_BYTES;

  /** The most blocks of a group. */
  static final int GROUP_BLOCKS = 126;

  private static final long HEADER_MAGIC = JournalFormat.magic("VFOPACK");
  private static final long GROUP_MAGIC = JournalFormat.magic("VFOGROUP");
  private static final int COUNT_AT = 12;
  private static final int ROOT_ID_AT = 16;
  private static final int NUMBER_AT = 32;
  private static final int OFFSET_AT = 40;
  private static final int RESERVED_AT = 48;
  private static final int HASHES_AT = 60;
  private static final int CHECKSUM_AT = BLOCK_BYTES - Integer.BYTES;

  private PackFormat() {}

  /** Fills a block with the header of a pack. */
  static void encodeHeader(RootId rootId, long number, MemorySegment block) {
    encode(HEADER_MAGIC, rootId, number, 0, List.of(), block);
  }

  /** Fills a block with the head of a group that is at {@code offset} in its pack. */
  static void encodeGroup(
      RootId rootId, long number, long offset, List<BlockHash> hashes, MemorySegment block) {
    encode(GROUP_MAGIC, rootId, number, offset, hashes, block);
  }

  private static void encode(
      long magic,
      RootId rootId,
      long number,
      long offset,
      List<BlockHash> hashes,
      MemorySegment block) {
    block.fill((byte) 0);
    JournalFormat.putIntroduction(block, magic);
    block.set(INT, COUNT_AT, hashes.size());
    block.set(LONG, ROOT_ID_AT, rootId.low());
    block.set(LONG, ROOT_ID_AT + Long.BYTES, rootId.high());
    block.set(LONG, NUMBER_AT, number);
    block.set(LONG, OFFSET_AT, offset);
    for (int i = 0; i < hashes.size(); i++) {
      hashes.get(i).encode(block, HASHES_AT + (long) i * BlockHash.BYTES);
    }
    block.set(INT, CHECKSUM_AT, Crc32c.of(block.asSlice(0, CHECKSUM_AT)));
  }

  /** Checks the header of a pack. */
  static void checkHeader(RootId rootId, long number, MemorySegment block)
      throws CorruptJournalException, NewerFormatException {
    if (decode(HEADER_MAGIC, rootId, number, 0, block) != 0) {
      throw damaged(number, 0);
    }
  }

  /** The blocks of the group at an offset, in their order. */
  static List<BlockHash> decodeGroup(RootId rootId, long number, long offset, MemorySegment block)
      throws CorruptJournalException, NewerFormatException {
    int count = decode(GROUP_MAGIC, rootId, number, offset, block);
    if (count < 1 || count > GROUP_BLOCKS) {
      throw damaged(number, offset);
    }
    List<BlockHash> hashes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      hashes.add(BlockHash.decode(block, HASHES_AT + (long) i * BlockHash.BYTES));
    }
    return hashes;
  }

  private static int decode(
      long magic, RootId rootId, long number, long offset, MemorySegment block)
      throws CorruptJournalException, NewerFormatException {
    if (!JournalFormat.isGenuine(block, magic, CHECKSUM_AT)) {
      throw damaged(number, offset);
    }
    int version = block.get(INT, JournalFormat.VERSION_FIELD);
    if (version > JournalFormat.VERSION) {
      throw new NewerFormatException(PackFolder.path(number), version, JournalFormat.VERSION);
    }
    RootId owner = new RootId(block.get(LONG, ROOT_ID_AT), block.get(LONG, ROOT_ID_AT + 8));
    boolean mine = owner.equals(rootId) && block.get(LONG, NUMBER_AT) == number;
    boolean here =
        block.get(LONG, OFFSET_AT) == offset && JournalFormat.isZero(block, RESERVED_AT, HASHES_AT);
    if (!mine || !here) {
      throw new CorruptJournalException(
          PackFolder.path(number), offset, "this block was written for another place or root");
    }
    return block.get(INT, COUNT_AT);
  }

  private static CorruptJournalException damaged(long number, long offset) {
    return new CorruptJournalException(
        PackFolder.path(number), offset, "magic, checksum or count is wrong");
  }
}
