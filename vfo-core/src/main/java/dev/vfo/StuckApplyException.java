package dev.vfo;

/**
 * A committed layer cannot be written to the root. It is safe in the journal and tried again; the
 * message names the file and the error.
 */
public final class StuckApplyException extends VfoException {
  private static final long serialVersionUID = 1L;

  /** With a message that says what to do. */
  public StuckApplyException(String message) {
    super(message);
  }

  /** The same, with what led to it. */
  public StuckApplyException(String message, Throwable cause) {
    super(message, cause);
  }
}
