package dev.vfo.apply;

import dev.vfo.CorruptJournalException;
import dev.vfo.journal.Crc32c;
import dev.vfo.storage.StorageException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Reads a file from its start on, through a buffer, and checksums it. */
final class PlanInput implements AutoCloseable {
  private static final long BUFFER_BYTES = 64 * 1024;

  private final OpenFile file;
  private final String name;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, Long.BYTES);
  private final Crc32c checksum = new Crc32c();

  /**
   * Where in the file the buffer begins, how much of it is filled, and how much of that was taken.
   */
  private long bufferAt;

  private long filled;
  private long taken;

  PlanInput(OpenFile file, String name) {
    this.file = file;
    this.name = name;
  }

  long position() {
    return bufferAt + taken;
  }

  long takeLong() throws StorageException, CorruptJournalException {
    need(Long.BYTES);
    long value = buffer.get(PlanFormat.LONG, taken);
    taken += Long.BYTES;
    return value;
  }

  int takeInt() throws StorageException, CorruptJournalException {
    need(Integer.BYTES);
    int value = buffer.get(PlanFormat.INT, taken);
    taken += Integer.BYTES;
    return value;
  }

  void skip(long count) throws StorageException, CorruptJournalException {
    long left = count;
    while (left > 0) {
      need(1);
      long piece = Math.min(left, filled - taken);
      taken += piece;
      left -= piece;
    }
  }

  /** The checksum of all bytes that were taken. */
  int checksum() {
    settle();
    return checksum.value();
  }

  boolean isAtEnd() throws StorageException {
    settle();
    fill();
    return filled == 0;
  }

  private void need(int bytes) throws StorageException, CorruptJournalException {
    if (filled - taken < bytes) {
      settle();
      fill();
    }
    if (filled - taken < bytes) {
      throw damaged("ends there");
    }
  }

  /** Moves what is not taken yet to the start of the buffer. */
  private void settle() {
    checksum.update(buffer.asSlice(0, taken));
    MemorySegment.copy(buffer, taken, buffer, 0, filled - taken);
    bufferAt += taken;
    filled -= taken;
    taken = 0;
  }

  private void fill() throws StorageException {
    MemorySegment room = buffer.asSlice(filled);
    filled += file.read(room, bufferAt + filled);
  }

  CorruptJournalException damaged(String reason) {
    return new CorruptJournalException(name, position(), reason);
  }

  @Override
  public void close() {
    arena.close();
  }
}
