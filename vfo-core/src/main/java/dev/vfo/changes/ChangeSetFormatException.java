package dev.vfo.changes;

/** Bytes that are no encoded change set. */
public final class ChangeSetFormatException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final long offset;

  ChangeSetFormatException(long offset, String reason) {
    super("change set, offset " + offset + ": " + reason);
    this.offset = offset;
  }

  ChangeSetFormatException(long offset, Exception cause) {
    super("change set, offset " + offset + ": " + cause.getMessage(), cause);
    this.offset = offset;
  }

  /** Where the part begins that is wrong, bytes from the start of the encoding. */
  public long offset() {
    return offset;
  }
}
