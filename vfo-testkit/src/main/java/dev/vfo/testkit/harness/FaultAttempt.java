package dev.vfo.testkit.harness;

import dev.vfo.storage.StorageException;
import dev.vfo.testkit.history.History;
import dev.vfo.testkit.history.Operation;
import dev.vfo.testkit.history.SubjectFactory;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A history with faults, once for each plan; see {@link FaultHarness}. */
final class FaultAttempt implements Attempt {
  /** Other choices than those of the crashes. */
  private static final long SALT = 0x5DEECE66DL;

  private final History history;
  private final SubjectFactory factory;
  private final HarnessOptions options;
  private final HomeComparison comparison;
  private final Counts counts;
  private final boolean traced;
  private @Nullable FaultRun last;

  FaultAttempt(
      History history,
      SubjectFactory factory,
      HarnessOptions options,
      HomeComparison comparison,
      Counts counts,
      boolean traced) {
    this.history = history;
    this.factory = factory;
    this.options = options;
    this.comparison = comparison;
    this.counts = counts;
    this.traced = traced;
  }

  @Override
  public void run() throws StorageException {
    SplittableRandom random = new SplittableRandom(history.seed() ^ SALT);
    StartingPoint start = new StartingPoint(history, options.simulation());
    Rehearsal rehearsal = new Rehearsal(history, start, comparison, options, new Counts(), traced);
    rehearsal.run(factory);
    for (int i = 0; i < options.faultRuns(); i++) {
      FaultPlan plan = FaultPlan.draw(random, rehearsal.storage(), history.operations().size());
      FaultRun run =
          new FaultRun(history, start, factory, plan, options, comparison, counts, random.split());
      last = run;
      run.run(traced);
    }
  }

  @Override
  public Stage stage() {
    return last == null ? Stage.REHEARSAL : Stage.FAULT;
  }

  @Override
  public List<Operation> followUp() {
    return List.of();
  }

  @Override
  public String details() {
    return last == null ? "without a fault" : last.details();
  }
}
