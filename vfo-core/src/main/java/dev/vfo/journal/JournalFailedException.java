package dev.vfo.journal;

import dev.vfo.VfoException;

/**
 * Says that a write or sync of the journal has failed before: nothing more is written until it is
 * opened again (I6).
 */
public final class JournalFailedException extends VfoException {
  private static final long serialVersionUID = 1L;

  JournalFailedException(Throwable cause) {
    super(
        "The journal has failed and takes no more checkpoints; open the root again to recover. It"
            + " was: "
            + cause.getMessage(),
        cause);
  }
}
