package dev.vfo.apply;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;

/** The folders in the stage that the apply of a layer uses. */
final class Folders implements AutoCloseable {
  private static final int MODE = 0700;

  private final Storage storage;

  /** The layer's own folder. */
  final int layerFd;

  /** The folder of the orphans. */
  final int orphansFd;

  private Folders(Storage storage, int layerFd, int orphansFd) {
    this.storage = storage;
    this.layerFd = layerFd;
    this.orphansFd = orphansFd;
  }

  /** Opens both, and makes them where they are missing. */
  static Folders open(ApplyTarget target, long layer) throws StorageException {
    Storage storage = target.storage();
    int orphansFd = openOrMake(storage, target.stageFd(), StageNames.ORPHANS);
    int layerFd = -1;
    try {
      layerFd = openOrMake(storage, target.stageFd(), StageNames.folder(layer));
    } finally {
      if (layerFd < 0) {
        storage.close(orphansFd);
      }
    }
    return new Folders(storage, layerFd, orphansFd);
  }

  /** Opens a folder of the stage, which is made where it is missing. */
  static int openOrMake(Storage storage, int stageFd, Name name) throws StorageException {
    int flags = OpenFlag.READ | OpenFlag.DIRECTORY;
    try {
      return storage.open(stageFd, name, flags, 0);
    } catch (StorageException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
    storage.makeDirectory(stageFd, name, MODE);
    return storage.open(stageFd, name, flags, 0);
  }

  /** Removes what is in a folder; directories in it must be empty. */
  static void empty(Storage storage, int folderFd) throws StorageException {
    for (Listed listed : Listed.in(storage, folderFd)) {
      if (listed.isDirectory()) {
        storage.removeDirectory(folderFd, listed.name());
      } else {
        storage.unlink(folderFd, listed.name());
      }
    }
  }

  @Override
  public void close() throws StorageException {
    try {
      storage.close(layerFd);
    } finally {
      storage.close(orphansFd);
    }
  }
}
