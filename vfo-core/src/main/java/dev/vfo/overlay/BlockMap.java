package dev.vfo.overlay;

import static dev.vfo.overlay.BlockPool.BLOCK_BYTES;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The blocks of one file that one layer holds. Guarded by the entry's lock. */
final class BlockMap {
  private final BlockPool pool;
  private final LongMap<BlockGroup> groups = new LongMap<>();
  private int count;

  BlockMap(BlockPool pool) {
    this.pool = pool;
  }

  /** Number of blocks. */
  int count() {
    return count;
  }

  /** Whether a block is held; its range is never empty. */
  boolean has(long block) {
    BlockGroup group = groups.get(block >>> BlockGroup.SHIFT);
    return group != null && group.has(index(block));
  }

  /** First valid byte of a block that is held, as an offset in the file. */
  long validFrom(long block) {
    return block * BLOCK_BYTES + group(block).start(index(block));
  }

  /** Byte behind the last valid one of a block that is held, as an offset in the file. */
  long validTo(long block) {
    return block * BLOCK_BYTES + group(block).end(index(block));
  }

  /** The first held block at or behind {@code block} and before {@code limit}, or {@code limit}. */
  long next(long block, long limit) {
    if (count == 0) {
      return limit;
    }
    long at = block;
    while (at < limit) {
      BlockGroup group = groups.get(at >>> BlockGroup.SHIFT);
      int found = group == null ? BlockGroup.BLOCKS : group.next(index(at));
      long base = at & -BlockGroup.BLOCKS;
      if (found < BlockGroup.BLOCKS) {
        return Math.min(limit, base + found);
      }
      at = base + BlockGroup.BLOCKS;
    }
    return limit;
  }

  /**
   * Takes a block into the map whose bytes in the file's range are going to be written at once;
   * false: no memory.
   */
  boolean add(long block, long from, long to) {
    int slot = pool.allocate();
    if (slot < 0) {
      return false;
    }
    put(block, slot, from, to);
    return true;
  }

  /** The same, whatever the budget says. */
  void addBeyondBudget(long block, long from, long to) {
    put(block, pool.allocateBeyondBudget(), from, to);
  }

  private void put(long block, int slot, long from, long to) {
    BlockGroup group = groups.get(block >>> BlockGroup.SHIFT);
    if (group == null) {
      group = new BlockGroup();
      groups.put(block >>> BlockGroup.SHIFT, group);
    }
    long base = block * BLOCK_BYTES;
    group.set(index(block), slot, (int) (from - base), (int) (to - base));
    count++;
  }

  /**
   * Widens the valid range of a held block so that it has this range of the file too; the two touch
   * or overlap.
   */
  void widen(long block, long from, long to) {
    long base = block * BLOCK_BYTES;
    BlockGroup group = group(block);
    int index = index(block);
    group.setRange(
        index,
        Math.min(group.start(index), (int) (from - base)),
        Math.max(group.end(index), (int) (to - base)));
  }

  /**
   * Takes in old content of a file, within one block, that what is held here did not replace; what
   * lies between the two is zero, for it is behind the cut. Memory for it is had beyond the budget:
   * at most a block for each file.
   */
  void keep(long offset, MemorySegment bytes) {
    long block = offset / BLOCK_BYTES;
    long to = offset + bytes.byteSize();
    if (!has(block)) {
      put(block, pool.allocateBeyondBudget(), offset, to);
    } else if (to < validFrom(block)) {
      view(block, to, validFrom(block) - to).fill((byte) 0);
      widen(block, offset, to);
    } else if (offset > validTo(block)) {
      view(block, validTo(block), offset - validTo(block)).fill((byte) 0);
      widen(block, offset, to);
    } else if (offset >= validFrom(block) && to <= validTo(block)) {
      return;
    } else {
      widen(block, offset, to);
    }
    copyIn(block, bytes, 0, offset, bytes.byteSize());
  }

  /** Drops everything at and behind a size. */
  void cut(long sizeBytes) {
    for (long key : groups.sortedKeys()) {
      long first = key << BlockGroup.SHIFT;
      if ((first + BlockGroup.BLOCKS) * BLOCK_BYTES > sizeBytes) {
        cutGroup(key, sizeBytes);
      }
    }
  }

  private void cutGroup(long key, long sizeBytes) {
    BlockGroup group = Objects.requireNonNull(groups.get(key));
    for (int i = group.next(0); i < BlockGroup.BLOCKS; i = group.next(i + 1)) {
      long base = ((key << BlockGroup.SHIFT) + i) * BLOCK_BYTES;
      if (base + group.start(i) >= sizeBytes) {
        pool.free(group.slot(i));
        group.clear(i);
        count--;
      } else if (base + group.end(i) > sizeBytes) {
        group.setRange(i, group.start(i), (int) (sizeBytes - base));
      }
    }
    if (group.isEmpty()) {
      groups.remove(key);
    }
  }

  /** Gives all blocks back. */
  void clear() {
    cut(0);
  }

  /** Copies bytes into a held block, at an offset in the file. */
  void copyIn(long block, MemorySegment source, long sourceOffset, long fileOffset, long length) {
    int slot = group(block).slot(index(block));
    MemorySegment.copy(
        source, sourceOffset, pool.slab(slot), place(slot, block, fileOffset), length);
  }

  /** Copies bytes out of a held block, from an offset in the file. */
  void copyOut(long block, long fileOffset, MemorySegment target, long targetOffset, long length) {
    int slot = group(block).slot(index(block));
    MemorySegment.copy(
        pool.slab(slot), place(slot, block, fileOffset), target, targetOffset, length);
  }

  /** The memory of a held block, from an offset in the file. */
  MemorySegment view(long block, long fileOffset, long length) {
    int slot = group(block).slot(index(block));
    return pool.slab(slot).asSlice(place(slot, block, fileOffset), length);
  }

  private long place(int slot, long block, long fileOffset) {
    return pool.offsetInSlab(slot) + (fileOffset - block * BLOCK_BYTES);
  }

  /**
   * The valid parts, by ascending offset; neighbours in the file that are neighbours in memory too
   * are one.
   */
  List<FileBlock> blocks() {
    List<FileBlock> blocks = new ArrayList<>();
    @Nullable Run run = null;
    for (long key : groups.sortedKeys()) {
      BlockGroup group = Objects.requireNonNull(groups.get(key));
      for (int i = group.next(0); i < BlockGroup.BLOCKS; i = group.next(i + 1)) {
        long base = ((key << BlockGroup.SHIFT) + i) * BLOCK_BYTES;
        int slot = group.slot(i);
        if (run != null
            && group.start(i) == 0
            && run.to == base
            && pool.isBehind(slot, run.lastSlot)) {
          run.to = base + group.end(i);
          run.lastSlot = slot;
          continue;
        }
        if (run != null) {
          blocks.add(run.view(pool));
        }
        run = new Run(slot, base + group.start(i), base + group.end(i));
      }
    }
    if (run != null) {
      blocks.add(run.view(pool));
    }
    return blocks;
  }

  private static final class Run {
    final int firstSlot;
    final long from;
    int lastSlot;
    long to;

    Run(int slot, long from, long to) {
      this.firstSlot = slot;
      this.lastSlot = slot;
      this.from = from;
      this.to = to;
    }

    FileBlock view(BlockPool pool) {
      long offset = pool.offsetInSlab(firstSlot) + from % BLOCK_BYTES;
      return new FileBlock(from, pool.slab(firstSlot).asSlice(offset, to - from));
    }
  }

  private BlockGroup group(long block) {
    return Objects.requireNonNull(groups.get(block >>> BlockGroup.SHIFT));
  }

  private static int index(long block) {
    return (int) (block & (BlockGroup.BLOCKS - 1));
  }
}
