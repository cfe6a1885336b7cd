package dev.vfo.cli;

import java.io.IOException;

/** The command did its work and found a problem in what it looked at. */
public final class ProblemException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message one line, without a full stop
   */
  public ProblemException(String message) {
    super(message);
  }
}
