package dev.vfo.storage.linux;

import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;

/** Asks what this process may do with a file. Only Linux 5.8 can answer for the effective user. */
final class Access {
  private static final String OPERATION = "access";

  private static volatile boolean isNewCallMissing;

  private Access() {}

  /** As {@code Storage.requireAccess} says. */
  static void require(int fd, int rights) throws StorageException {
    Kernel kernel = Kernel.get();
    if (!isNewCallMissing) {
      int flags = Platform.AT_EMPTY_PATH | Platform.AT_EACCESS;
      if (kernel.call(SystemCall.FACCESSAT2, fd, kernel.memory.empty, rights, flags) == 0) {
        return;
      }
      isNewCallMissing = kernel.failedWith(Errno.ENOSYS);
      // A sandbox that does not know the call may say EPERM too; if it is meant, the old way says
      // it again.
      if (!isNewCallMissing && !kernel.failedWith(Errno.EPERM)) {
        throw kernel.failure(OPERATION, fd);
      }
    }
    requireByPath(kernel, fd, rights);
  }

  /** The way of older kernels, which answer for the real user. */
  static void requireByPath(Kernel kernel, int fd, int rights) throws StorageException {
    long path = kernel.memory.descriptorPath(fd);
    if (kernel.call(SystemCall.FACCESSAT, Platform.AT_FDCWD, path, rights) < 0) {
      throw Descriptors.failure(kernel, OPERATION, fd);
    }
  }
}
