package dev.vfo;

import dev.vfo.checkpoint.StepFiles;
import dev.vfo.overlay.FileEntry;
import dev.vfo.overlay.NameChanges.NewFile;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileSystemStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * A tree's operations on entry numbers, as the kernel speaks of inodes: the ground on which paths,
 * NIO.2 and FUSE stand.
 *
 * <p>A number that a call returns is pinned once: it stays valid, and stays the same number, until
 * {@link #unpin}. Errors are {@link StorageException} with the errno that Linux gives; ESTALE for a
 * number whose step was rolled back. Thread safe.
 */
public final class EntryOperations {
  private static final int MAX_PATH_BYTES = 4096;
  private static final int LINK_MODE = 0777;

  private final StepFiles files;
  private final List<ChangeListener> listeners = new CopyOnWriteArrayList<>();

  EntryOperations(StepFiles files) {
    this.files = files;
  }

  /** Adds a listener for as long as the manager is open. */
  public void addListener(ChangeListener listener) {
    listeners.add(listener);
  }

  /** Takes a listener away; one that is called just then may still be. */
  public void removeListener(ChangeListener listener) {
    listeners.remove(listener);
  }

  List<ChangeListener> listeners() {
    return listeners;
  }

  /** Number of the root directory; always valid. */
  public long root() {
    return files.table().root().number();
  }

  /** Number of the root directory of a hidden tree, pinned for good. */
  long hiddenTree(List<Name> path) throws IOException {
    return files.run(() -> files.names().hiddenTree(path).number());
  }

  FileEntry entry(long number) throws IOException {
    files.requireOpen();
    FileEntry entry = files.table().get(number);
    if (entry == null) {
      throw new StorageException(Errno.ESTALE, "use", "entry " + number);
    }
    return entry;
  }

  private interface Change {
    void run() throws IOException;
  }

  private void change(Change change) throws IOException {
    files.run(() -> {
      change.run();
      return change;
    });
  }

  /** The number that a name in a directory stands for, pinned. */
  public long lookup(long directory, Name name) throws IOException {
    return files.run(() -> files.names().lookup(entry(directory), name).number());
  }

  /**
   * The directory that a directory lies in, pinned; the root's is itself.
   *
   * @throws StorageException ENOENT for one that was removed
   */
  public long lookupParent(long directory) throws IOException {
    return pinned(() -> {
      FileEntry entry = entry(directory);
      if (!entry.isDirectory()) {
        throw new StorageException(Errno.ENOTDIR, "look up", ".. in " + entry);
      }
      if (entry.number() == root()) {
        return entry;
      }
      FileEntry parent = entry.parent();
      if (parent == null) {
        throw new StorageException(Errno.ENOENT, "look up", ".. in " + entry);
      }
      return parent;
    });
  }

  /** Pins a number once more, which the caller has pinned already. */
  public void pin(long number) throws IOException {
    long _ = pinned(() -> entry(number));
  }

  private long pinned(StepFiles.FileCall<FileEntry> which) throws IOException {
    return files.run(() -> {
      Lock names = files.names().lock().readLock();
      names.lock();
      try {
        FileEntry entry = which.run();
        if (entry != files.table().root()) {
          entry.pin();
        }
        return entry.number();
      } finally {
        names.unlock();
      }
    });
  }

  /** Gives pins back. */
  public void unpin(long number, int count) throws IOException {
    FileEntry entry = files.table().get(number);
    if (entry != null && entry != files.table().root()) {
      entry.unpin(count);
      files.names().release(entry);
    }
  }

  /** The attributes. */
  public EntryStat stat(long number) throws IOException {
    return files.run(() -> files.attributes().stat(entry(number)));
  }

  /** Space and limits of the file system. */
  public FileSystemSpace fileSystem() throws IOException {
    FileSystemStat is = files.run(files::fileSystem);
    return new FileSystemSpace(
        is.blockBytes(),
        is.totalBytes(),
        is.availableBytes(),
        is.totalInodes(),
        is.freeInodes(),
        is.maxNameBytes());
  }

  /** How many open handles can write to it. */
  public int writerCount(long number) throws IOException {
    return entry(number).writerCount();
  }

  /** The entries of a directory at this instant. */
  public List<DirectoryItem> list(long directory) throws IOException {
    return files.run(() -> files.names().list(entry(directory)));
  }

  /** The target of a symbolic link. */
  public byte[] readSymlink(long number) throws IOException {
    return files.run(() -> files.names().readSymlink(entry(number)));
  }

  /** Makes a regular file; EEXIST when the name is taken. The result is pinned. */
  public long createFile(long directory, Name name, NewEntry owner) throws IOException {
    return create(directory, name, FileType.REGULAR, owner, 0, null);
  }

  /**
   * Makes a regular file that only grows, as a log does: what is appended goes to the root at once,
   * and stays whatever becomes of the step; nothing else may change it (EPERM). It is made at once,
   * too, and durably. The result is pinned, and grows as long as it is.
   *
   * @throws StorageException EBUSY as long as the directory was made, or the name used, by steps
   *     that are not applied
   */
  public long createGrowing(long directory, Name name, NewEntry owner) throws IOException {
    NewFile file = newFile(FileType.REGULAR, owner, owner.mode(), 0, null);
    FileEntry made = files.run(() -> files.names().createGrowing(entry(directory), name, file));
    fireName(directory, name);
    return made.number();
  }

  /**
   * Lets a regular file only grow from now on, as {@link #createGrowing}, as long as it is pinned
   * or open.
   *
   * @throws StorageException EBUSY as long as steps that are not applied change it
   */
  public void setGrowing(long number) throws IOException {
    files.inStep(() -> {
      entry(number).setGrowing();
      return number;
    });
  }

  /**
   * Makes a regular file without a name, with the group and rights that it would have in a
   * directory, as open(2) with O_TMPFILE. {@link #link} can give it its first name; one that has
   * none when it is no longer used is dropped. The result is pinned.
   */
  public long createUnnamed(long directory, NewEntry owner) throws IOException {
    NewFile file = newFile(FileType.REGULAR, owner, owner.mode(), 0, null);
    return files.run(() -> files.names().createUnnamed(entry(directory), file)).number();
  }

  /** Makes a directory. The result is pinned. */
  public long createDirectory(long directory, Name name, NewEntry owner) throws IOException {
    return create(directory, name, FileType.DIRECTORY, owner, 0, null);
  }

  /** Makes a symbolic link; the mode is not used. The result is pinned. */
  public long createSymlink(long directory, Name name, byte[] target, NewEntry owner)
      throws IOException {
    if (target.length == 0) {
      throw new StorageException(Errno.ENOENT, "make symbolic link", name.toString());
    }
    if (target.length >= MAX_PATH_BYTES) {
      throw new StorageException(Errno.ENAMETOOLONG, "make symbolic link", name.toString());
    }
    return create(directory, name, FileType.SYMLINK, owner, 0, target.clone());
  }

  /**
   * Makes a FIFO, a socket or a device node. The result is pinned. It cannot be opened here: what
   * it leads to is the kernel's.
   *
   * @param device number of the device of a device node, as in st_rdev; else it is not used
   * @throws StorageException EINVAL for another type; EPERM for a device node when this process may
   *     not make one
   */
  public long createSpecial(long directory, Name name, FileType type, NewEntry owner, long device)
      throws IOException {
    boolean isDevice = type == FileType.CHARACTER_DEVICE || type == FileType.BLOCK_DEVICE;
    if (!isDevice && type != FileType.FIFO && type != FileType.SOCKET) {
      throw new StorageException(Errno.EINVAL, "make special file", name + ", " + type);
    }
    if (isDevice) {
      files.requireDevices();
    }
    return create(directory, name, type, owner, isDevice ? device : 0, null);
  }

  private long create(
      long directory,
      Name name,
      FileType type,
      NewEntry owner,
      long device,
      byte @Nullable [] target)
      throws IOException {
    int mode = type == FileType.SYMLINK ? LINK_MODE : owner.mode();
    NewFile file = newFile(type, owner, mode, device, target);
    FileEntry made = files.run(() -> files.names().create(entry(directory), name, file));
    fireName(directory, name);
    return made.number();
  }

  private static NewFile newFile(
      FileType type, NewEntry owner, int mode, long device, byte @Nullable [] target) {
    int umask = type == FileType.SYMLINK ? 0 : owner.umask();
    return new NewFile(
        type, mode, umask, owner.uid(), owner.gid(), device, target, new TreeMap<>());
  }

  /**
   * Gives a file, no directory, one more name.
   *
   * @throws StorageException ENOENT for a file that has lost its last name
   */
  public void link(long number, long directory, Name name) throws IOException {
    change(() -> files.names().link(entry(number), entry(directory), name));
    fireName(directory, name);
    fireEntry(number);
  }

  /** Removes a name that is no directory; the file lives on while it is open. */
  public void unlink(long directory, Name name) throws IOException {
    FileEntry lost = files.run(() -> files.names().unlink(entry(directory), name));
    fireName(directory, name);
    fireEntry(lost.number());
  }

  /** Removes an empty directory. */
  public void removeDirectory(long directory, Name name) throws IOException {
    change(() -> files.names().removeDirectory(entry(directory), name));
    fireName(directory, name);
  }

  /** Renames. */
  public void rename(long from, Name fromName, long to, Name toName, RenameMode mode)
      throws IOException {
    List<FileEntry> moved =
        files.run(() -> files.names().rename(entry(from), fromName, entry(to), toName, mode));
    fireName(from, fromName);
    fireName(to, toName);
    moved.forEach(entry -> fireEntry(entry.number()));
  }

  /** Sets the permission bits. */
  public void changeMode(long number, int mode) throws IOException {
    change(() -> files.attributes().changeMode(entry(number), mode));
    fireEntry(number);
  }

  /** Sets owner and group; -1 leaves one as it is. */
  public void changeOwner(long number, int uid, int gid) throws IOException {
    change(() -> files.attributes().changeOwner(entry(number), uid, gid));
    fireEntry(number);
  }

  /**
   * The value of an extended attribute, access control lists among them.
   *
   * @throws StorageException ENODATA when there is none
   */
  public byte[] getXattr(long number, String name) throws IOException {
    return files.run(() -> files.xattrs().get(entry(number), name));
  }

  /** The names of the extended attributes that this process may see, ascending. */
  public List<String> listXattrs(long number) throws IOException {
    return files.run(() -> files.xattrs().list(entry(number)));
  }

  /**
   * Sets an extended attribute; an access control list also sets the mode.
   *
   * @param name with its prefix: {@code user.}, {@code trusted.}, {@code security.}, or one of
   *     {@code system.posix_acl_access} and {@code system.posix_acl_default}
   * @param value up to 64 KiB
   * @throws StorageException with the errno of setxattr(2); ENOSPC also when the file system cannot
   *     hold so much for one file
   */
  public void setXattr(long number, String name, byte[] value, XattrMode mode) throws IOException {
    change(() -> files.xattrs().set(entry(number), name, value, mode));
    fireEntry(number);
  }

  /**
   * Removes an extended attribute.
   *
   * @throws StorageException ENODATA when there is none, but for access control lists
   */
  public void removeXattr(long number, String name) throws IOException {
    change(() -> files.xattrs().remove(entry(number), name));
    fireEntry(number);
  }

  /** Sets the times, in nanoseconds since 1970, or {@link dev.vfo.storage.FileStat#OMIT_TIME}. */
  public void setTimes(long number, long accessNanos, long modifyNanos) throws IOException {
    change(() -> files.attributes().setTimes(entry(number), accessNanos, modifyNanos));
    fireEntry(number);
  }

  /** Sets the size of a regular file. */
  public void truncate(long number, long sizeBytes) throws IOException {
    FileEntry entry = entry(number);
    requireRegular(entry, "truncate");
    if (sizeBytes < 0) {
      throw new StorageException(Errno.EINVAL, "truncate", "to " + sizeBytes);
    }
    change(() -> {
      files.rights().requireWritable(entry, "truncate");
      files.requireNotRunning(entry);
      files.content().truncate(entry, sizeBytes);
    });
    fireEntry(number);
  }

  /**
   * Opens a regular file, or with {@link OpenFlag#DIRECTORY} a directory for its attributes.
   *
   * @param flags of {@link OpenFlag}: READ, WRITE, TRUNCATE, DIRECTORY
   * @param append whether every write goes to the end
   */
  public VirtualFile open(long number, int flags, boolean append) throws IOException {
    return files.run(() -> open(entry(number), flags, append, true));
  }

  /**
   * The same for a file that the caller has just made: as with O_CREAT, its mode says only what
   * later opens may do.
   */
  public VirtualFile openNew(long number, int flags, boolean append) throws IOException {
    return files.run(() -> open(entry(number), flags, append, false));
  }

  private VirtualFile open(FileEntry entry, int flags, boolean append, boolean checked)
      throws IOException {
    boolean writes = (flags & OpenFlag.WRITE) != 0;
    if ((flags & OpenFlag.DIRECTORY) != 0 && !entry.isDirectory()) {
      throw new StorageException(Errno.ENOTDIR, "open", entry.toString());
    }
    if (entry.isDirectory() && writes) {
      throw new StorageException(Errno.EISDIR, "open", entry.toString());
    }
    if (!entry.isDirectory()) {
      requireRegular(entry, "open");
    }
    if (entry.isForeignDevice() && writes) {
      throw new StorageException(Errno.EXDEV, "open for writing", entry.toString());
    }
    boolean truncates = writes && (flags & OpenFlag.TRUNCATE) != 0;
    if (checked) {
      requireRights(entry, flags);
    }
    if (writes) {
      files.requireNotRunning(entry);
    }
    entry.opened(writes);
    boolean opened = false;
    try {
      VirtualFile file =
          files.inStep(() -> {
            if (truncates) {
              files.content().truncate(entry, 0);
            }
            return new VirtualFile(this, files, entry, flags, append);
          });
      opened = true;
      if (truncates) {
        fireEntry(entry.number());
      }
      return file;
    } finally {
      if (!opened) {
        entry.closed(writes);
      }
    }
  }

  private void requireRights(FileEntry entry, int flags) throws StorageException {
    if ((flags & OpenFlag.WRITE) != 0) {
      files.rights().requireWritable(entry, "open for writing");
    }
    if ((flags & OpenFlag.READ) != 0) {
      files.rights().requireReadable(entry, "open");
    }
  }

  private static void requireRegular(FileEntry entry, String what) throws StorageException {
    @Nullable Errno errno =
        switch (entry.type()) {
          case REGULAR -> null;
          case DIRECTORY -> Errno.EISDIR;
          case SYMLINK -> Errno.ELOOP;
          default -> Errno.ENXIO;
        };
    if (errno != null) {
      throw new StorageException(errno, what, entry.toString());
    }
  }

  NewEntry defaultOwner(int mode) {
    return new NewEntry(mode, files.storage().effectiveUid(), files.storage().effectiveGid());
  }

  void fireEntry(long number) {
    listeners.forEach(listener -> listener.entryChanged(number));
  }

  void fireName(long directory, Name name) {
    listeners.forEach(listener -> listener.nameChanged(directory, name));
  }
}
