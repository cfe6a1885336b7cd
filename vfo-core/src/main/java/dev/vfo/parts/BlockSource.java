package dev.vfo.parts;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Gives blocks by their name. */
interface BlockSource {
  /**
   * Fills a block's worth of memory; the content is verified.
   *
   * @throws IOException when the block is damaged, or not kept any more
   */
  void read(BlockHash hash, MemorySegment block) throws IOException;
}
