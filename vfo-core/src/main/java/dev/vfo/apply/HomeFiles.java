package dev.vfo.apply;

import dev.vfo.ForeignChangeException;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;

/** Opens home files where they are now. */
final class HomeFiles {
  private HomeFiles() {}

  /** Opens a regular file that must have a position, and makes sure that it is the right one. */
  static OpenFile open(ApplyContext context, Entry entry, int flags)
      throws StorageException, ForeignChangeException {
    Storage storage = context.target().storage();
    Slot slot = entry.position();
    if (slot == null) {
      throw context.errors().missing(entry);
    }
    int directory = context.directories().pin(slot.directory);
    OpenFile file;
    try {
      file = OpenFile.open(storage, directory, slot.name, flags, 0);
    } finally {
      context.directories().unpin(slot.directory);
    }
    boolean right = false;
    try {
      right = entry.hasIdentity(storage.stat(file.fd()).identity());
    } finally {
      if (!right) {
        file.close();
      }
    }
    if (!right) {
      throw context.errors().missing(entry);
    }
    return file;
  }
}
