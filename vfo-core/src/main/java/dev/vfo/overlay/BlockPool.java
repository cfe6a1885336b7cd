package dev.vfo.overlay;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The memory that blocks live in: slabs off the heap, from which blocks of {@link #BLOCK_BYTES} are
 * given out by number. Thread safe; what is in a block is guarded by its owner's lock.
 */
public final class BlockPool {
  /** Size of a block, bytes. */
  public static final int BLOCK_BYTES = 4096;

  private static final int LARGEST_SLAB_BLOCKS = 512;
  private static final int SMALLEST_SLAB_BLOCKS = 16;
  private static final int NONE = -1;
  private static final int LARGEST_BATCH_BLOCKS = 64;

  private final int slabBlocks;
  private final int maxBlocks;
  private volatile MemorySegment[] slabs = {};
  private int[] returned = new int[64];
  private int returnedCount;
  private int fresh;
  private int used;

  /** A pool of at most {@code maxBytes}, of which nothing is allocated yet. */
  public BlockPool(long maxBytes) {
    this.maxBlocks =
        (int) Math.min(Integer.MAX_VALUE - LARGEST_SLAB_BLOCKS, maxBytes / BLOCK_BYTES);
    int wanted = Integer.highestOneBit(Math.max(1, maxBlocks / 16));
    this.slabBlocks = Math.clamp(wanted, SMALLEST_SLAB_BLOCKS, LARGEST_SLAB_BLOCKS);
  }

  /** The number of a block whose content is undefined, or -1 when the budget is used up. */
  synchronized int allocate() {
    return used >= maxBlocks ? NONE : allocateBeyondBudget();
  }

  /** The number of a block whose content is undefined, whatever the budget says. */
  synchronized int allocateBeyondBudget() {
    used++;
    if (returnedCount > 0) {
      return returned[--returnedCount];
    }
    if (fresh == slabs.length * slabBlocks) {
      addSlab();
    }
    return fresh++;
  }

  /** How many blocks should leave at once when the budget is used up. */
  int batchBlocks() {
    return Math.clamp(maxBlocks / 4, 1, LARGEST_BATCH_BLOCKS);
  }

  // Freed by the collector when the pool is: no reader can ever meet memory that is gone.
  private void addSlab() {
    MemorySegment[] more = Arrays.copyOf(slabs, slabs.length + 1);
    more[slabs.length] = Arena.ofAuto().allocate((long) slabBlocks * BLOCK_BYTES, BLOCK_BYTES);
    slabs = more;
  }

  /** Gives a block back. */
  synchronized void free(int block) {
    if (returnedCount == returned.length) {
      returned = Arrays.copyOf(returned, returned.length * 2);
    }
    returned[returnedCount++] = block;
    used--;
  }

  /** Memory of the blocks in use, bytes. */
  public synchronized long usedBytes() {
    return (long) used * BLOCK_BYTES;
  }

  /** The slab that a block lies in; the block begins at {@link #offsetInSlab}. */
  MemorySegment slab(int block) {
    return slabs[block / slabBlocks];
  }

  /** Where a block begins in its slab, bytes. */
  long offsetInSlab(int block) {
    return (long) (block % slabBlocks) * BLOCK_BYTES;
  }

  /** Whether one block lies right behind another in memory. */
  boolean isBehind(int block, int before) {
    return block == before + 1 && block / slabBlocks == before / slabBlocks;
  }
}
