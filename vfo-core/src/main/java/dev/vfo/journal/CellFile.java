package dev.vfo.journal;

import dev.vfo.CorruptJournalException;
import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A file of a fixed length that holds cells; it exists wholly or not at all. Thread safe as long as
 * its storage is.
 */
final class CellFile {
  /** What the name of a file ends with that is not whole yet. */
  static final String MAKING = ".new";

  private final Storage storage;
  private final int directory;
  private final String name;
  private final int lengthBytes;

  CellFile(Storage storage, int directory, CellKind kind, int lengthBytes) {
    this(storage, directory, kind.file(), lengthBytes);
  }

  /** One of several of a kind, each with a name of its own. */
  CellFile(Storage storage, int directory, String name, int lengthBytes) {
    this.storage = storage;
    this.directory = directory;
    this.name = name;
    this.lengthBytes = lengthBytes;
  }

  /** Makes the file, durable with its name when this returns; replaces one that is there. */
  void create(MemorySegment content) throws StorageException {
    Name making = Name.of(name + MAKING);
    int flags = OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.TRUNCATE;
    try (OpenFile file = OpenFile.open(storage, directory, making, flags)) {
      file.write(content, 0, 1);
      storage.sync(file.fd());
    }
    storage.rename(directory, making, directory, Name.of(name), RenameMode.REPLACE);
    storage.sync(directory);
  }

  /** The whole content; the length is checked. */
  MemorySegment read(Arena arena) throws IOException {
    try (OpenFile file = open(OpenFlag.READ)) {
      return read(file, arena);
    }
  }

  MemorySegment read(OpenFile file, Arena arena) throws IOException {
    MemorySegment content = arena.allocate(lengthBytes, JournalFormat.BLOCK_BYTES);
    long sizeBytes = storage.stat(file.fd()).sizeBytes();
    if (sizeBytes != lengthBytes || file.read(content, 0) != lengthBytes) {
      throw damaged(
          Math.min(sizeBytes, lengthBytes),
          "the file is %d bytes long instead of %d".formatted(sizeBytes, lengthBytes));
    }
    return content;
  }

  /** Opens the file, which must be there. */
  OpenFile open(int flags) throws IOException {
    try {
      return OpenFile.open(storage, directory, Name.of(name), flags);
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT) {
        CorruptJournalException missing = damaged(0, "the file is missing");
        missing.initCause(e);
        throw missing;
      }
      throw e;
    }
  }

  CorruptJournalException damaged(long offset, String reason) {
    return new CorruptJournalException(name, offset, reason);
  }
}
