package dev.vfo.fuse.protocol;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A request as the kernel wrote it: a header, and a body whose fields are read by their offset in
 * it. What the request is too short for is EINVAL, so that nothing of an older request is read.
 */
public final class Request {
  /** Bytes before the body. */
  public static final int HEADER_BYTES = 40;

  private static final int LENGTH = 0;
  private static final int OPCODE = 4;
  private static final int UNIQUE = 8;
  private static final int NODE = 16;
  private static final int UID = 24;
  private static final int GID = 28;
  private static final int PID = 32;

  private final MemorySegment memory;
  private int lengthBytes;

  /** Requests that are read into this memory, one after the other. */
  public Request(MemorySegment memory) {
    this.memory = memory;
  }

  /** What requests are read into. */
  public MemorySegment memory() {
    return memory;
  }

  /**
   * Takes note of a request that was read.
   *
   * @return whether it has a header, and the length that this says
   */
  public boolean received(long countBytes) {
    lengthBytes = (int) countBytes;
    return countBytes >= HEADER_BYTES && memory.get(JAVA_INT, LENGTH) == countBytes;
  }

  /** What it asks for; null when that is not known here. */
  public @Nullable Opcode opcode() {
    return Opcode.of(opcodeNumber());
  }

  /** The same as a number. */
  public int opcodeNumber() {
    return memory.get(JAVA_INT, OPCODE);
  }

  /** The number that the answer needs. */
  public long unique() {
    return memory.get(JAVA_LONG, UNIQUE);
  }

  /** The file that it is about. */
  public long node() {
    return memory.get(JAVA_LONG, NODE);
  }

  /** The caller's user, for new files. */
  public int uid() {
    return memory.get(JAVA_INT, UID);
  }

  /** The caller's group. */
  public int gid() {
    return memory.get(JAVA_INT, GID);
  }

  /** The caller's thread, as the mount's process namespace numbers it; 0 for the kernel itself. */
  public int pid() {
    return memory.get(JAVA_INT, PID);
  }

  /** Number of bytes of the body. */
  public int bodyBytes() {
    return lengthBytes - HEADER_BYTES;
  }

  private long at(int offset, long countBytes) throws StorageException {
    if (offset < 0 || countBytes < 0 || offset + countBytes > bodyBytes()) {
      throw malformed();
    }
    return HEADER_BYTES + (long) offset;
  }

  private StorageException malformed() {
    return new StorageException(
        Errno.EINVAL, "read", "a request with opcode " + opcodeNumber() + " that is too short");
  }

  /** A 32-bit field of the body. */
  public int int32(int offset) throws StorageException {
    return memory.get(JAVA_INT, at(offset, Integer.BYTES));
  }

  /** A 64-bit field of the body. */
  public long int64(int offset) throws StorageException {
    return memory.get(JAVA_LONG, at(offset, Long.BYTES));
  }

  /** A part of the body, in place: as long as the request is. */
  public MemorySegment bytes(int offset, int countBytes) throws StorageException {
    return memory.asSlice(at(offset, countBytes), countBytes);
  }

  /** The bytes from an offset up to a 0, which is not among them. */
  public byte[] text(int offset) throws StorageException {
    long from = at(offset, 0);
    for (long end = from; end < lengthBytes; end++) {
      if (memory.get(JAVA_BYTE, end) == 0) {
        return memory.asSlice(from, end - from).toArray(JAVA_BYTE);
      }
    }
    throw malformed();
  }

  /**
   * A name in a directory.
   *
   * @throws StorageException ENAMETOOLONG for one of more than 255 bytes, which the kernel lets
   *     through
   */
  public Name name(int offset) throws StorageException {
    return Name.of(text(offset));
  }
}
