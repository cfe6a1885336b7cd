package dev.vfo.testkit.harness;

import dev.vfo.testkit.history.History;
import dev.vfo.testkit.history.SubjectFactory;

/**
 * Runs a history several times, each time with something else that goes wrong: calls that fail once
 * or from then on, syncs that drop data, transfers that are too short, a full disk ({@link
 * FaultPlan}). What a subject may do then, and what not, is in {@link FaultRun}. The same history
 * and options always do the same. For one thread; may be used again.
 */
public final class FaultHarness {
  private final SubjectFactory factory;
  private final HarnessOptions options;
  private final HomeComparison comparison = new HomeComparison();
  private final Counts counts = new Counts();

  /** A harness for one kind of subject. */
  public FaultHarness(SubjectFactory factory, HarnessOptions options) {
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
            new FaultAttempt(history, factory, options, comparison, attemptCounts, traced),
        counts);
  }
}
