package dev.vfo.storage.linux;

import dev.vfo.storage.Errno;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;

/** Turns the flags of {@link OpenFlag} into those of open(2). */
final class OpenFlags {
  private static final int ACCESS = OpenFlag.READ | OpenFlag.WRITE;
  private static final int ALL =
      ACCESS
          | OpenFlag.CREATE
          | OpenFlag.EXCLUSIVE
          | OpenFlag.TRUNCATE
          | OpenFlag.DIRECTORY
          | OpenFlag.DIRECT
          | OpenFlag.DATA_SYNC
          | OpenFlag.PATH;

  private OpenFlags() {}

  static boolean has(int flags, int flag) {
    return (flags & flag) != 0;
  }

  /**
   * The flags for the kernel, without CREATE and EXCLUSIVE. With O_NONBLOCK, so that a FIFO does
   * not make the caller wait for somebody at its other end; files and directories do not know it.
   *
   * @throws StorageException EINVAL when the flags do not go together
   */
  static int translate(int flags, String operation, Object subject) throws StorageException {
    if (!isSensible(flags)) {
      throw new StorageException(
          Errno.EINVAL, operation, subject + " with flags 0x" + Integer.toHexString(flags));
    }
    int result = Platform.O_CLOEXEC;
    result |= has(flags, OpenFlag.DIRECTORY) ? Platform.O_DIRECTORY : 0;
    if (has(flags, OpenFlag.PATH)) {
      return result | Platform.O_PATH;
    }
    result |= Platform.O_NONBLOCK | Platform.O_NOCTTY | access(flags);
    result |= has(flags, OpenFlag.TRUNCATE) ? Platform.O_TRUNC : 0;
    result |= has(flags, OpenFlag.DIRECT) ? Platform.O_DIRECT : 0;
    result |= has(flags, OpenFlag.DATA_SYNC) ? Platform.O_DSYNC : 0;
    return result;
  }

  private static int access(int flags) {
    return switch (flags & ACCESS) {
      case OpenFlag.READ -> Platform.O_RDONLY;
      case OpenFlag.WRITE -> Platform.O_WRONLY;
      default -> Platform.O_RDWR;
    };
  }

  private static boolean isSensible(int flags) {
    if ((flags & ~ALL) != 0) {
      return false;
    }
    if (has(flags, OpenFlag.PATH)) {
      return (flags & ~(OpenFlag.PATH | OpenFlag.DIRECTORY)) == 0;
    }
    return has(flags, ACCESS)
        && (has(flags, OpenFlag.WRITE) || !has(flags, OpenFlag.TRUNCATE))
        && (has(flags, OpenFlag.CREATE) || !has(flags, OpenFlag.EXCLUSIVE))
        && !(has(flags, OpenFlag.CREATE) && has(flags, OpenFlag.DIRECTORY));
  }
}
