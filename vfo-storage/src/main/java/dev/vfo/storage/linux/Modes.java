package dev.vfo.storage.linux;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;

/**
 * Sets permission bits of a name without following a symbolic link, which only Linux 6.6 can do in
 * one call.
 */
final class Modes {
  private static volatile boolean isNewCallMissing;

  private Modes() {}

  /** As {@code Storage.changeMode} says. */
  static void set(String operation, int directory, Name name, int mode) throws StorageException {
    Kernel kernel = Kernel.get();
    int bits = mode & 07777;
    if (!isNewCallMissing) {
      long address = kernel.memory.name(name);
      int flags = Platform.AT_SYMLINK_NOFOLLOW;
      if (kernel.call(SystemCall.FCHMODAT2, directory, address, bits, flags) == 0) {
        return;
      }
      isNewCallMissing = kernel.failedWith(Errno.ENOSYS);
      // A sandbox that does not know the call may say EPERM too; if it is meant, the old way says
      // it again.
      if (!isNewCallMissing && !kernel.failedWith(Errno.EPERM)) {
        throw kernel.failure(operation, directory, name);
      }
    }
    setByDescriptor(kernel, operation, directory, name, bits);
  }

  /** The way of older kernels. */
  static void setByDescriptor(Kernel kernel, String operation, int directory, Name name, int bits)
      throws StorageException {
    int fd = Opening.place(kernel, operation, directory, name);
    try {
      if (Stats.type(kernel, fd) == FileType.SYMLINK) {
        String subject = kernel.describe(directory, name);
        throw new StorageException(Errno.EOPNOTSUPP, operation, subject);
      }
      long path = kernel.memory.descriptorPath(fd);
      if (kernel.call(SystemCall.FCHMODAT, Platform.AT_FDCWD, path, bits) < 0) {
        throw Descriptors.failure(kernel, operation, fd);
      }
    } finally {
      Opening.close(fd);
    }
  }
}
