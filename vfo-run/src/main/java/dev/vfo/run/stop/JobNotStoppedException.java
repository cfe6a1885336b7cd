package dev.vfo.run.stop;

import java.io.IOException;

/** The threads of a job could not be stopped in time; they go on. */
public final class JobNotStoppedException extends IOException {
  private static final long serialVersionUID = 1L;

  /** With a message that says what was waited for. */
  public JobNotStoppedException(String message) {
    super(message);
  }
}
