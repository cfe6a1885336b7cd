package dev.vfo.apply;

import dev.vfo.changes.EntryChange;
import dev.vfo.changes.EntryChange.Attributes;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;

/**
 * Sets attributes, in the order in which none undoes another: a new owner clears mode bits, all the
 * others leave the times.
 */
final class Adjuster {
  private Adjuster() {}

  /** Sets those attributes of an entry that are in both its own mask and the given one. */
  static void set(Storage storage, int directory, Name name, EntryChange change, int mask)
      throws StorageException {
    Attributes attributes = change.attributes();
    int wanted = attributes.mask() & mask;
    if ((wanted & Attributes.OWNER) != 0) {
      storage.changeOwner(directory, name, attributes.uid(), attributes.gid());
    }
    if ((wanted & Attributes.MODE) != 0 && change.type() != FileType.SYMLINK) {
      storage.changeMode(directory, name, attributes.mode());
    }
    long access =
        (wanted & Attributes.ACCESS_TIME) == 0 ? FileStat.OMIT_TIME : attributes.accessNanos();
    long modify =
        (wanted & Attributes.MODIFY_TIME) == 0 ? FileStat.OMIT_TIME : attributes.modifyNanos();
    if (access != FileStat.OMIT_TIME || modify != FileStat.OMIT_TIME) {
      storage.setTimes(directory, name, access, modify);
    }
  }
}
