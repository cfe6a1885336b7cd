package dev.vfo.parts;

import dev.vfo.Part;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Stores the content of a part, level by level from the leaves, in one pass. */
final class TreeWriter {
  private static final int PIECE_BLOCKS = 256;

  private final BlockWriter blocks;
  private final Arena arena;

  /** For each level the block of hashes that is being filled. */
  private final List<MemorySegment> open = new ArrayList<>();

  private final List<Integer> filled = new ArrayList<>();

  private TreeWriter(BlockWriter blocks, Arena arena) {
    this.blocks = blocks;
    this.arena = arena;
  }

  static PartRoot write(Part part, BlockWriter blocks) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      return new TreeWriter(blocks, arena).write(part);
    }
  }

  private PartRoot write(Part part) throws IOException {
    long size = part.sizeBytes();
    if (size == 0) {
      return new PartRoot(0, BlockHash.NONE);
    }
    int top = PartTree.rootLevel(size);
    BlockHash last = BlockHash.NONE;
    MemorySegment piece = arena.allocate((long) PIECE_BLOCKS * PartTree.BLOCK_BYTES);
    for (long at = 0; at < size; at += piece.byteSize()) {
      long length = Math.min(piece.byteSize(), size - at);
      part.read(at, piece.asSlice(0, length));
      long padded = (length + PartTree.BLOCK_BYTES - 1) & -PartTree.BLOCK_BYTES;
      piece.asSlice(length, padded - length).fill((byte) 0);
      for (long offset = 0; offset < padded; offset += PartTree.BLOCK_BYTES) {
        last = blocks.write(piece.asSlice(offset, PartTree.BLOCK_BYTES));
        if (top > 0) {
          add(1, top, last);
        }
      }
    }
    for (int level = 1; level <= top; level++) {
      last = flush(level, top);
    }
    return new PartRoot(size, last);
  }

  // Adds the hash of a block of the level below.
  private void add(int level, int top, BlockHash hash) throws IOException {
    if (open.size() < level) {
      open.add(arena.allocate(PartTree.BLOCK_BYTES));
      filled.add(0);
    }
    int count = filled.get(level - 1);
    if (count == PartTree.FAN_OUT) {
      flush(level, top);
      count = 0;
    }
    hash.encode(open.get(level - 1), (long) count * BlockHash.BYTES);
    filled.set(level - 1, count + 1);
  }

  // A block of hashes that is full goes only when another one follows it.
  private BlockHash flush(int level, int top) throws IOException {
    MemorySegment block = open.get(level - 1);
    BlockHash hash = blocks.write(block);
    if (level < top) {
      add(level + 1, top, hash);
    }
    block.fill((byte) 0);
    filled.set(level - 1, 0);
    return hash;
  }
}
