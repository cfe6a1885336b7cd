package dev.vfo.checkpoint;

import dev.vfo.overlay.XattrTrial;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.util.Map;

/**
 * Tries an extended attribute out on a file in the stage that has the others already: only the file
 * system knows how much it can hold, and only the kernel what we may set. Thread safe.
 */
final class StageXattrTrial implements XattrTrial {
  private static final Name NAME = Name.of("xattr-trial");
  private static final int FILE_MODE = 0600;
  private static final int DIRECTORY_MODE = 0700;

  private final Storage storage;
  private final int stageFd;

  StageXattrTrial(Storage storage, int stageFd) {
    this.storage = storage;
    this.stageFd = stageFd;
  }

  @Override
  public synchronized void require(
      FileType type, Map<String, byte[]> others, String name, byte[] value)
      throws StorageException {
    // Of one who was killed in between.
    remove();
    make(type);
    try {
      for (Map.Entry<String, byte[]> other : others.entrySet()) {
        setIfAllowed(other.getKey(), other.getValue());
      }
      storage.setXattr(stageFd, NAME, name, value);
    } finally {
      remove();
    }
  }

  private void make(FileType type) throws StorageException {
    switch (type) {
      case REGULAR -> {
        int flags = OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.EXCLUSIVE;
        storage.close(storage.open(stageFd, NAME, flags, FILE_MODE));
      }
      case DIRECTORY -> storage.makeDirectory(stageFd, NAME, DIRECTORY_MODE);
      case SYMLINK -> storage.makeSymlink(stageFd, NAME, new byte[] {'.'});
      // All kinds of nodes are alike here, and this one everybody may make.
      case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE ->
          storage.makeNode(stageFd, NAME, FileType.FIFO, FILE_MODE, 0);
    }
  }

  // One that we may not set is not ours to apply either; it is there and stays.
  private void setIfAllowed(String name, byte[] value) throws StorageException {
    try {
      storage.setXattr(stageFd, NAME, name, value);
    } catch (StorageException e) {
      if (e.errno() != Errno.EPERM
          && e.errno() != Errno.EACCES
          && e.errno() != Errno.EINVAL
          && e.errno() != Errno.EOPNOTSUPP
          && e.errno() != Errno.ENOSPC) {
        throw e;
      }
    }
  }

  private void remove() throws StorageException {
    try {
      storage.unlink(stageFd, NAME);
    } catch (StorageException e) {
      if (e.errno() == Errno.EISDIR) {
        storage.removeDirectory(stageFd, NAME);
      } else if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
  }
}
