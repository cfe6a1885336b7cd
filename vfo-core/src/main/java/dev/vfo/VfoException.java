package dev.vfo;

import java.io.IOException;

/** A failure that VFO itself found, as opposed to one that the operating system reported. */
public class VfoException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what went wrong, with which file, and what to do
   */
  public VfoException(String message) {
    super(message);
  }

  /**
   * @param message what went wrong, with which file, and what to do
   * @param cause what it came from
   */
  public VfoException(String message, Throwable cause) {
    super(message, cause);
  }
}
