package dev.vfo.storage.linux;

import static dev.vfo.storage.linux.Platform.AT_FDCWD;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import java.nio.file.Path;

/** Opens files and directories. */
final class Opening {
  private static final int DIRECTORY =
      Platform.O_RDONLY | Platform.O_DIRECTORY | Platform.O_CLOEXEC;

  private static final long HOW_BYTES = 24;

  /**
   * Linux 5.6 has openat2; sandboxes that are older refuse what they do not know. A name is one
   * component, never "..", so that openat with O_NOFOLLOW is as safe.
   */
  private static final boolean HAS_OPENAT2 = probeOpenat2();

  private Opening() {}

  private static boolean probeOpenat2() {
    Kernel kernel = Kernel.get();
    int flags = Platform.O_PATH | Platform.O_DIRECTORY | Platform.O_CLOEXEC;
    long fd = openat2(kernel, AT_FDCWD, kernel.memory.dot, flags, 0);
    return fd >= 0 && kernel.callOnce(SystemCall.CLOSE, fd, 0, 0, 0, 0, 0) == 0;
  }

  /** The way of older kernels. */
  static long openat(Kernel kernel, int directory, long name, int flags, int mode) {
    return kernel.call(SystemCall.OPENAT, directory, name, flags, mode);
  }

  static long openat2(Kernel kernel, int directory, long name, int flags, int mode) {
    long how =
        kernel.memory.numbers(flags, mode, Platform.RESOLVE_BENEATH | Platform.RESOLVE_NO_SYMLINKS);
    return kernel.call(SystemCall.OPENAT2, directory, name, how, HOW_BYTES);
  }

  private static int open(Kernel kernel, int directory, Name name, int flags, int mode) {
    long address = kernel.memory.name(name);
    int safe = flags | Platform.O_NOFOLLOW;
    return HAS_OPENAT2
        ? (int) openat2(kernel, directory, address, safe, mode)
        : (int) openat(kernel, directory, address, safe, mode);
  }

  /** As {@code Storage.open} says. */
  static int open(int directory, Name name, int flags, int mode) throws StorageException {
    int kernelFlags = OpenFlags.translate(flags, "open", name);
    if (OpenFlags.has(flags, OpenFlag.CREATE)) {
      return openOrCreate(directory, name, flags, kernelFlags, mode & 07777);
    }
    Kernel kernel = Kernel.get();
    int fd = open(kernel, directory, name, kernelFlags, 0);
    if (fd < 0) {
      throw kernel.failure("open", directory, name);
    }
    return fd;
  }

  /** A descriptor that is only a place, of a name of any type. */
  static int place(Kernel kernel, String operation, int directory, Name name)
      throws StorageException {
    int fd = open(kernel, directory, name, Platform.O_PATH | Platform.O_CLOEXEC, 0);
    if (fd < 0) {
      throw kernel.failure(operation, directory, name);
    }
    return fd;
  }

  /**
   * Creates exclusively first, because only then it is known whose mode must be set past the umask.
   */
  private static int openOrCreate(int directory, Name name, int flags, int kernelFlags, int mode)
      throws StorageException {
    Kernel kernel = Kernel.get();
    while (true) {
      int created = create(kernel, directory, name, kernelFlags, mode);
      if (created >= 0) {
        return created;
      }
      if (!kernel.failedWith(Errno.EEXIST) || OpenFlags.has(flags, OpenFlag.EXCLUSIVE)) {
        throw kernel.failure("create", directory, name);
      }
      int existing = open(kernel, directory, name, kernelFlags, 0);
      if (existing >= 0) {
        return refuseDirectory(existing, directory, name, flags);
      }
      if (!kernel.failedWith(Errno.ENOENT)) {
        throw kernel.failure("open", directory, name);
      }
      // It was removed between the two calls: create it after all.
    }
  }

  private static int create(Kernel kernel, int directory, Name name, int kernelFlags, int mode)
      throws StorageException {
    // A file system without O_DIRECT says so only after it made the file.
    int direct = kernelFlags & Platform.O_DIRECT;
    int flags = (kernelFlags ^ direct) | Platform.O_CREAT | Platform.O_EXCL;
    int fd = open(kernel, directory, name, flags, mode);
    if (fd < 0) {
      return -1;
    }
    if (kernel.call(SystemCall.FCHMOD, fd, mode) < 0 || setDirect(kernel, fd, direct) < 0) {
      throw undoCreate(kernel, fd, directory, name);
    }
    return fd;
  }

  private static long setDirect(Kernel kernel, int fd, int direct) {
    if (direct == 0) {
      return 0;
    }
    return kernel.call(SystemCall.FCNTL, fd, Platform.F_SETFL, direct | Platform.O_NONBLOCK);
  }

  private static StorageException undoCreate(Kernel kernel, int fd, int directory, Name name) {
    StorageException failure = kernel.failure("create", directory, name);
    try {
      close(fd);
      if (kernel.call(SystemCall.UNLINKAT, directory, kernel.memory.name(name), 0) < 0) {
        throw kernel.failure("unlink", directory, name);
      }
    } catch (StorageException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  /** What O_CREAT says of a directory, also when it is not opened for writing. */
  private static int refuseDirectory(int fd, int directory, Name name, int flags)
      throws StorageException {
    if (!OpenFlags.has(flags, OpenFlag.WRITE)
        && Stats.ofDescriptor(fd).type() == FileType.DIRECTORY) {
      close(fd);
      Kernel kernel = Kernel.get();
      throw new StorageException(Errno.EISDIR, "create", kernel.describe(directory, name));
    }
    return fd;
  }

  /** As {@code Storage.reopen} says. */
  static int reopen(int fd, int flags) throws StorageException {
    if (OpenFlags.has(flags, OpenFlag.CREATE)) {
      throw new StorageException(Errno.EINVAL, "reopen", "with CREATE");
    }
    int kernelFlags = OpenFlags.translate(flags, "reopen", fd);
    Kernel kernel = Kernel.get();
    long path = kernel.memory.descriptorPath(fd);
    int opened = (int) kernel.call(SystemCall.OPENAT, AT_FDCWD, path, kernelFlags, 0);
    if (opened < 0) {
      throw Descriptors.failure(kernel, "reopen", fd);
    }
    return opened;
  }

  /** As {@code Storage.openRoot} says. */
  static int openRoot(Path path) throws StorageException {
    byte[] bytes = OutsidePath.bytes(path);
    if (bytes.length >= CallMemory.PATH_BYTES) {
      throw new StorageException(Errno.ENAMETOOLONG, "open", path.toString());
    }
    Kernel kernel = Kernel.get();
    long address = kernel.memory.path(bytes);
    int fd = (int) kernel.call(SystemCall.OPENAT, AT_FDCWD, address, DIRECTORY, 0);
    if (fd < 0) {
      throw kernel.failure("open", path.toString());
    }
    return fd;
  }

  /** As {@code Storage.openParent} says. */
  static int openParent(int directory) throws StorageException {
    Kernel kernel = Kernel.get();
    int flags = Platform.O_PATH | DIRECTORY;
    return openSpecial(kernel, "open the parent of", directory, kernel.memory.dotDot, flags);
  }

  /**
   * Another descriptor of a directory, with a position of its own. Who may list a directory but not
   * search it may not open "." in it.
   */
  static int openAgain(int directory) throws StorageException {
    Kernel kernel = Kernel.get();
    int fd = (int) kernel.call(SystemCall.OPENAT, directory, kernel.memory.dot, DIRECTORY, 0);
    if (fd >= 0) {
      return fd;
    }
    if (kernel.failedWith(Errno.EACCES)) {
      return reopen(directory, OpenFlag.READ | OpenFlag.DIRECTORY);
    }
    throw kernel.failure("list", directory);
  }

  private static int openSpecial(
      Kernel kernel, String operation, int directory, long name, int flags)
      throws StorageException {
    int fd = (int) kernel.call(SystemCall.OPENAT, directory, name, flags, 0);
    if (fd < 0) {
      throw kernel.failure(operation, directory);
    }
    return fd;
  }

  /** As {@code Storage.close} says. Linux closes it also when it answers with an error. */
  static void close(int fd) throws StorageException {
    Kernel kernel = Kernel.get();
    long result = kernel.callOnce(SystemCall.CLOSE, fd, 0, 0, 0, 0, 0);
    if (result < 0 && kernel.errno() != Platform.EINTR) {
      throw kernel.failure("close", "descriptor " + fd);
    }
  }
}
