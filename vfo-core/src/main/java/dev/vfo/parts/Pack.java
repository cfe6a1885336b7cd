package dev.vfo.parts;

import dev.vfo.CorruptJournalException;
import dev.vfo.journal.OpenFile;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** An open pack: a file that blocks are appended to. As thread safe as the storage. */
record Pack(OpenFile file, long number) implements AutoCloseable {
  /** Fills the target from the file. */
  void read(MemorySegment target, long offset) throws IOException {
    long count = file.read(target, offset);
    if (count < target.byteSize()) {
      throw new CorruptJournalException(
          PackFolder.path(number), offset + count, "the file ends here");
    }
  }

  void write(MemorySegment source, long offset) throws StorageException {
    file.write(source, offset, 1);
  }

  void sync() throws StorageException {
    file.storage().sync(file.fd());
  }

  @Override
  public void close() throws StorageException {
    file.close();
  }
}
