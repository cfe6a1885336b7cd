package dev.vfo.steps;

import dev.vfo.VfoException;

/**
 * The state of a checkpoint that the program's codec cannot read: it was written by another version
 * of the program, or not by a step loop. Nothing is changed or lost.
 */
public final class StateFormatException extends VfoException {
  private static final long serialVersionUID = 1L;

  /** With a message that says what to do. */
  public StateFormatException(String message) {
    super(message);
  }

  /** The same, with what led to it. */
  public StateFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
