package dev.vfo.testkit.history;

import java.io.IOException;

/** A write that failed behind its beginning: so many bytes of it were taken, as POSIX allows. */
public final class ShortWriteException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int lengthBytes;

  /**
   * @param lengthBytes how many were taken, more than none
   */
  public ShortWriteException(int lengthBytes, IOException cause) {
    super("only " + lengthBytes + " bytes: " + cause.getMessage(), cause);
    this.lengthBytes = lengthBytes;
  }

  /** How many bytes were taken. */
  public int lengthBytes() {
    return lengthBytes;
  }
}
