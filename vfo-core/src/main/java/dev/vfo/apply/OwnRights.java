package dev.vfo.apply;

import dev.vfo.ForeignChangeException;
import dev.vfo.changes.EntryChange.Attributes;
import dev.vfo.changes.EntryChange.Fate;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives us the rights to work on files of our own that the step has closed to us, or that an
 * earlier try closed in its last phase: all are checked against us if we are not user 0. The record
 * has the mode that they get in the last phase.
 *
 * <p>Nothing of the root may be changed before it is known that no other program is in the way. But
 * who may not search a directory cannot look what is in it: so the right to search is given before,
 * and taken back when the look ends badly. A crash in between leaves it with that right.
 */
final class OwnRights {
  private static final int SEARCH = 0100;
  private static final int OWNER_DIRECTORY = 0700;
  private static final int OWNER_FILE = 0600;

  /** A file that lacks rights, where it was found, and its mode then. */
  private record Locked(Entry entry, Slot slot, int mode) {
    int needed() {
      return entry.isDirectory() ? OWNER_DIRECTORY : entry.isPatched() ? OWNER_FILE : 0;
    }

    boolean isSearchable() {
      return !entry.isDirectory() || (mode & SEARCH) != 0;
    }
  }

  private final Storage storage;
  private final Directories directories;

  /** In the order in which they were found: directories before what is in them. */
  private final List<Locked> locked = new ArrayList<>();

  OwnRights(Storage storage, Directories directories) {
    this.storage = storage;
    this.directories = directories;
  }

  /** Takes note of a file that was found, and makes it searchable if it is a directory. */
  void found(Entry entry, int fd, Slot slot, FileStat stat) throws StorageException {
    Locked found = new Locked(entry, slot, stat.mode());
    boolean ours = storage.effectiveUid() != 0 && storage.effectiveUid() == stat.uid();
    if (!ours || !isSetInTheEnd(entry) || (stat.mode() & found.needed()) == found.needed()) {
      return;
    }
    locked.add(found);
    if (!found.isSearchable()) {
      storage.changeMode(fd, slot.name, stat.mode() | SEARCH);
    }
  }

  private static boolean isSetInTheEnd(Entry entry) {
    return entry.change.attributes().has(Attributes.MODE)
        && !entry.is(Fate.GONE)
        && entry.change.type() != FileType.SYMLINK;
  }

  /** Gives the rest of what is needed, now that the root may be changed. */
  void giveAll() throws StorageException, ForeignChangeException {
    for (Locked each : locked) {
      set(each, each.mode() | each.needed());
    }
  }

  /** Makes all modes what they were, as far as that can be done. */
  void takeBack(Throwable cause) {
    // What is inside first.
    for (Locked each : locked.reversed()) {
      try {
        if (!each.isSearchable()) {
          set(each, each.mode());
        }
      } catch (StorageException | ForeignChangeException e) {
        cause.addSuppressed(e);
      }
    }
  }

  private void set(Locked each, int mode) throws StorageException, ForeignChangeException {
    int fd = directories.pin(each.slot().directory);
    try {
      storage.changeMode(fd, each.slot().name, mode);
    } finally {
      directories.unpin(each.slot().directory);
    }
  }
}
