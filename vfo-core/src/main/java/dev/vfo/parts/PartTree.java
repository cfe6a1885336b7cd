package dev.vfo.parts;

/**
 * The shape of a part: its blocks are level 0; the hashes of a level, 128 to a block, are the
 * blocks of the next one, until there is one block only, whose hash stands for the part. The last
 * block of each level is filled up with zeros.
 */
final class PartTree {
  static final int BLOCK_BYTES = 4096;
  static final int FAN_OUT = BLOCK_BYTES / BlockHash.BYTES;

  private PartTree() {}

  /** How many blocks a level has. */
  static long blocks(long sizeBytes, int level) {
    long count = (sizeBytes + BLOCK_BYTES - 1) / BLOCK_BYTES;
    for (int i = 0; i < level; i++) {
      count = (count + FAN_OUT - 1) / FAN_OUT;
    }
    return count;
  }

  /** The level that has one block only; 0 also for a part without blocks. */
  static int rootLevel(long sizeBytes) {
    int level = 0;
    while (blocks(sizeBytes, level) > 1) {
      level++;
    }
    return level;
  }
}
