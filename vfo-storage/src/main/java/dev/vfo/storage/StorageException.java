package dev.vfo.storage;

import java.io.IOException;

/** A file operation that the operating system, or VFO in its place, refused. */
public final class StorageException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Errno errno;

  /**
   * @param operation what was tried, such as {@code "open"}
   * @param subject the name or other thing that it was tried on
   */
  public StorageException(Errno errno, String operation, String subject) {
    super(operation + " " + subject + ": " + errno.text() + " (" + errno + ")");
    this.errno = errno;
  }

  /** The same for a number that may be unknown to {@link Errno}. */
  public StorageException(int number, String operation, String subject) {
    super(describe(number, operation, subject));
    this.errno = Errno.of(number);
  }

  /**
   * The same failure, told by who knows more.
   *
   * @param during what was going on, such as {@code "apply layer 3"}
   */
  public StorageException(String during, StorageException cause) {
    super(during + ": " + cause.getMessage(), cause);
    this.errno = cause.errno;
  }

  private static String describe(int number, String operation, String subject) {
    Errno known = Errno.of(number);
    String reason = known == Errno.OTHER ? "error " + number : known.text() + " (" + known + ")";
    return operation + " " + subject + ": " + reason;
  }

  /** Why it was refused. */
  public Errno errno() {
    return errno;
  }

  /** Whether the reason is that the disk or a quota is full. */
  public boolean isNoSpace() {
    return errno == Errno.ENOSPC || errno == Errno.EDQUOT;
  }
}
