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
import org.jspecify.annotations.Nullable;

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
  private static final int SET_ID = 06000;

  /** Rights on a file of ours that an apply gives itself before anything is changed. */
  static int givenBefore(Entry entry) {
    if (entry.isDirectory()) {
      return OWNER_DIRECTORY;
    }
    return isWritten(entry) ? OWNER_FILE : 0;
  }

  private static boolean isWritten(Entry entry) {
    return entry.isPatched()
        || (!entry.is(Fate.GONE) && entry.change.attributes().has(Attributes.XATTRS));
  }

  /** A file that lacks rights, where it was found, and its mode then. */
  private record Locked(Entry entry, @Nullable Slot slot, int mode) {
    int needed() {
      return givenBefore(entry);
    }

    boolean isSearchable() {
      return !entry.isDirectory() || (mode & SEARCH) != 0;
    }
  }

  /** A look at a file, made only if it is needed. */
  interface Look {
    FileStat stat() throws StorageException;
  }

  private final Storage storage;
  private final Directories directories;

  /** In the order in which they were found: directories before what is in them. */
  private final List<Locked> locked = new ArrayList<>();

  OwnRights(Storage storage, Directories directories) {
    this.storage = storage;
    this.directories = directories;
  }

  /** The same for the root, which has no name that we know. */
  void foundRoot(Entry root, int rootFd) throws StorageException {
    Locked found = note(root, null, storage.stat(rootFd));
    if (found != null && !found.isSearchable()) {
      storage.changeMode(rootFd, found.mode() | SEARCH);
    }
  }

  /** Takes note of a file that was found, and makes it searchable if it is a directory. */
  void found(Entry entry, int fd, Slot slot, FileStat stat) throws StorageException {
    Locked found = note(entry, slot, stat);
    if (found != null && !found.isSearchable()) {
      storage.changeMode(fd, slot.name, stat.mode() | SEARCH);
    }
  }

  private @Nullable Locked note(Entry entry, @Nullable Slot slot, FileStat stat) {
    Locked found = new Locked(entry, slot, stat.mode());
    boolean ours = storage.effectiveUid() != 0 && storage.effectiveUid() == stat.uid();
    boolean lacks = (stat.mode() & found.needed()) != found.needed();
    if (!ours || !lacks || !isSetOrGoneInTheEnd(entry)) {
      return null;
    }
    locked.add(found);
    return found;
  }

  private static boolean isSetOrGoneInTheEnd(Entry entry) {
    return entry.is(Fate.GONE)
        // A directory that is going to be removed, when what is in it has been.
        ? entry.isDirectory()
        : entry.change.attributes().has(Attributes.MODE) && entry.change.type() != FileType.SYMLINK;
  }

  /**
   * Which of an entry's attributes are to be set, as {@link Attributes} bits: of another user's
   * file that we may write, or change names in, only the kernel can set the time, and take the
   * set-id bits away, and does.
   */
  static int settable(Storage storage, Entry entry, Look look) throws StorageException {
    Attributes attributes = entry.change.attributes();
    int mask = attributes.mask();
    int uid = storage.effectiveUid();
    if (uid == 0) {
      return mask;
    }
    FileStat is = look.stat();
    if (is.uid() == uid) {
      return mask;
    }
    // Also when what was done was undone, so that nothing but the time is left of it.
    mask &= ~Attributes.MODIFY_TIME;
    return ((is.mode() ^ attributes.mode()) & ~SET_ID) == 0 ? mask & ~Attributes.MODE : mask;
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
    Slot slot = each.slot();
    if (slot == null) {
      storage.changeMode(directories.pin(each.entry()), mode);
      return;
    }
    int fd = directories.pin(slot.directory);
    try {
      storage.changeMode(fd, slot.name, mode);
    } finally {
      directories.unpin(slot.directory);
    }
  }
}
