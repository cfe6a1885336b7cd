package dev.vfo;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A named piece of a {@link State} that may be far larger than memory, such as a file of a process
 * image. The engine reads it once, in order, when the checkpoint is made, and keeps only the 4 KiB
 * blocks that the checkpoint before did not have.
 */
public interface Part {
  /** Its length, bytes; does not change. */
  long sizeBytes();

  /**
   * Fills {@code target} with the bytes from {@code offset} on. All of them lie inside the part;
   * the same place always gives the same bytes.
   *
   * @throws IOException when they cannot be had
   */
  void read(long offset, MemorySegment target) throws IOException;

  /** A part of these bytes, which are copied. */
  static Part of(byte[] bytes) {
    MemorySegment content = MemorySegment.ofArray(bytes.clone()).asReadOnly();
    return new Part() {
      @Override
      public long sizeBytes() {
        return content.byteSize();
      }

      @Override
      public void read(long offset, MemorySegment target) {
        Objects.checkFromIndexSize(offset, target.byteSize(), content.byteSize());
        MemorySegment.copy(content, offset, target, 0, target.byteSize());
      }
    };
  }
}
