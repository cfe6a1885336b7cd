package dev.vfo.journal;

import dev.vfo.storage.Name;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;

/**
 * The names in the journal's folder, which knows whether the last change of them is durable. Not
 * thread safe.
 */
final class SegmentDirectory {
  private final Storage storage;
  private final int directory;

  /**
   * At first it is not known: an earlier writer may have been killed between a change and its sync.
   */
  private boolean isUnsettled = true;

  SegmentDirectory(Storage storage, int directory) {
    this.storage = storage;
    this.directory = directory;
  }

  Storage storage() {
    return storage;
  }

  int descriptor() {
    return directory;
  }

  OpenFile open(Name name, int flags) throws StorageException {
    return OpenFile.open(storage, directory, name, flags);
  }

  void rename(Name from, Name to) throws StorageException {
    storage.rename(directory, from, directory, to, RenameMode.REPLACE);
    isUnsettled = true;
  }

  void unlink(Name name) throws StorageException {
    storage.unlink(directory, name);
    isUnsettled = true;
  }

  /** Makes the names durable (C3) when one was changed. */
  void settle() throws StorageException {
    if (isUnsettled) {
      storage.sync(directory);
      isUnsettled = false;
    }
  }
}
