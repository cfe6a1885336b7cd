package dev.vfo;

/**
 * There is no room for the checkpoint. Nothing is lost: the step stays as it was, and the
 * checkpoint succeeds when there is room.
 */
public final class NoSpaceException extends VfoException {
  private static final long serialVersionUID = 1L;

  /** With a message that says what to do. */
  public NoSpaceException(String message) {
    super(message);
  }

  /** The same, with what led to it. */
  public NoSpaceException(String message, Throwable cause) {
    super(message, cause);
  }
}
