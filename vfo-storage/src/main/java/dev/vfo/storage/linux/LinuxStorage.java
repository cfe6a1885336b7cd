package dev.vfo.storage.linux;

import dev.vfo.storage.DirectoryVisitor;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileSystemStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The files of a Linux system on x86_64 or aarch64. Needs Linux 4.11, and {@code /proc} for {@link
 * #reopen} and extended attributes; what newer kernels do better is used where it is there. Java
 * wants {@code --enable-native-access} for the module {@code dev.vfo.storage}.
 *
 * <p>Has no state of its own: all instances are alike, descriptors are those of the process. Safe
 * for use by many threads, also virtual ones; interrupts of Java threads have no effect on any
 * call.
 */
public final class LinuxStorage implements Storage {
  private static final long NANOS = 1_000_000_000L;
  private static final long UTIME_OMIT = (1L << 30) - 2;

  /**
   * A way to the files of this system.
   *
   * @throws UnsupportedOperationException when it is not a Linux that VFO knows
   */
  public LinuxStorage() {
    Platform.require();
  }

  @Override
  public int openRoot(Path path) throws StorageException {
    return Opening.openRoot(path);
  }

  @Override
  public int open(int directory, Name name, int flags, int mode) throws StorageException {
    return Opening.open(directory, name, flags, mode);
  }

  @Override
  public int reopen(int fd, int flags) throws StorageException {
    return Opening.reopen(fd, flags);
  }

  @Override
  public void close(int fd) throws StorageException {
    Opening.close(fd);
  }

  @Override
  public int openParent(int directory) throws StorageException {
    return Opening.openParent(directory);
  }

  @Override
  public long read(int fd, MemorySegment target, long offset) throws StorageException {
    Kernel kernel = Kernel.get();
    long count = kernel.transfer(SystemCall.PREAD64, fd, target, target.byteSize(), offset);
    if (count < 0) {
      throw kernel.failure("read", fd);
    }
    return count;
  }

  @Override
  public long write(int fd, MemorySegment source, long offset) throws StorageException {
    Kernel kernel = Kernel.get();
    long length = source.byteSize();
    long count = kernel.transfer(SystemCall.PWRITE64, fd, source, length, offset);
    if (count < 0) {
      throw kernel.failure("write", fd);
    }
    if (count == 0 && length > 0) {
      throw new StorageException(Errno.EIO, "write nothing of " + length, kernel.describe(fd));
    }
    return count;
  }

  @Override
  public void truncate(int fd, long sizeBytes) throws StorageException {
    simple(SystemCall.FTRUNCATE, "truncate", fd, sizeBytes);
  }

  @Override
  public void allocate(int fd, long offset, long lengthBytes, boolean keepSize)
      throws StorageException {
    int mode = keepSize ? Platform.FALLOC_FL_KEEP_SIZE : 0;
    fallocate("allocate", fd, mode, offset, lengthBytes);
  }

  @Override
  public void punchHole(int fd, long offset, long lengthBytes) throws StorageException {
    int mode = Platform.FALLOC_FL_PUNCH_HOLE | Platform.FALLOC_FL_KEEP_SIZE;
    fallocate("punch a hole in", fd, mode, offset, lengthBytes);
  }

  private static void fallocate(String operation, int fd, int mode, long offset, long length)
      throws StorageException {
    Kernel kernel = Kernel.get();
    if (kernel.call(SystemCall.FALLOCATE, fd, mode, offset, length) < 0) {
      throw kernel.failure(operation, fd);
    }
  }

  @Override
  public long seekData(int fd, long offset) throws StorageException {
    return seek("seek data in", fd, offset, Platform.SEEK_DATA);
  }

  @Override
  public long seekHole(int fd, long offset) throws StorageException {
    return seek("seek a hole in", fd, offset, Platform.SEEK_HOLE);
  }

  private static long seek(String operation, int fd, long offset, int whence)
      throws StorageException {
    Kernel kernel = Kernel.get();
    if (offset < 0) {
      // The kernel's answer would be the one for an offset behind the end.
      throw new StorageException(Errno.EINVAL, operation, kernel.describe(fd));
    }
    long found = kernel.call(SystemCall.LSEEK, fd, offset, whence);
    if (found < 0 && !kernel.failedWith(Errno.ENXIO)) {
      throw kernel.failure(operation, fd);
    }
    return found;
  }

  @Override
  public long copyRange(int from, long fromOffset, int to, long toOffset, long lengthBytes)
      throws StorageException {
    return RangeCopy.copy(from, fromOffset, to, toOffset, lengthBytes);
  }

  @Override
  public void dataSync(int fd) throws StorageException {
    simple(SystemCall.FDATASYNC, "sync the data of", fd, 0);
  }

  @Override
  public void sync(int fd) throws StorageException {
    simple(SystemCall.FSYNC, "sync", fd, 0);
  }

  @Override
  public void syncFileSystem(int fd) throws StorageException {
    simple(SystemCall.SYNCFS, "sync the file system of", fd, 0);
  }

  private static void simple(SystemCall call, String operation, int fd, long argument)
      throws StorageException {
    Kernel kernel = Kernel.get();
    if (kernel.call(call, fd, argument) < 0) {
      throw kernel.failure(operation, fd);
    }
  }

  @Override
  public FileStat stat(int fd) throws StorageException {
    return Stats.ofDescriptor(fd);
  }

  @Override
  public FileStat stat(int directory, Name name) throws StorageException {
    return Stats.ofName(directory, name);
  }

  @Override
  public void list(int directory, DirectoryVisitor visitor) throws StorageException {
    DirectoryReader.list(directory, visitor);
  }

  @Override
  public void makeDirectory(int directory, Name name, int mode) throws StorageException {
    Kernel kernel = Kernel.get();
    long address = kernel.memory.name(name);
    if (kernel.call(SystemCall.MKDIRAT, directory, address, mode & 07777) < 0) {
      throw kernel.failure("make directory", directory, name);
    }
    Modes.set("set the mode of", directory, name, mode);
  }

  @Override
  public void makeNode(int directory, Name name, FileType type, int mode, long device)
      throws StorageException {
    Kernel kernel = Kernel.get();
    switch (type) {
      case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE -> {}
      default -> throw new StorageException(Errno.EINVAL, "make node", name + " of type " + type);
    }
    long address = kernel.memory.name(name);
    int bits = type.bits() | (mode & 07777);
    if (kernel.call(SystemCall.MKNODAT, directory, address, bits, device) < 0) {
      throw kernel.failure("make node", directory, name);
    }
    Modes.set("set the mode of", directory, name, mode);
  }

  @Override
  public void makeSymlink(int directory, Name name, byte[] target) throws StorageException {
    Kernel kernel = Kernel.get();
    if (target.length >= CallMemory.PATH_BYTES) {
      throw new StorageException(Errno.ENAMETOOLONG, "make symbolic link", name.toString());
    }
    for (byte b : target) {
      if (b == 0) {
        throw new StorageException(Errno.EINVAL, "make symbolic link", name.toString());
      }
    }
    long path = kernel.memory.path(target);
    if (kernel.call(SystemCall.SYMLINKAT, path, directory, kernel.memory.name(name)) < 0) {
      throw kernel.failure("make symbolic link", directory, name);
    }
  }

  @Override
  public byte[] readSymlink(int directory, Name name) throws StorageException {
    Kernel kernel = Kernel.get();
    long address = kernel.memory.name(name);
    long large = kernel.memory.large().address();
    long length =
        kernel.call(SystemCall.READLINKAT, directory, address, large, CallMemory.LARGE_BYTES);
    if (length < 0) {
      throw kernel.failure("read symbolic link", directory, name);
    }
    return kernel.memory.largeBytes(length);
  }

  @Override
  public void link(int fromDirectory, Name from, int toDirectory, Name to) throws StorageException {
    Kernel kernel = Kernel.get();
    long address = kernel.memory.name(from);
    long other = kernel.memory.otherName(to);
    if (kernel.call(SystemCall.LINKAT, fromDirectory, address, toDirectory, other, 0) < 0) {
      throw kernel.failure(kernel.errno(), "link", fromDirectory, from, toDirectory, to);
    }
  }

  @Override
  public void rename(int fromDirectory, Name from, int toDirectory, Name to, RenameMode mode)
      throws StorageException {
    Kernel kernel = Kernel.get();
    int flags =
        switch (mode) {
          case REPLACE -> 0;
          case NO_REPLACE -> Platform.RENAME_NOREPLACE;
          case EXCHANGE -> Platform.RENAME_EXCHANGE;
        };
    long address = kernel.memory.name(from);
    long other = kernel.memory.otherName(to);
    if (kernel.call(SystemCall.RENAMEAT2, fromDirectory, address, toDirectory, other, flags) < 0) {
      // With REPLACE the one thing that can be in the way is a directory with entries; XFS says
      // EEXIST.
      int number = mode == RenameMode.REPLACE ? notEmpty(kernel) : kernel.errno();
      throw kernel.failure(number, "rename", fromDirectory, from, toDirectory, to);
    }
  }

  @Override
  public void unlink(int directory, Name name) throws StorageException {
    Kernel kernel = Kernel.get();
    if (kernel.call(SystemCall.UNLINKAT, directory, kernel.memory.name(name), 0) < 0) {
      throw kernel.failure("unlink", directory, name);
    }
  }

  @Override
  public void removeDirectory(int directory, Name name) throws StorageException {
    Kernel kernel = Kernel.get();
    long address = kernel.memory.name(name);
    if (kernel.call(SystemCall.UNLINKAT, directory, address, Platform.AT_REMOVEDIR) < 0) {
      throw kernel.failure(notEmpty(kernel), "remove directory", directory, name);
    }
  }

  /** The error of the last call; POSIX lets a file system say EEXIST for ENOTEMPTY. */
  private static int notEmpty(Kernel kernel) {
    return kernel.failedWith(Errno.EEXIST) ? Errno.ENOTEMPTY.number() : kernel.errno();
  }

  @Override
  public void changeMode(int directory, Name name, int mode) throws StorageException {
    Modes.set("change the mode of", directory, name, mode);
  }

  @Override
  public void changeOwner(int directory, Name name, int uid, int gid) throws StorageException {
    Kernel kernel = Kernel.get();
    long address = kernel.memory.name(name);
    int flags = Platform.AT_SYMLINK_NOFOLLOW;
    if (kernel.call(SystemCall.FCHOWNAT, directory, address, uid, gid, flags) < 0) {
      throw kernel.failure("change the owner of", directory, name);
    }
  }

  @Override
  public void setTimes(int directory, Name name, long accessNanos, long modifyNanos)
      throws StorageException {
    Kernel kernel = Kernel.get();
    putTime(kernel, 0, accessNanos);
    putTime(kernel, 1, modifyNanos);
    long address = kernel.memory.name(name);
    long times = kernel.memory.struct.address();
    int flags = Platform.AT_SYMLINK_NOFOLLOW;
    if (kernel.call(SystemCall.UTIMENSAT, directory, address, times, flags) < 0) {
      throw kernel.failure("set the times of", directory, name);
    }
  }

  @Override
  public void changeMode(int fd, int mode) throws StorageException {
    simple(SystemCall.FCHMOD, "change the mode of", fd, mode & 07777);
  }

  @Override
  public void changeOwner(int fd, int uid, int gid) throws StorageException {
    Kernel kernel = Kernel.get();
    if (kernel.call(SystemCall.FCHOWN, fd, uid, gid) < 0) {
      throw kernel.failure("change the owner of", fd);
    }
  }

  @Override
  public void setTimes(int fd, long accessNanos, long modifyNanos) throws StorageException {
    Kernel kernel = Kernel.get();
    putTime(kernel, 0, accessNanos);
    putTime(kernel, 1, modifyNanos);
    // No path stands for the descriptor itself.
    if (kernel.call(SystemCall.UTIMENSAT, fd, 0, kernel.memory.struct.address(), 0) < 0) {
      throw kernel.failure("set the times of", fd);
    }
  }

  private static void putTime(Kernel kernel, int index, long nanos) {
    if (nanos == FileStat.OMIT_TIME) {
      kernel.memory.time(index, 0, UTIME_OMIT);
    } else {
      kernel.memory.time(index, Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
    }
  }

  @Override
  public byte[] getXattr(int directory, Name name, String attribute) throws StorageException {
    return Xattrs.get(directory, name, attribute);
  }

  @Override
  public void setXattr(int directory, Name name, String attribute, byte[] value)
      throws StorageException {
    Xattrs.set(directory, name, attribute, value);
  }

  @Override
  public void removeXattr(int directory, Name name, String attribute) throws StorageException {
    Xattrs.remove(directory, name, attribute);
  }

  @Override
  public byte[] getXattr(int fd, String attribute) throws StorageException {
    return Xattrs.get(fd, attribute);
  }

  @Override
  public void setXattr(int fd, String attribute, byte[] value) throws StorageException {
    Xattrs.set(fd, attribute, value);
  }

  @Override
  public void removeXattr(int fd, String attribute) throws StorageException {
    Xattrs.remove(fd, attribute);
  }

  @Override
  public List<String> listXattrs(int fd) throws StorageException {
    return Xattrs.list(fd);
  }

  @Override
  public List<String> listXattrs(int directory, Name name) throws StorageException {
    return Xattrs.list(directory, name);
  }

  @Override
  public FileSystemStat fileSystemStat(int fd) throws StorageException {
    return FileSystemStats.of(fd);
  }

  @Override
  public boolean tryLock(int fd) throws StorageException {
    Kernel kernel = Kernel.get();
    if (kernel.call(SystemCall.FLOCK, fd, Platform.LOCK_EX | Platform.LOCK_NB) == 0) {
      return true;
    }
    if (kernel.failedWith(Errno.EAGAIN)) {
      return false;
    }
    throw kernel.failure("lock", fd);
  }

  @Override
  public void requireAccess(int fd, int rights) throws StorageException {
    Access.require(fd, rights);
  }

  @Override
  public int effectiveUid() {
    return (int) Kernel.get().call(SystemCall.GETEUID, 0);
  }

  @Override
  public int effectiveGid() {
    return (int) Kernel.get().call(SystemCall.GETEGID, 0);
  }

  @Override
  public Set<Integer> groups() {
    Kernel kernel = Kernel.get();
    MemorySegment numbers = kernel.memory.large();
    long places = CallMemory.LARGE_BYTES / Integer.BYTES;
    long count = kernel.call(SystemCall.GETGROUPS, places, numbers.address());
    Set<Integer> groups = new HashSet<>();
    groups.add(effectiveGid());
    for (long i = 0; i < count; i++) {
      groups.add(numbers.getAtIndex(ValueLayout.JAVA_INT, i));
    }
    return groups;
  }
}
