package dev.vfo.cli;

import java.io.IOException;

/** What stands on the command line makes no sense here; nothing was done. */
public final class UsageException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message one line, without a full stop
   */
  public UsageException(String message) {
    super(message);
  }
}
