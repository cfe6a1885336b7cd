package dev.vfo;

/** A handle that was opened in a step which was rolled back. */
public final class StaleHandleException extends VfoException {
  private static final long serialVersionUID = 1L;

  /** With a message that says what to do. */
  public StaleHandleException(String message) {
    super(message);
  }

  /** The same, with what led to it. */
  public StaleHandleException(String message, Throwable cause) {
    super(message, cause);
  }
}
