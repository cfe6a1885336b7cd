package dev.vfo.overlay;

import static dev.vfo.overlay.BlockPool.BLOCK_BYTES;

import dev.vfo.spill.SpillFile;
import dev.vfo.storage.StorageException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;

/**
 * The blocks of one file that one layer holds, in memory or in the layer's spill file. Guarded by
 * the entry's lock: what reads needs it for reading.
 */
final class BlockMap {
  private final LayerBlocks layer;
  private final BlockPool pool;
  private final Lock lock;
  private final LongMap<BlockGroup> groups = new LongMap<>();
  private int count;
  private int inMemory;

  /** The groups that have a block in memory, in the order in which they are to give it back. */
  private final Set<Long> turns = new LinkedHashSet<>();

  /** Whether it is among those that are asked for memory; the layer's, guarded by it. */
  boolean hasTurn;

  /**
   * @param lock the entry's, for writing
   */
  BlockMap(LayerBlocks layer, Lock lock) {
    this.layer = layer;
    this.pool = layer.pool();
    this.lock = lock;
  }

  Lock lock() {
    return lock;
  }

  /** Number of blocks. */
  int count() {
    return count;
  }

  /** Whether a block is in memory. */
  boolean isInMemory() {
    return inMemory > 0;
  }

  /** Whether a block is held; its range is never empty. */
  boolean has(long block) {
    BlockGroup group = groups.get(block >>> BlockGroup.SHIFT);
    return group != null && group.has(index(block));
  }

  /** Whether a block that is held is in the spill file. */
  boolean isSpilled(long block) {
    return group(block).isSpilled(index(block));
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
   * Takes a block of the pool into the map whose bytes in the file's range are going to be written
   * at once; the block is new, or nothing of what the spill file has of it is needed.
   */
  void add(long block, int slot, long from, long to) {
    BlockGroup group = groupForChange(block);
    int index = index(block);
    if (!group.has(index)) {
      count++;
    } else if (group.isSpilled(index)) {
      layer.free(group.slot(index));
    }
    long base = block * BLOCK_BYTES;
    group.set(index, slot, (int) (from - base), (int) (to - base));
    entered(block);
  }

  /** Takes in a block that the spill file of a committed layer has. */
  void addSpilled(long block, int place, long from, long to, int checksum) {
    BlockGroup group = groupForChange(block);
    int index = index(block);
    long base = block * BLOCK_BYTES;
    group.set(index, place, (int) (from - base), (int) (to - base));
    group.setSpilled(index, place, checksum);
    count++;
  }

  /**
   * Reads a block back from the spill file into a block of the pool, which is given back if not.
   */
  void bringBack(long block, int slot) throws StorageException {
    BlockGroup group = group(block);
    int index = index(block);
    int place = group.slot(index);
    int start = group.start(index);
    int end = group.end(index);
    boolean read = false;
    try {
      MemorySegment target = pool.slab(slot).asSlice(pool.offsetInSlab(slot) + start, end - start);
      layer.file().read(place, start, target, group.checksum(index));
      read = true;
    } finally {
      if (!read) {
        pool.free(slot);
      }
    }
    group.set(index, slot, start, end);
    layer.free(place);
    entered(block);
  }

  private void entered(long block) {
    turns.add(block >>> BlockGroup.SHIFT);
    inMemory++;
    layer.enter(this);
  }

  private void left(BlockGroup group, long key) {
    inMemory--;
    if (group.nextInMemory(0) == BlockGroup.BLOCKS) {
      turns.remove(key);
    }
  }

  /**
   * Moves blocks from memory to the spill file, at most so many.
   *
   * @return whether there were any
   */
  boolean spill(int most) throws StorageException {
    long[] blocks = victims(Math.min(most, inMemory));
    if (blocks.length == 0) {
      return false;
    }
    SpillFile file = layer.fileForChange();
    int[] places = file.take(blocks.length);
    int[] checksums = new int[blocks.length];
    boolean written = false;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate((long) blocks.length * BLOCK_BYTES);
      for (int i = 0; i < blocks.length; i++) {
        checksums[i] = copyForSpill(blocks[i], copy.asSlice((long) i * BLOCK_BYTES, BLOCK_BYTES));
      }
      write(file, places, copy);
      written = true;
    } finally {
      if (!written) {
        Arrays.stream(places).forEach(file::free);
      }
    }
    for (int i = 0; i < blocks.length; i++) {
      BlockGroup group = group(blocks[i]);
      int index = index(blocks[i]);
      pool.free(group.slot(index));
      group.setSpilled(index, places[i], checksums[i]);
      left(group, blocks[i] >>> BlockGroup.SHIFT);
    }
    return true;
  }

  // In the order in which groups came into memory: nothing leaves again before the others have.
  private long[] victims(int most) {
    long[] found = new long[most];
    int size = 0;
    for (long key : turns) {
      BlockGroup group = Objects.requireNonNull(groups.get(key));
      int index = group.nextInMemory(0);
      for (; index < BlockGroup.BLOCKS && size < most; index = group.nextInMemory(index + 1)) {
        found[size++] = (key << BlockGroup.SHIFT) + index;
      }
      if (size == most) {
        break;
      }
    }
    return Arrays.copyOf(found, size);
  }

  /** Copies the valid part to its place in a block of zeros; returns its checksum. */
  private int copyForSpill(long block, MemorySegment target) {
    long from = validFrom(block);
    MemorySegment valid = view(block, from, validTo(block) - from);
    target.asSlice(from - block * BLOCK_BYTES, valid.byteSize()).copyFrom(valid);
    return SpillFile.checksum(valid);
  }

  private static void write(SpillFile file, int[] places, MemorySegment blocks)
      throws StorageException {
    int from = 0;
    for (int to = 1; to <= places.length; to++) {
      if (to == places.length || places[to] != places[to - 1] + 1) {
        long length = (long) (to - from) * BLOCK_BYTES;
        file.write(places[from], blocks.asSlice((long) from * BLOCK_BYTES, length));
        from = to;
      }
    }
  }

  /**
   * Widens the valid range of a block in memory so that it has this range of the file too; the two
   * touch or overlap.
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
  void keep(long offset, MemorySegment bytes) throws StorageException {
    long block = offset / BLOCK_BYTES;
    long to = offset + bytes.byteSize();
    if (!has(block)) {
      add(block, pool.allocateBeyondBudget(), offset, to);
      copyIn(block, bytes, 0, offset, bytes.byteSize());
      return;
    }
    if (offset >= validFrom(block) && to <= validTo(block)) {
      return;
    }
    if (isSpilled(block)) {
      bringBack(block, pool.allocateBeyondBudget());
    }
    if (to < validFrom(block)) {
      view(block, to, validFrom(block) - to).fill((byte) 0);
    } else if (offset > validTo(block)) {
      view(block, validTo(block), offset - validTo(block)).fill((byte) 0);
    }
    widen(block, offset, to);
    copyIn(block, bytes, 0, offset, bytes.byteSize());
  }

  /** Drops everything at and behind a size; the block that it cuts is not in the spill file. */
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
        drop(group, key, i);
      } else if (base + group.end(i) > sizeBytes) {
        group.setRange(i, group.start(i), (int) (sizeBytes - base));
      }
    }
    if (group.isEmpty()) {
      groups.remove(key);
    }
  }

  /** Drops the blocks of a range. */
  void drop(long from, long to) {
    for (long block = next(from, to); block < to; block = next(block + 1, to)) {
      long key = block >>> BlockGroup.SHIFT;
      BlockGroup group = group(block);
      drop(group, key, index(block));
      if (group.isEmpty()) {
        groups.remove(key);
      }
    }
  }

  private void drop(BlockGroup group, long key, int index) {
    boolean spilled = group.isSpilled(index);
    group.clear(index);
    count--;
    if (spilled) {
      layer.free(group.slot(index));
    } else {
      pool.free(group.slot(index));
      left(group, key);
    }
  }

  /** Gives all blocks back. */
  void clear() {
    cut(0);
  }

  /** Copies bytes into a block in memory, at an offset in the file. */
  void copyIn(long block, MemorySegment source, long sourceOffset, long fileOffset, long length) {
    int slot = group(block).slot(index(block));
    MemorySegment.copy(
        source, sourceOffset, pool.slab(slot), place(slot, block, fileOffset), length);
  }

  /** Copies valid bytes out of a held block, from an offset in the file. */
  void copyOut(long block, long fileOffset, MemorySegment target) throws StorageException {
    if (isSpilled(block)) {
      readSpilled(block, fileOffset, target);
    } else {
      target.copyFrom(view(block, fileOffset, target.byteSize()));
    }
  }

  // The checksum is of all that is valid in the block, so all of that is read.
  private void readSpilled(long block, long fileOffset, MemorySegment target)
      throws StorageException {
    BlockGroup group = group(block);
    int index = index(block);
    int start = group.start(index);
    int length = group.end(index) - start;
    try (Arena arena = Arena.ofConfined()) {
      boolean whole = target.isNative() && target.byteSize() == length;
      MemorySegment valid = whole ? target : arena.allocate(length);
      layer.file().read(group.slot(index), start, valid, group.checksum(index));
      if (!whole) {
        long from = fileOffset - block * BLOCK_BYTES - start;
        target.copyFrom(valid.asSlice(from, target.byteSize()));
      }
    }
  }

  /** The memory of a block in memory, from an offset in the file. */
  MemorySegment view(long block, long fileOffset, long length) {
    int slot = group(block).slot(index(block));
    return pool.slab(slot).asSlice(place(slot, block, fileOffset), length);
  }

  private long place(int slot, long block, long fileOffset) {
    return pool.offsetInSlab(slot) + (fileOffset - block * BLOCK_BYTES);
  }

  /** Shows all blocks, by ascending offset. */
  void forEach(Consumer<FileBlock> visitor) {
    for (long key : groups.sortedKeys()) {
      BlockGroup group = Objects.requireNonNull(groups.get(key));
      for (int i = group.next(0); i < BlockGroup.BLOCKS; i = group.next(i + 1)) {
        long base = ((key << BlockGroup.SHIFT) + i) * BLOCK_BYTES;
        boolean spilled = group.isSpilled(i);
        visitor.accept(
            new FileBlock(
                base + group.start(i),
                base + group.end(i),
                spilled,
                group.slot(i),
                spilled ? group.checksum(i) : 0));
      }
    }
  }

  private BlockGroup groupForChange(long block) {
    BlockGroup group = groups.get(block >>> BlockGroup.SHIFT);
    if (group == null) {
      group = new BlockGroup();
      groups.put(block >>> BlockGroup.SHIFT, group);
    }
    return group;
  }

  private BlockGroup group(long block) {
    return Objects.requireNonNull(groups.get(block >>> BlockGroup.SHIFT));
  }

  private static int index(long block) {
    return (int) (block & (BlockGroup.BLOCKS - 1));
  }
}
