package dev.vfo.journal;

import org.jspecify.annotations.Nullable;

/** Remembers the first failure, after which nothing may be written any more (I6). Thread safe. */
final class FailStop {
  private volatile @Nullable Throwable cause;

  /** Throws when there was a failure. */
  void check() throws JournalFailedException {
    Throwable failed = cause;
    if (failed != null) {
      throw new JournalFailedException(failed);
    }
  }

  /** There is one now; only the first counts. */
  synchronized void fail(Throwable failure) {
    if (cause == null) {
      cause = failure;
    }
  }
}
