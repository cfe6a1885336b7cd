package dev.vfo.storage;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The file operations that VFO needs from an operating system, and nothing else.
 *
 * <p>Descriptors are small non-negative integers that stay valid until {@link #close}. Names are
 * single path components; no call ever follows a symbolic link, but {@link #openRoot} does for the
 * path that its user gave. Offsets, sizes and lengths are in bytes. Every failure is a {@link
 * StorageException} that carries the {@link Errno}; none is swallowed or retried, but that a call
 * interrupted by a signal is made again. All memory segments must be native. Thread safe.
 *
 * <p>What survives a crash is said by C1.. in {@code docs/guarantees.md}: in short, {@link #sync}
 * makes a file's content and attributes durable but not its name, and {@link #sync} of a directory
 * makes its names durable.
 */
public interface Storage {

  /**
   * Opens a directory by an outside path, following links; for reading its entries and as a base of
   * names.
   */
  int openRoot(Path path) throws StorageException;

  /**
   * Opens or creates a file or directory.
   *
   * @param flags a union of the constants in {@link OpenFlag}
   * @param mode permission bits of a file that is created; the process' umask is not applied
   */
  int open(int directory, Name name, int flags, int mode) throws StorageException;

  /**
   * Opens what {@code fd} refers to once more, with other flags; works for a file without a name
   * too.
   */
  int reopen(int fd, int flags) throws StorageException;

  /**
   * Closes a descriptor. Closing never loses data that was written and is never the place where its
   * errors show.
   */
  void close(int fd) throws StorageException;

  /**
   * Reads at most {@code target.byteSize()} bytes at {@code offset}; 0 means the end of the file.
   * May be short.
   */
  long read(int fd, MemorySegment target, long offset) throws StorageException;

  /**
   * Writes at most {@code source.byteSize()} bytes at {@code offset}; returns how many. May be
   * short, never 0.
   */
  long write(int fd, MemorySegment source, long offset) throws StorageException;

  /** Sets the size; what is added reads as zeros. */
  void truncate(int fd, long sizeBytes) throws StorageException;

  /**
   * Reserves disk blocks for a range; grows the size when the range ends behind it, unless {@code
   * keepSize}.
   */
  void allocate(int fd, long offset, long lengthBytes, boolean keepSize) throws StorageException;

  /** Turns a range into a hole; the size stays. */
  void punchHole(int fd, long offset, long lengthBytes) throws StorageException;

  /**
   * The first offset at or behind {@code offset} that holds data, or -1 when only a hole follows.
   */
  long seekData(int fd, long offset) throws StorageException;

  /**
   * The first hole at or behind {@code offset}; the end of the file counts as one. -1 when offset
   * is behind the end.
   */
  long seekHole(int fd, long offset) throws StorageException;

  /**
   * Copies between two files inside the kernel, sharing blocks where it can. May be short; 0 means
   * the source's end.
   */
  long copyRange(int from, long fromOffset, int to, long toOffset, long lengthBytes)
      throws StorageException;

  /** Makes the data and size of a file durable (C6). */
  void dataSync(int fd) throws StorageException;

  /**
   * Makes a file's data and attributes durable (C2), or a directory's names and attributes (C3).
   */
  void sync(int fd) throws StorageException;

  /**
   * Makes all of the file system durable that {@code fd} lies on; the descriptor must be older than
   * the first write (C10).
   */
  void syncFileSystem(int fd) throws StorageException;

  /** The attributes of an open file. */
  FileStat stat(int fd) throws StorageException;

  /** The attributes of a name, itself and not what a symbolic link points to. */
  FileStat stat(int directory, Name name) throws StorageException;

  /** Calls the visitor for each entry but "." and "..", in no order, until it returns false. */
  void list(int directory, DirectoryVisitor visitor) throws StorageException;

  /** Makes a directory; the umask is not applied. */
  void makeDirectory(int directory, Name name, int mode) throws StorageException;

  /**
   * Makes a FIFO, socket or device node; {@code mode} has permission bits only. The umask is not
   * applied.
   */
  void makeNode(int directory, Name name, FileType type, int mode, long device)
      throws StorageException;

  /** Makes a symbolic link. */
  void makeSymlink(int directory, Name name, byte[] target) throws StorageException;

  /** The target of a symbolic link. */
  byte[] readSymlink(int directory, Name name) throws StorageException;

  /** Makes a second name of a file; a symbolic link is linked itself. */
  void link(int fromDirectory, Name from, int toDirectory, Name to) throws StorageException;

  /** Renames; the two names must lie on one file system. */
  void rename(int fromDirectory, Name from, int toDirectory, Name to, RenameMode mode)
      throws StorageException;

  /** Removes a name that is no directory. */
  void unlink(int directory, Name name) throws StorageException;

  /** Removes an empty directory. */
  void removeDirectory(int directory, Name name) throws StorageException;

  /** Sets the permission bits (07777). Not for symbolic links: they have none. */
  void changeMode(int directory, Name name, int mode) throws StorageException;

  /** Sets owner and group, of a symbolic link itself; -1 leaves one as it is. */
  void changeOwner(int directory, Name name, int uid, int gid) throws StorageException;

  /**
   * Sets the times, of a symbolic link itself.
   *
   * @param accessNanos nanoseconds since 1970, or {@link FileStat#OMIT_TIME}
   * @param modifyNanos likewise
   */
  void setTimes(int directory, Name name, long accessNanos, long modifyNanos)
      throws StorageException;

  /**
   * Sets the permission bits (07777) of an open file or directory, whatever its names are; EBADF
   * when it is open with {@link OpenFlag#PATH} only.
   */
  void changeMode(int fd, int mode) throws StorageException;

  /** Sets owner and group likewise; -1 leaves one as it is. */
  void changeOwner(int fd, int uid, int gid) throws StorageException;

  /** Sets the times likewise; see {@link #setTimes(int, Name, long, long)}. */
  void setTimes(int fd, long accessNanos, long modifyNanos) throws StorageException;

  /** The value of an extended attribute; throws {@link Errno#ENODATA} when there is none. */
  byte[] getXattr(int directory, Name name, String attribute) throws StorageException;

  /**
   * The same of an open file or directory, also one that is open with {@link OpenFlag#PATH}; as the
   * three below.
   */
  byte[] getXattr(int fd, String attribute) throws StorageException;

  /** Sets an extended attribute, whether it is there or not. */
  void setXattr(int fd, String attribute, byte[] value) throws StorageException;

  /** Removes an extended attribute; throws {@link Errno#ENODATA} when there is none. */
  void removeXattr(int fd, String attribute) throws StorageException;

  /** The names of the extended attributes that the caller may see. */
  List<String> listXattrs(int fd) throws StorageException;

  /** Sets an extended attribute, whether it is there or not. */
  void setXattr(int directory, Name name, String attribute, byte[] value) throws StorageException;

  /** Removes an extended attribute; throws {@link Errno#ENODATA} when there is none. */
  void removeXattr(int directory, Name name, String attribute) throws StorageException;

  /** The names of the extended attributes that the caller may see. */
  List<String> listXattrs(int directory, Name name) throws StorageException;

  /** Space, limits and kind of the file system that {@code fd} lies on. */
  FileSystemStat fileSystemStat(int fd) throws StorageException;

  /**
   * Takes an exclusive lock on an open file, held until it is closed; false when somebody else has
   * it.
   */
  boolean tryLock(int fd) throws StorageException;

  /**
   * Opens the directory above an open directory, as with {@link OpenFlag#PATH}: as a base of names,
   * for it need not be readable. The root's parent is itself.
   */
  int openParent(int directory) throws StorageException;

  /**
   * Requires that this process may do these things with an open file, now and as the system sees
   * it: with its groups, capabilities, access control lists, and how it is mounted. The descriptor
   * may be one of {@link OpenFlag#PATH}, so that no right is needed to ask.
   *
   * @param rights a union of the constants in {@link AccessRight}
   * @throws StorageException EACCES when not; EROFS or EPERM when nobody may write it
   */
  void requireAccess(int fd, int rights) throws StorageException;

  /** The user that new files belong to. */
  int effectiveUid();

  /** The group that new files belong to, unless the directory says otherwise. */
  int effectiveGid();

  /** All groups that the process is in: the effective one and the supplementary ones. */
  Set<Integer> groups();
}
