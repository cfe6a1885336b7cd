package dev.vfo;

/**
 * A root that is not the directory which its journal was written for, while layers of it wait to be
 * applied.
 */
public final class CopiedRootException extends VfoException {
  private static final long serialVersionUID = 1L;

  /** With a message that says what to do. */
  public CopiedRootException(String message) {
    super(message);
  }

  /** The same, with what led to it. */
  public CopiedRootException(String message, Throwable cause) {
    super(message, cause);
  }
}
