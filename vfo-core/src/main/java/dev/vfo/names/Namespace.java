package dev.vfo.names;

import dev.vfo.DirectoryItem;
import dev.vfo.overlay.DefaultLists;
import dev.vfo.overlay.EntryTable;
import dev.vfo.overlay.FileEntry;
import dev.vfo.overlay.GrowingFiles;
import dev.vfo.overlay.HomeKnowledge;
import dev.vfo.overlay.HomeTree;
import dev.vfo.overlay.LayerStack;
import dev.vfo.overlay.Link;
import dev.vfo.overlay.NameChanges;
import dev.vfo.overlay.NameChanges.NewFile;
import dev.vfo.overlay.Rights;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * The operations of a POSIX tree on (directory, name), with the errors that Linux gives and in its
 * order. What they return is pinned once for the caller, who unpins it. Thread safe.
 */
public final class Namespace {
  private static final int MAX_LINKS = 65_000;

  /** What messages call a file that has no name. */
  private static final Name UNNAMED = Name.of("(no name)");

  private static final int SET_GROUP_ID = 02000;

  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final EntryTable table;
  private final LayerStack layers;
  private final HomeTree home;
  private final NameLookup lookup;
  private final NameChanges changes;
  private final Rights rights;
  private final DefaultLists lists;
  private final GrowingFiles growing;
  private final Set<FileEntry> hiddenTrees = ConcurrentHashMap.newKeySet();

  /**
   * @param hidden the name in the root that programs never see
   * @param rights what this process may do
   * @param lists what new files inherit
   * @param growing makes files that only grow
   */
  public Namespace(
      EntryTable table,
      LayerStack layers,
      HomeTree home,
      NameChanges changes,
      Name hidden,
      Rights rights,
      DefaultLists lists,
      GrowingFiles growing) {
    this.table = table;
    this.layers = layers;
    this.home = home;
    this.changes = changes;
    this.rights = rights;
    this.lists = lists;
    this.growing = growing;
    this.lookup = new NameLookup(table, home, new HomeKnowledge(table, home), hidden);
  }

  /**
   * Held for reading while names must stay as they are, for writing while they change. Behind the
   * gate.
   */
  public ReentrantReadWriteLock lock() {
    return lock;
  }

  /** The entry that has a name, pinned. Throws ENOENT when none has. */
  public FileEntry lookup(FileEntry directory, Name name) throws StorageException {
    sweepIfDue();
    lock.readLock().lock();
    try {
      requireDirectory(directory, "look up");
      rights.requireSearchable(directory, "look up");
      FileEntry found = lookup.find(directory, name);
      if (found == null) {
        throw new StorageException(Errno.ENOENT, "look up", name.toString());
      }
      found.pin();
      return found;
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * The root of a hidden tree, which is there at home, pinned.
   *
   * @param path where it is in the folder that programs never see
   */
  public FileEntry hiddenTree(List<Name> path) throws StorageException {
    lock.readLock().lock();
    try {
      FileEntry found = lookup.findHidden(path);
      found.pin();
      hiddenTrees.add(found);
      return found;
    } finally {
      lock.readLock().unlock();
    }
  }

  private FileEntry treeOf(FileEntry directory) {
    FileEntry at = directory;
    FileEntry above = at.parent();
    while (above != null && !hiddenTrees.contains(at)) {
      at = above;
      above = at.parent();
    }
    return at;
  }

  private void requireSameTree(FileEntry one, FileEntry other, String what)
      throws StorageException {
    if (!hiddenTrees.isEmpty() && treeOf(one) != treeOf(other)) {
      throw new StorageException(Errno.EXDEV, what, other + ", in another tree");
    }
  }

  /** The entries of a directory, as they are at this instant. */
  public List<DirectoryItem> list(FileEntry directory) throws StorageException {
    lock.readLock().lock();
    try {
      requireDirectory(directory, "list");
      rights.requireListable(directory, "list");
      return lookup.list(directory);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** The target of a symbolic link. */
  public byte[] readSymlink(FileEntry entry) throws StorageException {
    if (entry.type() != FileType.SYMLINK) {
      throw new StorageException(Errno.EINVAL, "read link", entry.toString());
    }
    return target(entry).clone();
  }

  // Remembered before the link is moved: while its layer is applied, home may have it in the stage.
  private byte[] target(FileEntry entry) throws StorageException {
    byte[] known = entry.knownSymlinkTarget();
    if (known == null) {
      known = home.readSymlink(entry);
      entry.rememberSymlinkTarget(known);
    }
    return known;
  }

  private void rememberTarget(@Nullable FileEntry entry) throws StorageException {
    if (entry != null && entry.type() == FileType.SYMLINK) {
      target(entry);
    }
  }

  /** Makes a file. A set-group-id directory gives it its group. */
  public FileEntry create(FileEntry directory, Name name, NewFile file) throws StorageException {
    return change(() -> {
      requireDirectory(directory, "create " + name + " in");
      requireAbsent(directory, name, "create");
      rights.requireNamesChangeable(directory, name, "create");
      requireFormerOwnersGiveWay(directory, name, null, "create");
      FileEntry made = changes.create(directory, name, makeable(name, inherit(directory, file)));
      made.pin();
      return made;
    });
  }

  /**
   * Makes a regular file that only grows: at home, at once and durably.
   *
   * @throws StorageException EBUSY as long as layers that are not applied make the directory, or
   *     change who has the name
   */
  public FileEntry createGrowing(FileEntry directory, Name name, NewFile file)
      throws StorageException {
    return change(() -> {
      requireDirectory(directory, "create " + name + " in");
      requireAbsent(directory, name, "create");
      rights.requireNamesChangeable(directory, name, "create");
      if (directory.isMadeInLayers() || directory.nameInLayers(name).isPresent()) {
        throw new StorageException(
            Errno.EBUSY, "create", name + ", which depends on changes that are not applied");
      }
      NewFile made = makeable(name, inherit(directory, file));
      layers.requireNotFrozen();
      growing.create(directory, name, made.mode(), made.uid(), made.gid());
      FileEntry entry = require(directory, name, "create");
      entry.setGrowing();
      entry.pin();
      return entry;
    });
  }

  /** Makes a regular file without a name, as in a directory; it may get one later. */
  public FileEntry createUnnamed(FileEntry directory, NewFile file) throws StorageException {
    return change(() -> {
      requireDirectory(directory, "create a file in");
      rights.requireNamesChangeable(directory, UNNAMED, "create");
      FileEntry made = changes.createUnnamed(makeable(UNNAMED, inherit(directory, file)));
      made.pin();
      return made;
    });
  }

  private NewFile inherit(FileEntry directory, NewFile file) throws StorageException {
    DefaultLists.Inherited given = lists.inherit(directory, file.type(), file.mode(), file.umask());
    if ((directory.mode() & SET_GROUP_ID) == 0) {
      return file.in(given.mode(), file.gid(), given.xattrs());
    }
    int bit = file.type() == FileType.DIRECTORY ? SET_GROUP_ID : 0;
    return file.in(given.mode() | bit, directory.group(), given.xattrs());
  }

  private NewFile makeable(Name name, NewFile file) throws StorageException {
    rights.requireMakeable(file.uid(), file.gid(), name, "create");
    return file;
  }

  /** Gives a file one more name. */
  public void link(FileEntry entry, FileEntry directory, Name name) throws StorageException {
    change(() -> {
      requireDirectory(directory, "link " + name + " in");
      Link known = entry.anyLink();
      if (known != null) {
        requireSameTree(known.parent(), directory, "link");
      }
      requireAbsent(directory, name, "link");
      rights.requireLinkable(entry, "link");
      rights.requireNamesChangeable(directory, name, "link");
      requireFormerOwnersGiveWay(directory, name, entry, "link");
      if (entry.isDirectory()) {
        throw new StorageException(Errno.EPERM, "link", name + ": a directory");
      }
      requireHere(entry, "link");
      if (!entry.isLinkable()) {
        throw new StorageException(Errno.ENOENT, "link", entry.toString());
      }
      if (entry.linkCount() >= MAX_LINKS) {
        throw new StorageException(Errno.EMLINK, "link", name.toString());
      }
      changes.link(entry, directory, name);
      return entry;
    });
  }

  /** Removes a name that is no directory; returns the file that had it. */
  public FileEntry unlink(FileEntry directory, Name name) throws StorageException {
    return change(() -> {
      FileEntry entry = require(directory, name, "unlink");
      rights.requireRemovable(directory, name, entry, "unlink");
      if (entry.isDirectory()) {
        throw new StorageException(Errno.EISDIR, "unlink", name.toString());
      }
      changes.unlink(entry, directory, name);
      forgetIfUnused(entry);
      return entry;
    });
  }

  /** Removes an empty directory. */
  public void removeDirectory(FileEntry directory, Name name) throws StorageException {
    change(() -> {
      FileEntry entry = require(directory, name, "remove directory");
      rights.requireRemovable(directory, name, entry, "remove directory");
      if (!entry.isDirectory()) {
        throw new StorageException(Errno.ENOTDIR, "remove directory", name.toString());
      }
      requireEmpty(entry, name);
      changes.unlink(entry, directory, name);
      forgetIfUnused(entry);
      return entry;
    });
  }

  /**
   * Renames as rename(2) and renameat2(2) do.
   *
   * @return what had the names before, and has others or none now
   */
  public List<FileEntry> rename(
      FileEntry from, Name fromName, FileEntry to, Name toName, RenameMode mode)
      throws StorageException {
    List<FileEntry> moved = new ArrayList<>();
    change(() -> {
      requireSameTree(from, to, "rename");
      FileEntry entry = require(from, fromName, "rename");
      requireDirectory(to, "rename to " + toName + " in");
      rights.requireSearchable(to, "rename");
      requireVisible(to, toName, "rename");
      FileEntry target = lookup.find(to, toName);
      checkRename(entry, from, fromName, to, toName, target, mode);
      if (entry == target) {
        return entry;
      }
      requireMovable(entry);
      if (mode == RenameMode.EXCHANGE && target != null) {
        requireMovable(target);
      }
      requireWayIsGiven(entry, from, fromName, to, toName, target, mode);
      recordModeIfClosed(entry);
      rememberTarget(target);
      if (mode == RenameMode.EXCHANGE && target != null) {
        changes.exchange(entry, from, fromName, target, to, toName);
      } else {
        changes.rename(entry, from, fromName, to, toName, target);
        if (target != null) {
          forgetIfUnused(target);
        }
      }
      moved.add(entry);
      if (target != null) {
        moved.add(target);
      }
      return entry;
    });
    return moved;
  }

  private void requireMovable(FileEntry entry) throws StorageException {
    if (entry.isDirectory() && !entry.isMadeInLayers() && !home.movesDirectories()) {
      throw new StorageException(
          Errno.EXDEV, "rename", entry + ", a directory on overlayfs: copy it instead");
    }
  }

  private void checkRename(
      FileEntry entry,
      FileEntry from,
      Name fromName,
      FileEntry to,
      Name toName,
      @Nullable FileEntry target,
      RenameMode mode)
      throws StorageException {
    String names = fromName + " to " + toName;
    if (mode == RenameMode.NO_REPLACE && target != null) {
      throw new StorageException(Errno.EEXIST, "rename", names);
    }
    if (mode == RenameMode.EXCHANGE && target == null) {
      throw new StorageException(Errno.ENOENT, "rename", names);
    }
    if (entry.isDirectory() && NameLookup.isWithin(to, entry)) {
      throw new StorageException(Errno.EINVAL, "rename", names + ": into itself");
    }
    if (target == entry) {
      return;
    }
    boolean aboveSource =
        target != null && target.isDirectory() && NameLookup.isWithin(from, target);
    if (aboveSource) {
      Errno errno = mode == RenameMode.EXCHANGE ? Errno.EINVAL : Errno.ENOTEMPTY;
      throw new StorageException(errno, "rename", names + ": into itself");
    }
    rights.requireRemovable(from, fromName, entry, "rename");
    if (target == null) {
      rights.requireNamesChangeable(to, toName, "rename");
    } else {
      rights.requireRemovable(to, toName, target, "rename");
      if (mode == RenameMode.REPLACE) {
        requireSameKind(entry, target, names);
      }
    }
    rights.requireMovable(entry, from, to, "rename");
    if (target != null) {
      checkTarget(from, to, target, mode, names);
    }
  }

  private void requireFormerOwnersGiveWay(
      FileEntry directory, Name name, @Nullable FileEntry next, String what)
      throws StorageException {
    for (FileEntry former : directory.formerOwners(name)) {
      if (former != next) {
        rights.requireGivingWay(former, what);
      }
    }
  }

  private void requireWayIsGiven(
      FileEntry entry,
      FileEntry from,
      Name fromName,
      FileEntry to,
      Name toName,
      @Nullable FileEntry target,
      RenameMode mode)
      throws StorageException {
    requireFormerOwnersGiveWay(to, toName, entry, "rename");
    if (target == null) {
      return;
    }
    rights.requireGivingWay(target, "rename");
    if (mode == RenameMode.EXCHANGE) {
      rights.requireGivingWay(entry, "rename");
      requireFormerOwnersGiveWay(from, fromName, target, "rename");
      recordModeIfClosed(target);
    }
  }

  private void recordModeIfClosed(FileEntry directory) throws StorageException {
    if (rights.isClosedToUs(directory)) {
      changes.recordMode(directory);
    }
  }

  private static void requireSameKind(FileEntry entry, FileEntry target, String names)
      throws StorageException {
    if (entry.isDirectory() != target.isDirectory()) {
      throw new StorageException(
          entry.isDirectory() ? Errno.ENOTDIR : Errno.EISDIR, "rename", names);
    }
  }

  private void checkTarget(
      FileEntry from, FileEntry to, FileEntry target, RenameMode mode, String names)
      throws StorageException {
    if (mode == RenameMode.EXCHANGE) {
      rights.requireMovable(target, to, from, "rename");
    } else if (target.isDirectory() && !lookup.isEmpty(target)) {
      throw new StorageException(Errno.ENOTEMPTY, "rename", names);
    }
    requireHere(target, "rename");
  }

  /** Gives an entry's pins or its last handle back; what nobody needs any more is dropped. */
  public void release(FileEntry entry) {
    if (entry.isInUse() || !entry.isRemoved()) {
      return;
    }
    layers.gate().lock();
    lock.writeLock().lock();
    try {
      forgetIfUnused(entry);
    } finally {
      lock.writeLock().unlock();
      layers.gate().unlock();
    }
  }

  private void forgetIfUnused(FileEntry entry) {
    if (!entry.isInUse() && entry.isRemoved()) {
      changes.forget(entry);
    }
  }

  private interface Operation {
    FileEntry run() throws StorageException;
  }

  private FileEntry change(Operation operation) throws StorageException {
    layers.gate().lock();
    lock.writeLock().lock();
    try {
      return operation.run();
    } finally {
      lock.writeLock().unlock();
      layers.gate().unlock();
    }
  }

  private FileEntry require(FileEntry directory, Name name, String what) throws StorageException {
    requireDirectory(directory, what + " " + name + " in");
    rights.requireSearchable(directory, what);
    FileEntry entry = lookup.find(directory, name);
    if (entry == null) {
      throw new StorageException(Errno.ENOENT, what, name.toString());
    }
    requireHere(entry, what);
    rememberTarget(entry);
    return entry;
  }

  private void requireEmpty(FileEntry directory, Name name) throws StorageException {
    if (!lookup.isEmpty(directory)) {
      throw new StorageException(Errno.ENOTEMPTY, "remove directory", name.toString());
    }
  }

  private static void requireDirectory(FileEntry directory, String what) throws StorageException {
    if (directory.isDropped()) {
      throw new StorageException(
          Errno.ESTALE, what, directory + ", which was made in a step that was rolled back");
    }
    if (!directory.isDirectory()) {
      throw new StorageException(Errno.ENOTDIR, what, directory.toString());
    }
  }

  private void requireAbsent(FileEntry directory, Name name, String what) throws StorageException {
    rights.requireSearchable(directory, what);
    requireVisible(directory, name, what);
    if (lookup.find(directory, name) != null) {
      throw new StorageException(Errno.EEXIST, what, name.toString());
    }
    if (directory.isRemoved()) {
      throw new StorageException(Errno.ENOENT, what, name.toString());
    }
    requireHere(directory, what);
  }

  private void requireVisible(FileEntry directory, Name name, String what) throws StorageException {
    if (lookup.isHidden(directory, name)) {
      throw new StorageException(Errno.EPERM, what, name + ", which is VFO's own");
    }
    if (directory.isRemoved()) {
      throw new StorageException(Errno.ENOENT, what, name.toString());
    }
  }

  // One manager's tree is one file system; below a mount point there is nothing that it could make
  // atomic.
  private static void requireHere(FileEntry entry, String what) throws StorageException {
    if (entry.isForeignDevice()) {
      throw new StorageException(Errno.EXDEV, what, entry.toString());
    }
    if (entry.isDropped()) {
      throw new StorageException(Errno.ESTALE, what, entry.toString());
    }
    entry.requireChangeable(what);
  }

  private void sweepIfDue() throws StorageException {
    if (!table.isSweepDue()) {
      return;
    }
    List<FileEntry> garbage;
    Lock write = lock.writeLock();
    write.lock();
    try {
      garbage = table.sweep();
    } finally {
      write.unlock();
    }
    for (FileEntry entry : garbage) {
      home.forget(entry);
    }
  }
}
