package dev.vfo.fuse.protocol;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.vfo.storage.Errno;
import java.lang.foreign.MemorySegment;

/**
 * The answer to a request: success with a body, empty at first, or an error. The body's fields are
 * set by their offset in it, after room was made for them, zeros.
 */
public final class Reply {
  /** Bytes before the body. */
  public static final int HEADER_BYTES = 16;

  private static final int LENGTH = 0;
  private static final int ERROR = 4;
  private static final int UNIQUE = 8;

  private final MemorySegment memory;
  private int bodyBytes;
  private int error;
  private boolean silent;

  /** Answers that are made in this memory, one after the other. */
  public Reply(MemorySegment memory) {
    this.memory = memory;
  }

  /** Begins anew: success without a body. */
  public void reset() {
    bodyBytes = 0;
    error = 0;
    silent = false;
  }

  /** Gives no answer now: because none is wanted, or because somebody else gives it later. */
  public void keepSilent() {
    silent = true;
  }

  /** Whether no answer is to be sent. */
  public boolean isSilent() {
    return silent;
  }

  /** Answers with an error instead. */
  public void fail(Errno errno) {
    error = errno == Errno.OTHER ? Errno.EIO.number() : errno.number();
    bodyBytes = 0;
  }

  /** Number of bytes that a body can have. */
  public int capacityBytes() {
    return (int) memory.byteSize() - HEADER_BYTES;
  }

  /** Number of bytes that the body has. */
  public int bodyBytes() {
    return bodyBytes;
  }

  /**
   * Makes the body longer by so many zeros.
   *
   * @return the offset where they begin
   */
  public int grow(int countBytes) {
    int from = bodyBytes;
    memory.asSlice(HEADER_BYTES + from, countBytes).fill((byte) 0);
    bodyBytes = from + countBytes;
    return from;
  }

  /**
   * The memory behind the body, for data that is read into place; {@link #added} takes it to the
   * body.
   */
  public MemorySegment space(int countBytes) {
    return memory.asSlice(HEADER_BYTES + (long) bodyBytes, countBytes);
  }

  /** Makes the body longer by bytes that are in place already. */
  public void added(int countBytes) {
    bodyBytes += countBytes;
  }

  /** Makes the body longer by these bytes. */
  public void add(byte[] bytes) {
    MemorySegment.copy(bytes, 0, memory, JAVA_BYTE, HEADER_BYTES + (long) bodyBytes, bytes.length);
    bodyBytes += bytes.length;
  }

  /** Makes the body shorter again. */
  public void cut(int toBytes) {
    bodyBytes = toBytes;
  }

  /** Sets a 16-bit field. */
  public void int16(int offset, int value) {
    memory.set(JAVA_SHORT, HEADER_BYTES + (long) offset, (short) value);
  }

  /** Sets a 32-bit field. */
  public void int32(int offset, int value) {
    memory.set(JAVA_INT, HEADER_BYTES + (long) offset, value);
  }

  /** Sets a 64-bit field. */
  public void int64(int offset, long value) {
    memory.set(JAVA_LONG, HEADER_BYTES + (long) offset, value);
  }

  /** The whole message, with the number of the request that it answers. */
  public MemorySegment message(long unique) {
    memory.set(JAVA_INT, LENGTH, HEADER_BYTES + bodyBytes);
    memory.set(JAVA_INT, ERROR, -error);
    memory.set(JAVA_LONG, UNIQUE, unique);
    return memory.asSlice(0, HEADER_BYTES + bodyBytes);
  }
}
