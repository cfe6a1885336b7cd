package dev.vfo.overlay;

import java.lang.foreign.MemorySegment;

/**
 * A view of the valid part of one block of a file in memory; as in the paper, but without an object
 * of its own for as long as nobody looks.
 *
 * @param fileOffset where the valid part begins in the file, bytes
 * @param data the valid part; stays as it is only under the entry's lock, or when its layer is
 *     sealed
 */
record FileBlock(long fileOffset, MemorySegment data) {
  /** Byte behind the last one, in the file. */
  long endOffset() {
    return fileOffset + data.byteSize();
  }
}
