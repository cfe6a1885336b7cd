package dev.vfo.overlay;

import dev.vfo.storage.DirectoryVisitor;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileSystemStat;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * The root as the layers' ground: finds and reads home files of entries. A home file is opened by a
 * name that it is known to have, and its identity is compared, so that a file which took its place
 * is never read for it. Thread safe: the home lock keeps names still while one is walked; the
 * applier holds its write side for each name that it moves.
 */
public final class HomeTree {
  private static final int MAX_DESCRIPTORS = 256;

  private final Storage storage;
  private final FileEntry root;
  private final HomeDescriptors descriptors;
  private final StagedFiles staged;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final HomeDescriptors.Lease rootLease;

  /** Asked for once, when it is first needed. */
  private volatile @Nullable Boolean movesDirectories;

  /** Guarded by the lock. */
  private boolean closed;

  /**
   * The home of a tree whose root directory is open as {@code rootFd}, which stays the caller's.
   */
  public HomeTree(Storage storage, FileEntry root, int rootFd, StagedFiles staged) {
    this.storage = storage;
    this.root = root;
    this.staged = staged;
    this.descriptors = new HomeDescriptors(storage, MAX_DESCRIPTORS);
    this.rootLease = HomeDescriptors.permanent(rootFd);
  }

  /** The lock to hold while a home file gets another name. */
  public Lock changeLock() {
    return lock.writeLock();
  }

  /** The attributes of what has a name in a home directory, or null when nothing has. */
  public @Nullable FileStat find(FileEntry directory, Name name) throws StorageException {
    lock.readLock().lock();
    try {
      HomeDescriptors.Lease lease = acquire(directory);
      try {
        return storage.stat(lease.fd(), name);
      } catch (StorageException e) {
        if (e.errno() == Errno.ENOENT) {
          return null;
        }
        throw e;
      } finally {
        descriptors.release(lease);
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  /** The attributes of a home file, wherever it is. */
  FileStat stat(FileEntry entry) throws StorageException {
    lock.readLock().lock();
    try {
      if (entry == root) {
        return storage.stat(rootLease.fd());
      }
      int fd = open(entry, OpenFlag.PATH, Set.of());
      try {
        return storage.stat(fd);
      } finally {
        storage.close(fd);
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  /** An extended attribute of a home file, wherever it is, or null when it has none. */
  byte @Nullable [] findXattr(FileEntry entry, String name) throws StorageException {
    try {
      return withPath(entry, fd -> storage.getXattr(fd, name));
    } catch (StorageException e) {
      // A file system without access control lists has none for this file either.
      boolean isMissing = e.errno() == Errno.EOPNOTSUPP && AccessList.isOne(name);
      if (e.errno() == Errno.ENODATA || isMissing) {
        return null;
      }
      throw e;
    }
  }

  /** The names of the extended attributes of a home file, wherever it is. */
  List<String> listXattrs(FileEntry entry) throws StorageException {
    return withPath(entry, storage::listXattrs);
  }

  /** A call with a descriptor that serves as a place only. */
  interface PathCall<T> {
    /** Does it. */
    T on(int fd) throws StorageException;
  }

  /** Runs a call on a home file, wherever it is. */
  <T> T withPath(FileEntry entry, PathCall<T> call) throws StorageException {
    lock.readLock().lock();
    try {
      if (entry.isDirectory()) {
        HomeDescriptors.Lease lease = acquire(entry);
        try {
          return call.on(lease.fd());
        } finally {
          descriptors.release(lease);
        }
      }
      requireOpen(entry);
      int fd = open(entry, OpenFlag.PATH, Set.of());
      try {
        return call.on(fd);
      } finally {
        storage.close(fd);
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Lists a home directory. */
  public void list(FileEntry directory, DirectoryVisitor visitor) throws StorageException {
    lock.readLock().lock();
    try {
      HomeDescriptors.Lease lease = acquire(directory);
      try {
        // What serves as a place for names need not be readable; listing must be allowed.
        int fd = storage.reopen(lease.fd(), OpenFlag.READ | OpenFlag.DIRECTORY);
        try {
          storage.list(fd, visitor);
        } finally {
          storage.close(fd);
        }
      } finally {
        descriptors.release(lease);
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  /** The target of a symbolic link in home, wherever it is. */
  public byte[] readSymlink(FileEntry entry) throws StorageException {
    lock.readLock().lock();
    try {
      for (Link link : entry.possibleHomeLinks()) {
        byte[] target = readSymlink(entry, link);
        if (target != null) {
          return target;
        }
      }
      for (EntryDelta delta : entry.deltas()) {
        byte[] target = staged.readSymlink(delta.layer.number(), entry.number());
        if (target != null) {
          return target;
        }
      }
      throw lost(entry);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Null when the link is not there, or another file has its name. */
  private byte @Nullable [] readSymlink(FileEntry entry, Link link) throws StorageException {
    try {
      HomeDescriptors.Lease lease = acquire(link.parent());
      try {
        FileIdentity found = storage.stat(lease.fd(), link.name()).identity();
        return found.equals(entry.home()) ? storage.readSymlink(lease.fd(), link.name()) : null;
      } finally {
        descriptors.release(lease);
      }
    } catch (StorageException e) {
      // Neither it nor its directory needs to be there: an unapplied layer may make it.
      if (isElsewhere(e.errno())) {
        return null;
      }
      throw e;
    }
  }

  /** Reads a range of a home file; what lies behind its end reads as zeros. */
  void read(FileEntry entry, long offset, MemorySegment target) throws StorageException {
    HomeDescriptors.Lease lease = lease(entry);
    try {
      long done = 0;
      while (done < target.byteSize()) {
        long count = storage.read(lease.fd(), target.asSlice(done), offset + done);
        if (count == 0) {
          target.asSlice(done).fill((byte) 0);
          return;
        }
        done += count;
      }
    } finally {
      descriptors.release(lease);
    }
  }

  /**
   * The first offset of a home file from one on that holds data, or with {@code isHole} that is in
   * a hole, its end among these; -1 when there is none.
   */
  long seek(FileEntry entry, long offset, boolean isHole) throws StorageException {
    HomeDescriptors.Lease lease = lease(entry);
    try {
      return isHole ? storage.seekHole(lease.fd(), offset) : storage.seekData(lease.fd(), offset);
    } finally {
      descriptors.release(lease);
    }
  }

  /** Space and limits of the file system that the root is on. */
  public FileSystemStat fileSystem() throws StorageException {
    return storage.fileSystemStat(rootLease.fd());
  }

  /** A descriptor of a home file, to be given back with {@link #release}. */
  HomeDescriptors.Lease lease(FileEntry entry) throws StorageException {
    // One that is kept leads to the file wherever its name is: no name is walked.
    HomeDescriptors.Lease known = descriptors.find(entry);
    if (known != null) {
      return known;
    }
    lock.readLock().lock();
    try {
      return acquire(entry);
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * Requires that this process may do these things, of {@link dev.vfo.storage.AccessRight}, with a
   * home file as it is now.
   */
  void requireAccess(FileEntry entry, int rights) throws StorageException {
    lock.readLock().lock();
    try {
      if (entry.isDirectory()) {
        HomeDescriptors.Lease lease = acquire(entry);
        try {
          storage.requireAccess(lease.fd(), rights);
        } finally {
          descriptors.release(lease);
        }
        return;
      }
      requireOpen(entry);
      // One that is kept is open for reading, and that may be what is refused.
      int fd = open(entry, OpenFlag.PATH, Set.of());
      try {
        storage.requireAccess(fd, rights);
      } finally {
        storage.close(fd);
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * Whether directories that are in home can get other names there. Those of the lower layer of
   * overlayfs cannot (EXDEV), and which they are it does not tell.
   */
  public boolean movesDirectories() throws StorageException {
    Boolean known = movesDirectories;
    if (known == null) {
      known = !fileSystem().typeName().equals("overlay");
      movesDirectories = known;
    }
    return known;
  }

  /**
   * Refuses to write to a home file that is a running program: so would apply be.
   *
   * @throws StorageException ETXTBSY
   */
  public void requireNotRunning(FileEntry entry) throws StorageException {
    lock.readLock().lock();
    try {
      storage.close(open(entry, OpenFlag.WRITE, Set.of()));
    } catch (StorageException e) {
      // Whatever else is wrong with it is not asked for here.
      if (e.errno() == Errno.ETXTBSY) {
        throw e;
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  void release(HomeDescriptors.Lease lease) throws StorageException {
    descriptors.release(lease);
  }

  private HomeDescriptors.Lease acquire(FileEntry entry) throws StorageException {
    return acquire(entry, Set.of());
  }

  // What is being looked for already is left out: two directories may each have been in the other
  // one.
  private HomeDescriptors.Lease acquire(FileEntry entry, Set<FileEntry> sought)
      throws StorageException {
    requireOpen(entry);
    if (entry == root) {
      return rootLease;
    }
    HomeDescriptors.Lease known = descriptors.find(entry);
    int flags = entry.isDirectory() ? OpenFlag.PATH | OpenFlag.DIRECTORY : OpenFlag.READ;
    return known != null ? known : descriptors.add(entry, open(entry, flags, sought));
  }

  private void requireOpen(FileEntry entry) throws StorageException {
    if (closed) {
      throw new StorageException(Errno.EBADF, "open", entry + " of a manager that was closed");
    }
  }

  private int open(FileEntry entry, int flags, Set<FileEntry> sought) throws StorageException {
    if (sought.contains(entry)) {
      throw lost(entry);
    }
    Set<FileEntry> all = new HashSet<>(sought);
    all.add(entry);
    StorageException failure = null;
    for (Opening opening : openings(entry, flags)) {
      try {
        return checked(entry, opening.open(all));
      } catch (StorageException e) {
        failure = failure == null && !isElsewhere(e.errno()) ? e : failure;
      }
    }
    throw failure == null ? lost(entry) : failure;
  }

  // Nothing has the name, or something else has it or the name of a directory on the way.
  static boolean isElsewhere(Errno errno) {
    return errno == Errno.ENOENT
        || errno == Errno.ENOTDIR
        || errno == Errno.ELOOP
        || errno == Errno.ESTALE;
  }

  private interface Opening {
    int open(Set<FileEntry> sought) throws StorageException;
  }

  /**
   * Where a home file may be: first where it was last seen, then wherever the layers that are not
   * applied would move it. An apply that failed may have moved it without being able to tell.
   */
  private List<Opening> openings(FileEntry entry, int flags) {
    List<Opening> openings = new ArrayList<>();
    switch (entry.place()) {
      case PARKED ->
          openings.add(sought -> staged.openParked(entry.parkedInLayer(), entry.number(), flags));
      case ORPHANED -> openings.add(sought -> staged.openOrphan(entry.number(), flags));
      case NAMED -> {}
    }
    for (Link link : entry.possibleHomeLinks()) {
      openings.add(sought -> open(link, flags, sought));
    }
    for (EntryDelta delta : entry.deltas()) {
      long layer = delta.layer.number();
      openings.add(sought -> staged.openParked(layer, entry.number(), flags));
    }
    if (entry.isChanged()) {
      openings.add(sought -> staged.openOrphan(entry.number(), flags));
    }
    return openings;
  }

  private int open(Link link, int flags, Set<FileEntry> sought) throws StorageException {
    HomeDescriptors.Lease parent = acquire(link.parent(), sought);
    try {
      return storage.open(parent.fd(), link.name(), flags, 0);
    } finally {
      descriptors.release(parent);
    }
  }

  private int checked(FileEntry entry, int fd) throws StorageException {
    boolean right = false;
    try {
      FileIdentity found = storage.stat(fd).identity();
      right = found.equals(entry.home());
    } finally {
      if (!right) {
        storage.close(fd);
      }
    }
    if (!right) {
      throw lost(entry);
    }
    return fd;
  }

  private static StorageException lost(FileEntry entry) {
    return new StorageException(
        Errno.ESTALE,
        "open",
        "home file of "
            + entry
            + " "
            + entry.homeLinks()
            + ", which somebody else replaced or removed");
  }

  /** Closes what is kept open for an entry that is forgotten. */
  public void forget(FileEntry entry) throws StorageException {
    descriptors.drop(entry);
  }

  /**
   * Waits for those who walk names, then closes all descriptors; those that are read by just now
   * when that is done. The root's own may be closed when this returns: nobody uses it any more.
   */
  public void close() throws StorageException {
    lock.writeLock().lock();
    try {
      closed = true;
      descriptors.closeAll();
    } finally {
      lock.writeLock().unlock();
    }
  }
}
