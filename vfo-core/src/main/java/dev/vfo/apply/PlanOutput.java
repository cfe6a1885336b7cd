package dev.vfo.apply;

import dev.vfo.journal.Crc32c;
import dev.vfo.storage.StorageException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Writes a file from its start on, through a buffer, and checksums it. */
final class PlanOutput implements AutoCloseable {
  private static final long BUFFER_BYTES = 64 * 1024;

  private final OpenFile file;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, Long.BYTES);
  private final Crc32c checksum = new Crc32c();
  private long buffered;

  /** How much of the buffer is in the checksum. */
  private long summed;

  private long written;

  PlanOutput(OpenFile file) {
    this.file = file;
  }

  void putLong(long value) throws StorageException {
    makeRoom(Long.BYTES);
    buffer.set(PlanFormat.LONG, buffered, value);
    buffered += Long.BYTES;
  }

  void putInt(int value) throws StorageException {
    makeRoom(Integer.BYTES);
    buffer.set(PlanFormat.INT, buffered, value);
    buffered += Integer.BYTES;
  }

  void putZeros(int count) throws StorageException {
    makeRoom(count);
    buffer.asSlice(buffered, count).fill((byte) 0);
    buffered += count;
  }

  /** Copies a range of another file; false when that file ends before. */
  boolean copy(OpenFile source, long offset, long lengthBytes) throws StorageException {
    long done = 0;
    while (done < lengthBytes) {
      makeRoom(1);
      long piece = Math.min(BUFFER_BYTES - buffered, lengthBytes - done);
      if (source.read(buffer.asSlice(buffered, piece), offset + done) != piece) {
        return false;
      }
      buffered += piece;
      done += piece;
    }
    return true;
  }

  /** Writes the checksum of all so far. */
  void putChecksum() throws StorageException {
    sum();
    putInt(checksum.value());
  }

  /** Writes the checksum of all so far, and four zeros: the end. */
  void finish() throws StorageException {
    putChecksum();
    putInt(0);
    flush();
  }

  private void makeRoom(int bytes) throws StorageException {
    if (BUFFER_BYTES - buffered < bytes) {
      flush();
    }
  }

  private void sum() {
    checksum.update(buffer.asSlice(summed, buffered - summed));
    summed = buffered;
  }

  private void flush() throws StorageException {
    sum();
    file.write(buffer.asSlice(0, buffered), written);
    written += buffered;
    buffered = 0;
    summed = 0;
  }

  @Override
  public void close() {
    arena.close();
  }
}
