package dev.vfo.storage;

/**
 * Linux error numbers that VFO meets or answers with; any other is {@link #OTHER} with its number
 * in the exception.
 */
public enum Errno {
  EPERM(1, "operation not permitted"),
  ENOENT(2, "no such file or directory"),
  EIO(5, "input/output error"),
  ENXIO(6, "no such device or address"),
  E2BIG(7, "too large"),
  EBADF(9, "bad file descriptor"),
  EAGAIN(11, "temporarily unavailable"),
  ENOMEM(12, "out of memory"),
  EACCES(13, "permission denied"),
  EBUSY(16, "device or resource busy"),
  EEXIST(17, "file exists"),
  EXDEV(18, "on another file system"),
  ENODEV(19, "no such device"),
  ENOTDIR(20, "not a directory"),
  EISDIR(21, "is a directory"),
  EINVAL(22, "invalid argument"),
  ENFILE(23, "too many open files in the system"),
  EMFILE(24, "too many open files"),
  ENOTTY(25, "operation not supported by the file"),
  ETXTBSY(26, "the file is a running program"),
  EFBIG(27, "file too large"),
  ENOSPC(28, "no space left"),
  EROFS(30, "read-only file system"),
  EMLINK(31, "too many links"),
  ERANGE(34, "result too large"),
  ENAMETOOLONG(36, "name too long"),
  ENOSYS(38, "not implemented by the kernel"),
  ENOTEMPTY(39, "directory not empty"),
  ELOOP(40, "too many symbolic links"),
  ENODATA(61, "no such attribute"),
  EOVERFLOW(75, "value too large"),
  EOPNOTSUPP(95, "not supported by the file system"),
  ESTALE(116, "stale file entry"),
  EDQUOT(122, "disk quota exceeded"),
  OTHER(-1, "error");

  private final int number;
  private final String text;

  Errno(int number, String text) {
    this.number = number;
    this.text = text;
  }

  /** The number that Linux gives it, or -1 for {@link #OTHER}. */
  public int number() {
    return number;
  }

  /** What it means, in lower case, without a full stop. */
  public String text() {
    return text;
  }

  /** The constant of a number, or {@link #OTHER}. */
  public static Errno of(int number) {
    for (Errno errno : values()) {
      if (errno.number == number) {
        return errno;
      }
    }
    return OTHER;
  }
}
