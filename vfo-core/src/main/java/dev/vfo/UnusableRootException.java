package dev.vfo;

/**
 * A directory that cannot be managed: it is missing, read-only, inside of another root, or on a
 * file system that cannot serve.
 */
public final class UnusableRootException extends VfoException {
  private static final long serialVersionUID = 1L;

  /** With a message that says what to do. */
  public UnusableRootException(String message) {
    super(message);
  }

  /** The same, with what led to it. */
  public UnusableRootException(String message, Throwable cause) {
    super(message, cause);
  }
}
