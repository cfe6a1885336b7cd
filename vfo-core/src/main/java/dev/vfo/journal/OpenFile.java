package dev.vfo.journal;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.lang.foreign.MemorySegment;

/** An open descriptor that reads and writes whole ranges. As thread safe as the storage. */
public record OpenFile(Storage storage, int fd) implements AutoCloseable {
  private static final int MODE = 0600;
  private static final int MAX_FRUITLESS_WRITES = 16;

  /** Opens a file, which is private to its owner if it is made. */
  public static OpenFile open(Storage storage, int directory, Name name, int flags)
      throws StorageException {
    return new OpenFile(storage, storage.open(directory, name, flags, MODE));
  }

  /** Reads until the target is full or the file ends; returns how many bytes there were. */
  public long read(MemorySegment target, long offset) throws StorageException {
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

  /**
   * Writes all bytes. After a short write it goes on at a multiple of {@code unitBytes}, so that a
   * descriptor past the page cache can do it.
   */
  public void write(MemorySegment source, long offset, int unitBytes) throws StorageException {
    long done = 0;
    int fruitless = 0;
    while (done < source.byteSize()) {
      long count = storage.write(fd, source.asSlice(done), offset + done);
      boolean finished = done + count == source.byteSize();
      long kept = finished ? count : count - count % unitBytes;
      fruitless = kept == 0 ? fruitless + 1 : 0;
      if (fruitless > MAX_FRUITLESS_WRITES) {
        throw new StorageException(
            Errno.EIO, "write", "(never more than " + count + " bytes at once)");
      }
      done += kept;
    }
  }

  /** Closes it because of a failure, which keeps a failure of this too. */
  void closeAfter(Throwable failure) {
    try {
      close();
    } catch (StorageException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void close() throws StorageException {
    storage.close(fd);
  }
}
