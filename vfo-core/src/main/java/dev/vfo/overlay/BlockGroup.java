package dev.vfo.overlay;

/**
 * Up to 64 neighbouring blocks of a file: a 64-bit word that says which of them are in memory, and
 * for each its place in the pool and the range of it that is valid. Packed arrays instead of an
 * object per block. Not thread safe.
 */
final class BlockGroup {
  /** Blocks in a group; the word has a bit for each. */
  static final int BLOCKS = 64;

  /** Bits to shift a block number by to get its group's. */
  static final int SHIFT = 6;

  private long present;
  private final int[] slots = new int[BLOCKS];
  private final short[] starts = new short[BLOCKS];
  private final short[] ends = new short[BLOCKS];

  boolean has(int index) {
    return (present >>> index & 1) != 0;
  }

  boolean isEmpty() {
    return present == 0;
  }

  /** The first block at or behind {@code index} that is in memory, or {@link #BLOCKS}. */
  int next(int index) {
    return index >= BLOCKS
        ? BLOCKS
        : Math.min(BLOCKS, index + Long.numberOfTrailingZeros(present >>> index));
  }

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

  void set(int index, int slot, int start, int end) {
    present |= 1L << index;
    slots[index] = slot;
    setRange(index, start, end);
  }

  void setRange(int index, int start, int end) {
    starts[index] = (short) start;
    ends[index] = (short) end;
  }

  void clear(int index) {
    present &= ~(1L << index);
  }
}
