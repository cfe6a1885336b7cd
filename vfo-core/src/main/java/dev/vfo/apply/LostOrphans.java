package dev.vfo.apply;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vfo.changes.EntryChange;
import dev.vfo.changes.EntryChange.Fate;
import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;

/**
 * Marks the files that a layer was to make orphans, and that another program has taken away before,
 * or that were given up to it: a program has them open, and what it finds when it goes on must not
 * look like damage (R64). The mark is a symbolic link in the orphan's place: orphans are regular
 * files and directories only.
 */
final class LostOrphans {
  private static final byte[] TARGET = "taken away by another program".getBytes(UTF_8);

  private final ApplyContext context;

  LostOrphans(ApplyContext context) {
    this.context = context;
  }

  /** Marks them durably; to be called while there is no plan. */
  void mark() throws StorageException {
    boolean marked = false;
    for (EntryChange change : context.left().whole().entries()) {
      if (isLost(change)) {
        mark(change.number());
        marked = true;
      }
    }
    if (marked) {
      context.target().storage().sync(context.folders().orphansFd);
    }
  }

  // One that was an orphan before has no name that another program could take. One that is given up
  // does not become an orphan.
  private boolean isLost(EntryChange change) {
    if (change.fate() != Fate.ORPHAN || change.before() == null) {
      return false;
    }
    Entry entry = context.tree().find(change.number());
    return entry == null || !entry.is(Fate.ORPHAN) || entry.positions() == 0;
  }

  private void mark(long number) throws StorageException {
    try {
      int folder = context.folders().orphansFd;
      context.target().storage().makeSymlink(folder, StageNames.object(number), TARGET);
    } catch (StorageException e) {
      // An earlier try has marked it.
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
    }
  }
}
