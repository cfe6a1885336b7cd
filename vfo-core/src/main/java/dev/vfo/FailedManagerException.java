package dev.vfo;

/**
 * The manager cannot go on: the journal could not be written, or it is closed. What was
 * acknowledged is safe; open the root again.
 */
public final class FailedManagerException extends VfoException {
  private static final long serialVersionUID = 1L;

  /** With a message that says what to do. */
  public FailedManagerException(String message) {
    super(message);
  }

  /** The same, with what led to it. */
  public FailedManagerException(String message, Throwable cause) {
    super(message, cause);
  }
}
