package dev.vfo.run.job;

import java.io.IOException;

/** A job cannot be started, or go on. */
public final class JobException extends IOException {
  private static final long serialVersionUID = 1L;

  /** With a message that says what to do. */
  public JobException(String message) {
    super(message);
  }
}
