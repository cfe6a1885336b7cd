package dev.vfo.storage.linux;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;

/**
 * Tells what a failure means that came by way of /proc/self/fd, where a missing file may be a wrong
 * descriptor or no /proc.
 */
final class Descriptors {
  private Descriptors() {}

  /** The error of the last call, whose path was that of an open file. */
  static StorageException failure(Kernel kernel, String operation, int fd) {
    if (kernel.failedWith(Errno.ENOENT)) {
      // An open file is always there: either the number is wrong or the way to it.
      return isOpen(kernel, fd)
          ? noProc(operation)
          : new StorageException(Errno.EBADF, operation, "descriptor " + fd);
    }
    return kernel.failure(operation, fd);
  }

  /** The error of the last call, whose path was that of a name in an open directory. */
  static StorageException failure(Kernel kernel, String operation, int directory, Name name) {
    StorageException failure = kernel.failure(operation, directory, name);
    if (failure.errno() == Errno.ENOENT) {
      if (!isOpen(kernel, directory)) {
        return new StorageException(Errno.EBADF, operation, kernel.describe(directory, name));
      }
      if (!hasProc(kernel, directory)) {
        return noProc(operation);
      }
    }
    return failure;
  }

  private static boolean isOpen(Kernel kernel, int fd) {
    return kernel.call(SystemCall.FCNTL, fd, Platform.F_GETFD) >= 0;
  }

  private static boolean hasProc(Kernel kernel, int fd) {
    long path = kernel.memory.descriptorPath(fd);
    int flags = Platform.O_PATH | Platform.O_CLOEXEC;
    long found = kernel.call(SystemCall.OPENAT, Platform.AT_FDCWD, path, flags, 0);
    return found >= 0 && kernel.callOnce(SystemCall.CLOSE, found, 0, 0, 0, 0, 0) == 0;
  }

  private static StorageException noProc(String operation) {
    return new StorageException(Errno.ENOSYS, operation, "by way of /proc, which is not mounted");
  }
}
