package dev.vfo.changes;

import java.lang.foreign.MemorySegment;

/**
 * A range of a file's new content.
 *
 * @param offset in the file, bytes
 * @param data the bytes, at least one; native memory that stays valid and unchanged as long as the
 *     change set is used
 */
public record Extent(long offset, MemorySegment data) {
  /** Length of the range, bytes. */
  public long lengthBytes() {
    return data.byteSize();
  }
}
