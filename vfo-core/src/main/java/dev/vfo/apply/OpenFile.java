package dev.vfo.apply;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** An open file that reads and writes whole ranges. */
record OpenFile(Storage storage, int fd) implements AutoCloseable {
  private static final long ZEROS_BYTES = 256 << 10;

  static OpenFile open(Storage storage, int directory, Name name, int flags, int mode)
      throws StorageException {
    return new OpenFile(storage, storage.open(directory, name, flags, mode));
  }

  /** Reads until the target is full or the file ends; returns how many bytes there were. */
  long read(MemorySegment target, long offset) throws StorageException {
    long done = 0;
    while (done < target.byteSize()) {
      long count = storage.read(fd, target.asSlice(done), offset + done);
      if (count == 0) {
        break;
      }
      done += count;
    }
    return done;
  }

  /** Writes all bytes. */
  void write(MemorySegment source, long offset) throws StorageException {
    long done = 0;
    while (done < source.byteSize()) {
      done += storage.write(fd, source.asSlice(done), offset + done);
    }
  }

  /** Makes a range zeros, and a hole where the file system has holes. */
  void punch(long offset, long lengthBytes) throws StorageException {
    try {
      storage.punchHole(fd, offset, lengthBytes);
    } catch (StorageException e) {
      if (e.errno() != Errno.EOPNOTSUPP) {
        throw e;
      }
      zero(offset, lengthBytes);
    }
  }

  private void zero(long offset, long lengthBytes) throws StorageException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment zeros = arena.allocate(Math.min(lengthBytes, ZEROS_BYTES));
      for (long done = 0; done < lengthBytes; done += zeros.byteSize()) {
        write(zeros.asSlice(0, Math.min(zeros.byteSize(), lengthBytes - done)), offset + done);
      }
    }
  }

  @Override
  public void close() throws StorageException {
    storage.close(fd);
  }
}
