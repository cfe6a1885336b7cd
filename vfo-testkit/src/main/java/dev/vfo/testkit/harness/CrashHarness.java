package dev.vfo.testkit.harness;

import dev.vfo.testkit.history.History;
import dev.vfo.testkit.history.SubjectFactory;

/**
 * Runs a history once and compares every answer with the model ({@link Rehearsal}), then ends its
 * process at every call that changes the disk, lets the power fail, recovers, crashes again while
 * it recovers, and checks what is found ({@link RecoveryCheck}). The same history and options
 * always do the same. For one thread; may be used again.
 */
public final class CrashHarness {
  private final SubjectFactory factory;
  private final HarnessOptions options;
  private final HomeComparison comparison = new HomeComparison();
  private final Counts counts = new Counts();

  /** A harness for one kind of subject. */
  public CrashHarness(SubjectFactory factory, HarnessOptions options) {
    this.factory = factory;
    this.options = options;
  }

  /** What it has done so far. */
  public Counts counts() {
    return counts;
  }

  /**
   * Tries a history.
   *
   * @throws HistoryFailure when the subject did something wrong
   */
  public void run(History history) {
    Attempt.run(
        history,
        (traced, attemptCounts) ->
            new CrashAttempt(history, factory, options, comparison, attemptCounts, traced),
        counts);
  }
}
