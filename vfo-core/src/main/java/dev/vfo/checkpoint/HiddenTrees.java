package dev.vfo.checkpoint;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.util.List;

/** Makes the home directories of hidden trees, in the control folder. Thread safe. */
final class HiddenTrees {
  private static final Name FOLDER = Name.of("private");

  private static final int MODE = 0700;
  private static final int PLACE = OpenFlag.READ | OpenFlag.DIRECTORY;

  private final Storage storage;
  private final int controlFd;

  HiddenTrees(Storage storage, int controlFd) {
    this.storage = storage;
    this.controlFd = controlFd;
  }

  /** Makes one, durably, unless it is there; returns where it is in the control folder. */
  List<Name> make(Name name) throws StorageException {
    makeDirectory(controlFd, FOLDER);
    int folder = storage.open(controlFd, FOLDER, PLACE, 0);
    try {
      makeDirectory(folder, name);
    } finally {
      storage.close(folder);
    }
    return List.of(FOLDER, name);
  }

  private void makeDirectory(int directory, Name name) throws StorageException {
    try {
      storage.makeDirectory(directory, name, MODE);
    } catch (StorageException e) {
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
    }
    // Also of one that was there: a killed process may have left it un-synced (C15).
    storage.sync(directory);
  }
}
