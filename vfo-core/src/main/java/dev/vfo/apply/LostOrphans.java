package dev.vfo.apply;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vfo.changes.EntryChange;
import dev.vfo.changes.EntryChange.Fate;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;

/**
 * Marks the files that a layer was to make orphans, and that another program has taken away before,
 * or that were given up to it: a program has them open, and what it finds when it goes on must not
 * look like damage (R64). The mark is a symbolic link in the orphan's place: orphans are regular
 * files and directories only.
 */
public final class LostOrphans {
  private static final byte[] TARGET = "taken away by another program".getBytes(UTF_8);

  private final ApplyContext context;
  private final Storage storage;
  private final int folder;

  LostOrphans(ApplyContext context) {
    this.context = context;
    this.storage = context.target().storage();
    this.folder = context.folders().orphansFd;
  }

  /** Marks them durably; to be called while there is no plan. */
  void mark() throws StorageException {
    boolean isChanged = false;
    for (EntryChange change : context.left().whole().entries()) {
      // One that was an orphan before has no name that another program could take.
      if (change.fate() == Fate.ORPHAN && change.before() != null) {
        isChanged |= isLost(change) ? mark(change.number()) : unmark(change.number());
      }
    }
    if (isChanged) {
      storage.sync(folder);
    }
  }

  // One that is given up does not become an orphan.
  private boolean isLost(EntryChange change) {
    Entry entry = context.tree().find(change.number());
    return entry == null || !entry.is(Fate.ORPHAN) || entry.positions() == 0;
  }

  private boolean mark(long number) throws StorageException {
    make(storage, folder, number);
    return true;
  }

  private static void make(Storage storage, int folder, long number) throws StorageException {
    try {
      storage.makeSymlink(folder, StageNames.object(number), TARGET);
    } catch (StorageException e) {
      // An earlier try has marked it.
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
    }
  }

  // In an earlier try it was lost, or an earlier file with the number was.
  private boolean unmark(long number) throws StorageException {
    FileStat found = ApplyErrors.statOrNull(storage, folder, StageNames.object(number));
    if (found == null || found.type() != FileType.SYMLINK) {
      return false;
    }
    storage.unlink(folder, StageNames.object(number));
    return true;
  }

  /**
   * Marks a file that is not there as an orphan, durably.
   *
   * @param stageFd the stage
   * @param number a number that no entry has
   */
  public static void mark(Storage storage, int stageFd, long number) throws StorageException {
    int folder = Folders.openOrMake(storage, stageFd, StageNames.ORPHANS);
    try {
      make(storage, folder, number);
      storage.sync(folder);
      storage.sync(stageFd);
    } finally {
      storage.close(folder);
    }
  }
}
