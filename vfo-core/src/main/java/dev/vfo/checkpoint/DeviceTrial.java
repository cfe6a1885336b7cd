package dev.vfo.checkpoint;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether this process may make device nodes, by making one in the stage: rights alone do
 * not tell (user 0 of a container may lack them). Thread safe; tried once.
 */
final class DeviceTrial {
  private static final Name NAME = Name.of("device-trial");

  /** The null device's number, major 1 and minor 3. */
  private static final long NULL_DEVICE = 0x103;

  private final Storage storage;
  private final int stageFd;
  private @Nullable Boolean isAllowed;

  DeviceTrial(Storage storage, int stageFd) {
    this.storage = storage;
    this.stageFd = stageFd;
  }

  /**
   * Refuses when it may not.
   *
   * @throws StorageException EPERM, or why it could not be tried
   */
  synchronized void require() throws StorageException {
    if (isAllowed == null) {
      isAllowed = isAllowed();
    }
    if (!isAllowed) {
      throw new StorageException(Errno.EPERM, "make device node", "here");
    }
  }

  private boolean isAllowed() throws StorageException {
    // Of one who was killed in between.
    remove();
    try {
      storage.makeNode(stageFd, NAME, FileType.CHARACTER_DEVICE, 0, NULL_DEVICE);
    } catch (StorageException e) {
      if (e.errno() == Errno.EPERM || e.errno() == Errno.EACCES) {
        return false;
      }
      throw e;
    }
    remove();
    return true;
  }

  private void remove() throws StorageException {
    try {
      storage.unlink(stageFd, NAME);
    } catch (StorageException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
  }
}
