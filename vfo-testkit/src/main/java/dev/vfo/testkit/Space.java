package dev.vfo.testkit;

/** How many blocks and inodes there are, and how many are in use. For one thread at a time. */
final class Space {
  private long totalBlocks;
  private long usedBlocks;
  private long lingeringBlocks;
  private long totalInodes;
  private long usedInodes;

  Space(long totalBlocks, long totalInodes) {
    this.totalBlocks = totalBlocks;
    this.totalInodes = totalInodes;
  }

  Space copy() {
    Space copy = new Space(totalBlocks, totalInodes);
    copy.usedBlocks = usedBlocks;
    copy.lingeringBlocks = lingeringBlocks;
    copy.usedInodes = usedInodes;
    return copy;
  }

  long totalBlocks() {
    return totalBlocks;
  }

  long usedBlocks() {
    return usedBlocks;
  }

  long freeBlocks() {
    return Math.max(0, totalBlocks - usedBlocks);
  }

  long totalInodes() {
    return totalInodes;
  }

  long usedInodes() {
    return usedInodes;
  }

  long freeInodes() {
    return Math.max(0, totalInodes - usedInodes);
  }

  /** Whether the last free blocks are such that a crash could still bring back what was in them. */
  boolean isFreeOnlyInMemory(long blocks) {
    return lingeringBlocks > 0 && usedBlocks + lingeringBlocks + blocks > totalBlocks;
  }

  boolean takeBlocks(long blocks) {
    if (blocks > freeBlocks()) {
      return false;
    }
    usedBlocks += blocks;
    return true;
  }

  void giveBlocks(long blocks, long lingering) {
    usedBlocks -= blocks;
    lingeringBlocks += lingering;
  }

  /** Blocks that lingered are free for good. */
  void settle(long blocks) {
    lingeringBlocks -= blocks;
  }

  boolean takeInode() {
    if (freeInodes() == 0) {
      return false;
    }
    usedInodes++;
    return true;
  }

  void giveInode() {
    usedInodes--;
  }

  void setFreeBlocks(long blocks) {
    totalBlocks = usedBlocks + blocks;
  }

  void setFreeInodes(long inodes) {
    totalInodes = usedInodes + inodes;
  }
}
