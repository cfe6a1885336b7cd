package dev.vfo.apply;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Removes folders in the stage, such as those of applied layers. Directories that the layer removed
 * can be found in them after a crash, with what was in them: neither is synced, as nobody needs it.
 * What is needed was moved out of them, and that is durable.
 */
public final class StageCleaner {
  private static final String INNER_PREFIX = "inner-";

  private final Storage storage;
  private final int outerFd;
  private long innerCount;

  /** For folders in a directory that is open as {@code outerFd}, which stays the caller's. */
  public StageCleaner(Storage storage, int outerFd) {
    this.storage = storage;
    this.outerFd = outerFd;
  }

  /** Removes a folder with all that is in it. */
  public void remove(Name folder) throws StorageException {
    try (OpenFile open = openDirectory(outerFd, folder)) {
      Deque<Listed> left = new ArrayDeque<>(Listed.in(storage, open.fd()));
      while (!left.isEmpty()) {
        Listed next = left.remove();
        if (next.isDirectory()) {
          flatten(open.fd(), next.name(), left);
          storage.removeDirectory(open.fd(), next.name());
        } else {
          storage.unlink(open.fd(), next.name());
        }
      }
    }
    storage.removeDirectory(outerFd, folder);
  }

  /** Empties a directory; inner ones move out to the folder, so that no depth is too deep. */
  private void flatten(int folderFd, Name name, Deque<Listed> left) throws StorageException {
    try (OpenFile directory = openDirectory(folderFd, name)) {
      for (Listed listed : Listed.in(storage, directory.fd())) {
        if (listed.isDirectory()) {
          left.add(new Listed(moveOut(directory.fd(), listed.name(), folderFd), true));
        } else {
          storage.unlink(directory.fd(), listed.name());
        }
      }
    }
  }

  private Name moveOut(int fromFd, Name name, int folderFd) throws StorageException {
    while (true) {
      Name outside = Name.of(INNER_PREFIX + innerCount);
      innerCount++;
      try {
        storage.rename(fromFd, name, folderFd, outside, RenameMode.NO_REPLACE);
        return outside;
      } catch (StorageException e) {
        // From a cleaning that was stopped; that one is in the list too.
        if (e.errno() != Errno.EEXIST) {
          throw e;
        }
      }
    }
  }

  private OpenFile openDirectory(int parentFd, Name name) throws StorageException {
    return OpenFile.open(storage, parentFd, name, OpenFlag.READ | OpenFlag.DIRECTORY, 0);
  }
}
