package dev.vfo.checkpoint;

import dev.vfo.FailedManagerException;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether whoever has a root open may go on: until it is closed, or its journal or step fails (I6).
 */
final class Health {
  private final String name;
  private volatile @Nullable FailedManagerException failure;
  private volatile boolean closed;

  /** Of what is open, with the name that its messages have. */
  Health(String name) {
    this.name = name;
  }

  /**
   * Refuses to go on when it is closed or failed.
   *
   * @throws FailedManagerException when it is
   */
  void requireOpen() throws FailedManagerException {
    FailedManagerException cause = failure;
    if (cause != null) {
      throw new FailedManagerException(String.valueOf(cause.getMessage()), cause);
    }
    if (closed) {
      throw new FailedManagerException("the manager of " + name + " is closed");
    }
  }

  /** Whether nothing is to be done any more. */
  boolean isOver() {
    return closed || failure != null;
  }

  /** Whether it was closed. */
  boolean isClosed() {
    return closed;
  }

  /** Closes it. */
  void close() {
    closed = true;
  }

  /** Why nothing is done any more, if it failed. */
  Optional<String> failure() {
    return Optional.ofNullable(failure).map(Throwable::getMessage);
  }

  /** Takes down that the journal could not be written; returns what to throw. */
  FailedManagerException journalFailed(IOException cause) {
    return fail("the journal of " + name + " could not be written", cause);
  }

  /**
   * Takes down that a step has lost something that it had put aside on the disk, so that it can
   * never be committed; returns what to throw.
   */
  FailedManagerException stepDamaged(IOException cause) {
    return fail(name + ": what a step had put aside on the disk is damaged", cause);
  }

  private FailedManagerException fail(String what, IOException cause) {
    FailedManagerException failed =
        new FailedManagerException(
            what
                + " ("
                + cause.getMessage()
                + "); what was acknowledged is safe: close, and open again to recover",
            cause);
    failure = failed;
    return failed;
  }
}
