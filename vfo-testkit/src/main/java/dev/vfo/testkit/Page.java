package dev.vfo.testkit;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * 4096 bytes of a file's content, and which of them were written since the page was last durable.
 * Immutable; pages of zeros share their bytes.
 */
final class Page {
  /** Size of a page, and of a block of the file system. */
  static final int BYTES = 4096;

  /** What a disk writes as one. */
  static final int SECTOR_BYTES = 512;

  private static final byte[] ZEROS = new byte[BYTES];
  private static final MemorySegment ZERO_SEGMENT = MemorySegment.ofArray(ZEROS);

  /** No page: reads as zeros, has no block. */
  static final Page HOLE = new Page(ZEROS, ByteRanges.NONE);

  /** A block that was reserved and never written: reads as zeros. */
  static final Page RESERVED = new Page(ZEROS, ByteRanges.NONE);

  private final byte[] bytes;
  private final ByteRanges written;

  /** A page of these bytes, which the caller gives away. */
  Page(byte[] bytes, ByteRanges written) {
    this.bytes = bytes;
    this.written = written;
  }

  /** A page that was written with zeros. */
  static Page zeros() {
    return new Page(ZEROS, ByteRanges.NONE);
  }

  ByteRanges written() {
    return written;
  }

  boolean hasBlock() {
    return this != HOLE;
  }

  boolean isData() {
    return this != HOLE && this != RESERVED;
  }

  byte byteAt(int index) {
    return bytes[index];
  }

  void copyTo(MemorySegment target, long targetOffset, int from, int length) {
    MemorySegment.copy(bytes, from, target, ValueLayout.JAVA_BYTE, targetOffset, length);
  }

  void copyTo(byte[] target, int from, int to) {
    System.arraycopy(bytes, from, target, from, to - from);
  }

  byte[] toBytes() {
    return bytes.clone();
  }

  @SuppressWarnings("ReferenceEquality") // the quick way for pages that share their bytes
  boolean sameBytes(Page other, int from, int to) {
    return bytes == other.bytes || Arrays.equals(bytes, from, to, other.bytes, from, to);
  }

  @SuppressWarnings("ReferenceEquality") // likewise
  boolean isZero(int from, int to) {
    return bytes == ZEROS || Arrays.equals(bytes, from, to, ZEROS, from, to);
  }

  /**
   * The page after a write.
   *
   * @param before which bytes were written before, since the page was last durable
   */
  Page withWrite(int at, MemorySegment source, long from, int length, ByteRanges before) {
    if (length == BYTES && isZero(source, from)) {
      return new Page(ZEROS, ByteRanges.PAGE);
    }
    byte[] changed = length == BYTES ? new byte[BYTES] : bytes.clone();
    MemorySegment.copy(source, ValueLayout.JAVA_BYTE, from, changed, at, length);
    return new Page(changed, before.with(at, at + length));
  }

  private static boolean isZero(MemorySegment source, long from) {
    return MemorySegment.mismatch(source, from, from + BYTES, ZERO_SEGMENT, 0, BYTES) < 0;
  }

  /** The page with a range set to zeros; {@code before} as in {@link #withWrite}. */
  Page withZeros(int from, int to, ByteRanges before) {
    if (from == 0 && to == BYTES) {
      return new Page(ZEROS, ByteRanges.PAGE);
    }
    byte[] changed = bytes.clone();
    Arrays.fill(changed, from, to, (byte) 0);
    return new Page(changed, before.with(from, to));
  }

  /** The page with a range taken from another page, and {@code newWritten} as its written bytes. */
  Page withBytesOf(Page other, int from, int to, ByteRanges newWritten) {
    byte[] changed = bytes.clone();
    System.arraycopy(other.bytes, from, changed, from, to - from);
    return new Page(changed, newWritten);
  }

  /** The page with nothing behind {@code end} but zeros. */
  Page cutAt(int end) {
    if (isZero(end, BYTES)) {
      return this;
    }
    byte[] changed = Arrays.copyOf(bytes, BYTES);
    Arrays.fill(changed, end, BYTES, (byte) 0);
    return new Page(changed, written.without(end, BYTES));
  }
}
