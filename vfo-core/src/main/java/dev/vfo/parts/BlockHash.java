package dev.vfo.parts;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The SHA-256 of a block, which is its name; four pieces of 8 bytes, big-endian. */
record BlockHash(long first, long second, long third, long fourth) {
  static final int BYTES = 32;

  /**
   * What stands for a block of a part that has none: never the hash of a block (for all we know).
   */
  static final BlockHash NONE = new BlockHash(0, 0, 0, 0);

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  static BlockHash decode(MemorySegment source, long at) {
    return new BlockHash(
        source.get(LONG, at),
        source.get(LONG, at + 8),
        source.get(LONG, at + 16),
        source.get(LONG, at + 24));
  }

  void encode(MemorySegment target, long at) {
    target.set(LONG, at, first);
    target.set(LONG, at + 8, second);
    target.set(LONG, at + 16, third);
    target.set(LONG, at + 24, fourth);
  }
}
