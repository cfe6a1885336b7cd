package dev.vfo.apply;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.List;

/** The folders in the stage that the apply of a layer uses. */
final class Folders implements AutoCloseable {
  private static final int MODE = 0700;

  private final Storage storage;
  private final List<Integer> open = new ArrayList<>();

  /** The layer's own folder. */
  final int layerFd;

  /** The folder of the orphans. */
  final int orphansFd;

  /** Opens both, and makes them where they are missing. */
  Folders(ApplyTarget target, long layer) throws StorageException {
    this.storage = target.storage();
    this.orphansFd = openOrMake(target.stageFd(), StageNames.ORPHANS);
    this.layerFd = openOrMake(target.stageFd(), StageNames.folder(layer));
  }

  private int openOrMake(int stageFd, Name name) throws StorageException {
    int flags = OpenFlag.READ | OpenFlag.DIRECTORY;
    int fd;
    try {
      fd = storage.open(stageFd, name, flags, 0);
    } catch (StorageException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
      storage.makeDirectory(stageFd, name, MODE);
      fd = storage.open(stageFd, name, flags, 0);
    }
    open.add(fd);
    return fd;
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
    while (!open.isEmpty()) {
      storage.close(open.removeLast());
    }
  }
}
