package dev.vfo.parts;

import dev.vfo.CorruptJournalException;
import dev.vfo.storage.Errno;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** An open pack: a file that blocks are appended to. As thread safe as the storage. */
record Pack(Storage storage, int fd, long number) implements AutoCloseable {
  private static final int MAX_FRUITLESS_WRITES = 16;

  /** Fills the target from the file. */
  void read(MemorySegment target, long offset) throws IOException {
    long done = 0;
    while (done < target.byteSize()) {
      long count = storage.read(fd, target.asSlice(done), offset + done);
      if (count == 0) {
        throw new CorruptJournalException(
            PackFolder.path(number), offset + done, "the file ends here");
      }
      done += count;
    }
  }

  void write(MemorySegment source, long offset) throws StorageException {
    long done = 0;
    int fruitless = 0;
    while (done < source.byteSize()) {
      long count = storage.write(fd, source.asSlice(done), offset + done);
      fruitless = count == 0 ? fruitless + 1 : 0;
      if (fruitless > MAX_FRUITLESS_WRITES) {
        throw new StorageException(Errno.EIO, "write", PackFolder.path(number));
      }
      done += count;
    }
  }

  void sync() throws StorageException {
    storage.sync(fd);
  }

  @Override
  public void close() throws StorageException {
    storage.close(fd);
  }
}
