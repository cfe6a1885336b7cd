package dev.vfo.journal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Native memory that starts at a multiple of the block size and grows when more is wanted. Not
 * thread safe.
 */
final class BlockBuffer {
  private final Arena arena;
  private MemorySegment memory = MemorySegment.NULL;

  /** One whose memory lives as long as the arena. */
  BlockBuffer(Arena arena) {
    this.arena = arena;
  }

  /**
   * So many bytes of it, a multiple of the block size. What was in it is lost when it has to grow.
   */
  MemorySegment take(long bytes) {
    if (memory.byteSize() < bytes) {
      long capacity = Math.max(bytes, 2 * memory.byteSize());
      memory = arena.allocate(capacity, JournalFormat.BLOCK_BYTES);
    }
    return memory.asSlice(0, bytes);
  }
}
