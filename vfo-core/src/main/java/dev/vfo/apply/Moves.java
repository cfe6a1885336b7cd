package dev.vfo.apply;

import dev.vfo.ForeignChangeException;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * The name operations at home. Each one looks once more whether the files are those that it is
 * meant for, does one thing on the disk (C1), brings the picture up to date and tells the observer;
 * the home lock is held for that, and for no longer.
 */
final class Moves {
  /** Does one operation on the disk. */
  @FunctionalInterface
  private interface Action {
    void run() throws StorageException;
  }

  private final ApplyContext context;
  private final LayerTree tree;
  private final Storage storage;
  private final Directories directories;

  Moves(ApplyContext context) {
    this.context = context;
    this.tree = context.tree();
    this.storage = context.target().storage();
    this.directories = context.directories();
  }

  /** Moves an entry; an occupant of the target, which is no directory, loses that name. */
  void rename(Entry entry, Slot from, Slot to) throws StorageException, ForeignChangeException {
    int fromFd = directories.pin(from.directory);
    try {
      int toFd = directories.pin(to.directory);
      try {
        expectThere(entry, fromFd, from);
        @Nullable Entry loser = presentOccupant(toFd, to);
        RenameMode mode = loser == null ? RenameMode.NO_REPLACE : RenameMode.REPLACE;
        change(
            "rename",
            to,
            loser,
            toFd,
            () -> storage.rename(fromFd, from.name, toFd, to.name, mode),
            () -> {
              entry.detach(from);
              vacated(entry, from);
              entry.attach(to);
              placed(entry, to);
            });
      } finally {
        directories.unpin(to.directory);
      }
    } finally {
      directories.unpin(from.directory);
    }
  }

  /**
   * Gives an entry, which is no directory, a second name; an occupant of that name loses it. The
   * name is never without a file between: the link is made in the stage and takes the place by a
   * rename.
   */
  void link(Entry entry, Slot from, Slot to) throws StorageException, ForeignChangeException {
    int fromFd = directories.pin(from.directory);
    try {
      int toFd = directories.pin(to.directory);
      try {
        expectThere(entry, fromFd, from);
        @Nullable Entry loser = presentOccupant(toFd, to);
        Runnable done =
            () -> {
              entry.attach(to);
              placed(entry, to);
            };
        if (loser == null) {
          change("link", to, null, toFd, () -> link(fromFd, from.name, toFd, to.name), done);
        } else {
          Name way = StageNames.link(entry.number());
          int stageFd = context.folders().layerFd;
          linkInStage(fromFd, from, stageFd, way);
          change("link", to, loser, toFd, () -> replace(stageFd, way, toFd, to.name), done);
        }
      } finally {
        directories.unpin(to.directory);
      }
    } finally {
      directories.unpin(from.directory);
    }
  }

  private void link(int fromFd, Name from, int toFd, Name to) throws StorageException {
    storage.link(fromFd, from, toFd, to);
  }

  private void replace(int fromFd, Name from, int toFd, Name to) throws StorageException {
    storage.rename(fromFd, from, toFd, to, RenameMode.REPLACE);
  }

  private void linkInStage(int fromFd, Slot from, int stageFd, Name way) throws StorageException {
    try {
      if (ApplyErrors.statOrNull(storage, stageFd, way) != null) {
        // From an apply that was stopped right here; what it names has other names.
        storage.unlink(stageFd, way);
      }
      storage.link(fromFd, from.name, stageFd, way);
    } catch (StorageException e) {
      throw context.errors().at("link", tree.path(from), e);
    }
  }

  /** Removes a name, which is no directory's. */
  void unlink(Slot slot) throws StorageException, ForeignChangeException {
    int fd = directories.pin(slot.directory);
    try {
      @Nullable Entry loser = presentOccupant(fd, slot);
      if (loser != null) {
        change("unlink", slot, loser, fd, () -> storage.unlink(fd, slot.name), () -> {});
      }
    } finally {
      directories.unpin(slot.directory);
    }
  }

  /** Removes a directory. */
  void removeDirectory(Slot slot) throws StorageException, ForeignChangeException {
    int fd = directories.pin(slot.directory);
    try {
      @Nullable Entry loser = presentOccupant(fd, slot);
      if (loser != null) {
        directories.forget(loser);
        change("rmdir", slot, loser, fd, () -> storage.removeDirectory(fd, slot.name), () -> {});
      }
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOTEMPTY) {
        throw context.errors().notEmpty(slot);
      }
      throw e;
    } finally {
      directories.unpin(slot.directory);
    }
  }

  /** Moves a directory without a name to the orphans; there must be nothing in it. */
  void retire(Entry directory, Slot slot) throws StorageException, ForeignChangeException {
    boolean[] isEmpty = {true};
    int fd = directories.pin(directory);
    try (OpenFile file =
        new OpenFile(storage, storage.reopen(fd, OpenFlag.READ | OpenFlag.DIRECTORY))) {
      storage.list(
          file.fd(),
          (name, inode, type) -> {
            isEmpty[0] = false;
            return false;
          });
    } catch (StorageException e) {
      throw context.errors().at("list", tree.path(slot), e);
    } finally {
      directories.unpin(directory);
    }
    if (!isEmpty[0]) {
      throw context.errors().notEmpty(slot);
    }
    rename(directory, slot, tree.orphanSlot(directory));
  }

  private void change(
      String operation, Slot slot, @Nullable Entry loser, int fd, Action action, Runnable done)
      throws StorageException, ForeignChangeException {
    context.homeLock().lock();
    try {
      if (loser != null) {
        context.observer().beforeUnlink(loser.number(), fd, slot.name);
      }
      action.run();
      if (loser != null) {
        loser.detach(slot);
        vacated(loser, slot);
      }
      done.run();
    } catch (StorageException e) {
      if (e.errno() == Errno.EEXIST && loser == null) {
        throw context.errors().occupied(slot);
      }
      throw context.errors().at(operation, tree.path(slot), e);
    } finally {
      context.homeLock().unlock();
    }
  }

  /** Who has the name, on the disk and in the picture; null when nobody has it. */
  private @Nullable Entry presentOccupant(int fd, Slot slot)
      throws StorageException, ForeignChangeException {
    Entry occupant = slot.occupant();
    if (occupant == null || tree.isFolder(slot.directory)) {
      return occupant;
    }
    FileIdentity identity = identityAt(fd, slot);
    if (identity == null) {
      occupant.detach(slot);
      return null;
    }
    if (!occupant.hasIdentity(identity)) {
      throw context.errors().occupied(slot);
    }
    return occupant;
  }

  private void expectThere(Entry entry, int fd, Slot slot)
      throws StorageException, ForeignChangeException {
    if (!tree.isFolder(slot.directory)) {
      FileIdentity identity = identityAt(fd, slot);
      if (identity == null || !entry.hasIdentity(identity)) {
        throw context.errors().missing(entry);
      }
    }
  }

  private @Nullable FileIdentity identityAt(int fd, Slot slot) throws StorageException {
    try {
      return ApplyErrors.identityOrNull(storage, fd, slot.name);
    } catch (StorageException e) {
      throw context.errors().at("look at", tree.path(slot), e);
    }
  }

  /** Tells the observer what an earlier try has done, perhaps without coming to tell it. */
  void tell() {
    context.homeLock().lock();
    try {
      for (Slot slot : tree.changedSlots()) {
        if (slot.before != null && slot.occupant() != slot.before) {
          vacated(slot.before, slot);
        }
        Entry occupant = slot.occupant();
        if (occupant != null && occupant != slot.before) {
          placed(occupant, slot);
        }
      }
      for (Entry entry : tree.entries()) {
        Slot slot = entry.position();
        boolean waits = slot != null && slot.directory == tree.stage && !entry.isStaged();
        if (slot != null && (waits || slot.directory == tree.orphans)) {
          placed(entry, slot);
        }
      }
    } finally {
      context.homeLock().unlock();
    }
  }

  private void placed(Entry entry, Slot slot) {
    if (slot.directory == tree.stage) {
      context.observer().parked(entry.number(), tree.changes.layer());
    } else if (slot.directory == tree.orphans) {
      context.observer().orphaned(entry.number());
    } else {
      context.observer().placed(entry.number(), slot.directory.number(), slot.name);
    }
  }

  private void vacated(Entry entry, Slot slot) {
    if (!tree.isFolder(slot.directory)) {
      context.observer().vacated(entry.number(), slot.directory.number(), slot.name);
    }
  }
}
