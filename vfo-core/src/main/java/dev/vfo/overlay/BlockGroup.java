package dev.vfo.overlay;

/**
 * Up to 64 neighbouring blocks of a file: a 64-bit word that says which of them there are, one that
 * says which of these are in the spill file, and for each block where it is and the range of it
 * that is valid. Packed arrays instead of an object per block. Not thread safe.
 */
final class BlockGroup {
  /** Blocks in a group; the words have a bit for each. */
  static final int BLOCKS = 64;

  /** Bits to shift a block number by to get its group's. */
  static final int SHIFT = 6;

  private static final int[] NONE = {};

  private long present;
  private long spilled;
  private final int[] slots = new int[BLOCKS];
  private final short[] starts = new short[BLOCKS];
  private final short[] ends = new short[BLOCKS];
  private int[] checksums = NONE;

  boolean has(int index) {
    return (present >>> index & 1) != 0;
  }

  /** Whether a block is in the spill file, not in memory. */
  boolean isSpilled(int index) {
    return (spilled >>> index & 1) != 0;
  }

  boolean isEmpty() {
    return present == 0;
  }

  /** The first block at or behind {@code index}, or {@link #BLOCKS}. */
  int next(int index) {
    return next(present, index);
  }

  /** The first one at or behind {@code index} that is in memory, or {@link #BLOCKS}. */
  int nextInMemory(int index) {
    return next(present & ~spilled, index);
  }

  private static int next(long word, int index) {
    return index >= BLOCKS
        ? BLOCKS
        : Math.min(BLOCKS, index + Long.numberOfTrailingZeros(word >>> index));
  }

  /** Where a block is: its number in the pool, or its place in the spill file. */
  int slot(int index) {
    return slots[index];
  }

  /** First valid byte of a block. */
  int start(int index) {
    return starts[index];
  }

  /** Byte behind the last valid one of a block. */
  int end(int index) {
    return ends[index];
  }

  /** The checksum of the valid range of a block in the spill file. */
  int checksum(int index) {
    return checksums[index];
  }

  /** Says that a block is in memory. */
  void set(int index, int slot, int start, int end) {
    present |= 1L << index;
    spilled &= ~(1L << index);
    slots[index] = slot;
    setRange(index, start, end);
  }

  /** Says that a block, whose range is set, is in the spill file. */
  void setSpilled(int index, int place, int checksum) {
    if (checksums.length == 0) {
      checksums = new int[BLOCKS];
    }
    spilled |= 1L << index;
    slots[index] = place;
    checksums[index] = checksum;
  }

  void setRange(int index, int start, int end) {
    starts[index] = (short) start;
    ends[index] = (short) end;
  }

  void clear(int index) {
    present &= ~(1L << index);
    spilled &= ~(1L << index);
  }
}
