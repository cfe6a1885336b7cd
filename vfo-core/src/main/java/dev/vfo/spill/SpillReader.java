package dev.vfo.spill;

import dev.vfo.CorruptJournalException;
import dev.vfo.NewerFormatException;
import dev.vfo.journal.Crc32c;
import dev.vfo.journal.OpenFile;
import dev.vfo.journal.RootId;
import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Reads blocks back from the spill file of a layer that is committed. Nothing is handed out that
 * has not the checksum that it had when it was spilled. Thread safe.
 */
public final class SpillReader implements AutoCloseable {
  private static final String FOLDER = "stage/";

  private final OpenFile file;
  private final String path;

  SpillReader(OpenFile file, Name name) {
    this.file = file;
    this.path = FOLDER + name;
  }

  /**
   * Opens the spill file of a layer that needs it.
   *
   * @param folderFd the stage
   * @throws CorruptJournalException when it is missing, or not this layer's
   * @throws NewerFormatException when a newer VFO wrote it
   */
  public static SpillReader open(
      Storage storage, int folderFd, Name name, RootId rootId, long layer)
      throws StorageException, CorruptJournalException, NewerFormatException {
    OpenFile file;
    try {
      file = OpenFile.open(storage, folderFd, name, OpenFlag.READ);
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT) {
        throw new CorruptJournalException(
            FOLDER + name, 0, "it is missing, and layer " + layer + " needs it");
      }
      throw e;
    }
    boolean good = false;
    try {
      SpillReader reader = new SpillReader(file, name);
      reader.checkHeader(rootId, layer);
      good = true;
      return reader;
    } finally {
      if (!good) {
        file.close();
      }
    }
  }

  private void checkHeader(RootId rootId, long layer)
      throws StorageException, CorruptJournalException, NewerFormatException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(SpillFile.BLOCK_BYTES);
      file.read(block, 0);
      SpillFormat.checkHeader(rootId, layer, block, path);
    }
  }

  /** The file's path, relative to the control folder. */
  public String path() {
    return path;
  }

  /**
   * Reads a range. What it has of a block has a checksum of its own.
   *
   * @param offset in the file, behind the header
   * @param first which of the checksums is that of the first block
   * @return the offset of the first block that is not what it was, or -1: then all may be used
   */
  public long read(long offset, MemorySegment target, int[] checksums, int first)
      throws StorageException {
    if (file.read(target, offset) < target.byteSize()) {
      return offset;
    }
    long at = 0;
    for (int i = first; at < target.byteSize(); i++) {
      long blockEnd = SpillFile.BLOCK_BYTES - (offset + at) % SpillFile.BLOCK_BYTES;
      long length = Math.min(blockEnd, target.byteSize() - at);
      if (Crc32c.of(target.asSlice(at, length)) != checksums[i]) {
        return offset + at;
      }
      at += length;
    }
    return -1;
  }

  /** What to throw when the bytes at an offset are not what they were. */
  public StorageException damaged(long offset) {
    return new StorageException(
        Errno.EIO,
        "read",
        ".vfo/"
            + path
            + " at offset "
            + offset
            + " (the checksum is wrong, the disk has changed or lost what was written there: close,"
            + " and open again at the last checkpoint)");
  }

  @Override
  public void close() throws StorageException {
    file.close();
  }
}
