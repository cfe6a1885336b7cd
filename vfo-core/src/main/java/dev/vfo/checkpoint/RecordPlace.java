package dev.vfo.checkpoint;

import dev.vfo.CopiedRootException;
import dev.vfo.RootInUseException;
import dev.vfo.UnusableRootException;
import dev.vfo.journal.FormatFile;
import dev.vfo.journal.RecordsLink;
import dev.vfo.journal.RootId;
import dev.vfo.journal.RootIdFile;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A folder outside of the root that has its journal and states, for as long as it is open. Each
 * names the other: a symbolic link in the control folder leads to it, and its file {@code root-id}
 * has the root's id and which directory that is.
 */
final class RecordPlace implements AutoCloseable {
  private static final Name LOCK = Name.of("lock");
  private static final int PRIVATE_FILE = 0600;

  /** What a first opening makes before it says whose the folder is. */
  private static final Set<Name> FOLDERS = Set.of(Name.of("journal"), Name.of("state"));

  private static final Set<Name> FILES =
      Set.of(LOCK, Name.of("acknowledged"), Name.of("acknowledged.new"), Name.of("root-id.new"));

  private final Storage storage;
  private final ControlPlace place;
  private final Path path;
  private final OpenResources open = new OpenResources();
  private int fd;

  private RecordPlace(Storage storage, ControlPlace place, Path path) {
    this.storage = storage;
    this.place = place;
    this.path = path.toAbsolutePath().normalize();
  }

  /**
   * Opens the folder and locks it.
   *
   * @throws UnusableRootException when there is none, or it lies in the root
   * @throws RootInUseException when another root has it open
   */
  static RecordPlace open(Storage storage, ControlPlace place, Path path) throws IOException {
    RecordPlace records = new RecordPlace(storage, place, path);
    boolean opened = false;
    try {
      records.open();
      opened = true;
      return records;
    } finally {
      if (!opened) {
        records.close();
      }
    }
  }

  private void open() throws IOException {
    try {
      fd = storage.openRoot(path);
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR) {
        throw new UnusableRootException(
            path
                + " is no directory, where the journal of "
                + place
                + " is to lie: make or mount it, or say where it is now",
            e);
      }
      throw e;
    }
    open.add(() -> storage.close(fd));
    requireOutside();
    int flags = OpenFlag.READ | OpenFlag.WRITE | OpenFlag.CREATE;
    int lock = storage.open(fd, LOCK, flags, PRIVATE_FILE);
    open.add(() -> storage.close(lock));
    if (!storage.tryLock(lock)) {
      throw new RootInUseException(path.toString(), 0);
    }
  }

  private void requireOutside() throws IOException {
    FileIdentity root = rootIdentity();
    FileIdentity here = storage.stat(fd).identity();
    int at = storage.openParent(fd);
    try {
      FileIdentity above = storage.stat(at).identity();
      while (!here.equals(root) && !here.equals(above)) {
        int next = storage.openParent(at);
        storage.close(at);
        at = next;
        here = above;
        above = storage.stat(at).identity();
      }
    } finally {
      storage.close(at);
    }
    if (here.equals(root)) {
      throw new UnusableRootException(
          path + " lies in " + place + " itself: give a folder elsewhere for its journal");
    }
  }

  private FileIdentity rootIdentity() throws StorageException {
    return storage.stat(place.rootFd()).identity();
  }

  /**
   * Makes sure that it is nobody's, or was begun for this root, which then has no checkpoint.
   *
   * @throws UnusableRootException when it is another root's, or has something else in it
   */
  void requireFree() throws IOException {
    try {
      storage.stat(fd, Name.of("root-id"));
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT) {
        requireEmpty();
        return;
      }
      throw e;
    }
    if (!RootIdFile.read(storage, fd).directory().equals(rootIdentity())) {
      throw foreign();
    }
  }

  // What is in it would be taken for ours, and removed with the root's control folder.
  private void requireEmpty() throws IOException {
    for (Map.Entry<Name, FileType> listed : list(fd).entrySet()) {
      Name name = listed.getKey();
      boolean isOurs =
          listed.getValue() == FileType.DIRECTORY
              ? FOLDERS.contains(name) && isEmpty(name)
              : FILES.contains(name);
      if (!isOurs) {
        throw new UnusableRootException(
            path
                + " is not empty, it has "
                + name
                + ": give a folder that the journal of "
                + place
                + " has for itself");
      }
    }
  }

  private boolean isEmpty(Name folder) throws StorageException {
    int opened = storage.open(fd, folder, OpenFlag.READ | OpenFlag.DIRECTORY, 0);
    try {
      return list(opened).isEmpty();
    } finally {
      storage.close(opened);
    }
  }

  private Map<Name, FileType> list(int folder) throws StorageException {
    Map<Name, FileType> names = new TreeMap<>();
    storage.list(
        folder,
        (name, inode, type) -> {
          names.put(name, type);
          return true;
        });
    return names;
  }

  private UnusableRootException foreign() {
    return new UnusableRootException(
        path + " has the journal of another root than " + place + ": give the right folder");
  }

  /** Says in it whose it is; durable when this returns. */
  void create(RootId id) throws StorageException {
    new RootIdFile(id, rootIdentity()).create(storage, fd);
    FormatFile.create(storage, fd, id);
    storage.sync(fd);
  }

  /**
   * Makes sure that it is this root's.
   *
   * @throws UnusableRootException when it is another one's
   * @throws CopiedRootException when the root is a copy, or was moved
   */
  void check(RootId id) throws IOException {
    RootIdFile file = RootIdFile.read(storage, fd);
    if (!file.id().equals(id)) {
      throw foreign();
    }
    if (!file.directory().equals(rootIdentity())) {
      throw new CopiedRootException(
          place
              + " is a copy, or was moved from another file system, and its journal in "
              + path
              + " is that of the original: delete .vfo here to keep the files as they are now");
    }
    FormatFile.check(storage, fd, id);
    storage.sync(fd);
  }

  /** Descriptor of the folder. */
  int fd() {
    return fd;
  }

  /** Makes the link in the control folder lead here; durable when that is synced. */
  void link(int controlFd) throws StorageException {
    RecordsLink.write(storage, controlFd, path);
  }

  /** Whether this is where a path leads to. */
  boolean isAt(Path other) {
    return path.equals(other);
  }

  @Override
  public void close() throws IOException {
    open.close();
  }
}
