package dev.vfo;

/**
 * Something cannot be done while prepared checkpoints wait for a decision: {@link
 * VirtualFileManager#undecided} lists them, and {@link VirtualFileManager#commit(String)} or {@link
 * VirtualFileManager#abort} decides them; {@code vfo undecided} does it from outside.
 */
public final class UndecidedException extends VfoException {
  private static final long serialVersionUID = 1L;

  /** With a message that says what to do. */
  public UndecidedException(String message) {
    super(message);
  }
}
