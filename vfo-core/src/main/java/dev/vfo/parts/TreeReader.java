package dev.vfo.parts;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.Consumer;

/** Finds the blocks of one part. Keeps the block that was used last of each level. Thread safe. */
final class TreeReader {
  private final PartRoot root;
  private final BlockSource source;
  private final int top;
  private final MemorySegment[] blocks;
  private final long[] loaded;

  TreeReader(PartRoot root, BlockSource source) {
    this.root = root;
    this.source = source;
    this.top = PartTree.rootLevel(root.sizeBytes());
    this.blocks = new MemorySegment[top + 1];
    this.loaded = new long[top + 1];
    Arrays.fill(blocks, MemorySegment.NULL);
    Arrays.fill(loaded, -1);
  }

  /** Copies bytes of the part. */
  synchronized void read(long offset, MemorySegment target) throws IOException {
    long done = 0;
    while (done < target.byteSize()) {
      long at = offset + done;
      MemorySegment block = block(0, at / PartTree.BLOCK_BYTES);
      long inBlock = at % PartTree.BLOCK_BYTES;
      long count = Math.min(PartTree.BLOCK_BYTES - inBlock, target.byteSize() - done);
      MemorySegment.copy(block, inBlock, target, done, count);
      done += count;
    }
  }

  private MemorySegment block(int level, long index) throws IOException {
    if (blocks[level].byteSize() == 0) {
      blocks[level] = Arena.ofAuto().allocate(PartTree.BLOCK_BYTES);
    }
    MemorySegment block = blocks[level];
    if (loaded[level] != index) {
      BlockHash hash = hash(level, index);
      loaded[level] = -1;
      source.read(hash, block);
      loaded[level] = index;
    }
    return block;
  }

  private BlockHash hash(int level, long index) throws IOException {
    if (level == top) {
      return root.hash();
    }
    MemorySegment above = block(level + 1, index / PartTree.FAN_OUT);
    return BlockHash.decode(above, index % PartTree.FAN_OUT * BlockHash.BYTES);
  }

  /** Names all blocks of the part; reads those that hold hashes. */
  synchronized void forEachBlock(Consumer<BlockHash> visitor) throws IOException {
    if (root.sizeBytes() == 0) {
      return;
    }
    for (int level = 0; level <= top; level++) {
      long count = PartTree.blocks(root.sizeBytes(), level);
      for (long index = 0; index < count; index++) {
        visitor.accept(hash(level, index));
      }
    }
  }
}
