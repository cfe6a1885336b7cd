package dev.vfo.testkit.harness;

import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.history.CheckpointModel;
import dev.vfo.testkit.history.ControlOperation;
import dev.vfo.testkit.history.FileOperation;
import dev.vfo.testkit.history.History;
import dev.vfo.testkit.history.Operation;
import dev.vfo.testkit.history.Outcome;
import dev.vfo.testkit.history.Payload;
import dev.vfo.testkit.history.ShortWriteException;
import dev.vfo.testkit.history.Subject;
import dev.vfo.testkit.history.SubjectFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A history in which something goes wrong. The rules:
 *
 * <ul>
 *   <li>An operation may fail, with an exception that is no RuntimeException; then it has had no
 *       effect, but for the beginning of a write ({@link ShortWriteException}). One that succeeds
 *       must answer what the model does: no wrong data is ever read.
 *   <li>A checkpoint that fails may have happened, as long as no later one was acknowledged and no
 *       rollback succeeded.
 *   <li>A subject may give up for good ({@link Subject#hasFailed}), but not because the disk is
 *       full (I6).
 *   <li>When all works again, a subject that has not given up has lost nothing: its files are as
 *       the model says, a checkpoint succeeds, and is applied.
 *   <li>What was committed on a full disk can be applied on it: the space is reserved.
 *   <li>After it was closed, killed or lost its power it opens at the last acknowledged checkpoint
 *       or at one that failed, as above.
 * </ul>
 */
final class FaultRun {
  private final History history;
  private final StartingPoint start;
  private final SubjectFactory factory;
  private final FaultPlan plan;
  private final RecoveryCheck recovery;
  private final HomeComparison comparison;
  private final Counts counts;
  private final SplittableRandom random;
  private final boolean checkReserve;
  private final SimulatedStorage storage;
  private final List<String> steps = new ArrayList<>();

  /** Checkpoints that failed, and may have happened. */
  private final List<Acknowledged> unanswered = new ArrayList<>();

  private CheckpointModel model;
  private Acknowledged last;
  private @Nullable Subject subject;

  FaultRun(
      History history,
      StartingPoint start,
      SubjectFactory factory,
      FaultPlan plan,
      HarnessOptions options,
      HomeComparison comparison,
      Counts counts,
      SplittableRandom random) {
    this.history = history;
    this.start = start;
    this.factory = factory;
    this.plan = plan;
    this.checkReserve = options.checkReserve();
    this.recovery = new RecoveryCheck(factory, options, start.clock(), comparison, counts);
    this.comparison = comparison;
    this.counts = counts;
    this.random = random;
    this.storage = start.storage();
    this.last = start.nothing();
    this.model = CheckpointModel.openedAt(last.decided());
  }

  void run(boolean traced) {
    counts.one(Counts.What.FAULT_RUNS);
    storage.trace(traced ? Attempt.TRACE_LINES : 0);
    start.clock().setOperation(-1);
    plan.begin(storage, -1);
    subject = open();
    List<Operation> operations = history.operations();
    for (int i = 0; i < operations.size(); i++) {
      plan.begin(storage, i);
      start.clock().setOperation(i);
      if (subject == null || !step(subject, i, distinct(operations.get(i), i))) {
        break;
      }
    }
    plan.end(storage);
    start.clock().setOperation(operations.size());
    if (subject != null) {
      checkFailure(subject);
      afterwards(subject);
    }
    leave();
  }

  /** Opens; null when it is refused. */
  private @Nullable Subject open() {
    try {
      Subject opened = factory.open(storage, StartingPoint.ROOT, start.clock());
      last = Acknowledged.told(opened.lastCheckpoint(), candidates());
      unanswered.clear();
      model = CheckpointModel.openedAt(last.decided());
      return opened;
    } catch (IOException e) {
      steps.add("open: " + e);
      refused(new Outcome.Failed(e));
      return null;
    }
  }

  private List<Acknowledged> candidates() {
    List<Acknowledged> candidates = new ArrayList<>(unanswered);
    candidates.add(last);
    return candidates;
  }

  /** The same, but a state that tells the checkpoint from those that failed before. */
  private Operation distinct(Operation operation, int index) {
    if (unanswered.isEmpty()) {
      return operation;
    }
    Payload state = new Payload(8, 1_000_000 + index);
    return switch (operation) {
      case ControlOperation.Checkpoint checkpoint -> new ControlOperation.Checkpoint(state);
      case ControlOperation.Commit commit -> new ControlOperation.Commit(commit.slot(), state);
      default -> operation;
    };
  }

  /** Performs an operation; returns whether the history can go on. */
  private boolean step(Subject open, int index, Operation operation) {
    if (!model.allows(operation)) {
      return true;
    }
    if (operation instanceof ControlOperation.Reopen) {
      subject = close(open) ? open() : null;
      return subject != null;
    }
    CheckpointModel before = model.copy();
    Outcome expected = model.perform(operation);
    Outcome actual = Lockstep.outcome(operation, open);
    if (actual instanceof Outcome.Committed(long number)) {
      acknowledge(number, open);
    } else if (actual.isError() && !expected.equals(actual)) {
      steps.add(index + ": " + operation + ": " + actual);
      refused(actual);
      return goOnAfter(operation, actual, before, open);
    } else if (!expected.accepts(actual)) {
      throw new CheckFailure(index + ": " + expected.differenceTo(actual));
    } else if (operation instanceof ControlOperation.Rollback) {
      unanswered.clear();
    }
    return true;
  }

  private void acknowledge(long number, Subject open) {
    String complaint = last.complaint(number, model.last(), true, open.alwaysCommits());
    if (complaint != null) {
      throw new CheckFailure(complaint);
    }
    last = Acknowledged.of(number, model.last());
    unanswered.clear();
  }

  /** An operation has failed: may it? */
  private void refused(Outcome actual) {
    counts.one(Counts.What.REFUSED_OPERATIONS);
    if (actual instanceof Outcome.Failed(Exception cause) && cause instanceof RuntimeException) {
      throw new CheckFailure("an operation failed", cause);
    }
    if (!plan.mayFail()) {
      throw new CheckFailure("an operation failed, only because transfers are short: " + actual);
    }
  }

  /** The model without an operation that failed; returns whether the history can go on. */
  private boolean goOnAfter(
      Operation operation, Outcome actual, CheckpointModel before, Subject open) {
    Operation beginning = beginning(operation, actual);
    if (beginning != null) {
      model = before;
      Outcome _ = model.perform(beginning);
      return !open.hasFailed();
    }
    switch (operation) {
      case FileOperation.Close close -> {
        // The handle is gone even so.
      }
      case ControlOperation control when control.commits() -> {
        counts.one(Counts.What.REFUSED_CHECKPOINTS);
        unanswered.add(last.followedBy(model.last()));
        model = before;
      }
      case ControlOperation.AwaitApplied await when plan.isReserveEnough() && checkReserve ->
          throw new CheckFailure("what was committed cannot be applied on a full disk");
      default -> model = before;
    }
    return !open.hasFailed() && !(operation instanceof ControlOperation.Rollback);
  }

  /** What a write that failed has done all the same, or null. */
  private static @Nullable Operation beginning(Operation operation, Outcome actual) {
    if (!(actual instanceof Outcome.Failed(Exception cause)
        && cause instanceof ShortWriteException e)) {
      return null;
    }
    return switch (operation) {
      case FileOperation.WriteAt(int handle, long offset, Payload data) ->
          new FileOperation.WriteAt(handle, offset, new Payload(e.lengthBytes(), data.fill()));
      case FileOperation.WriteBack(int handle, long offset, Payload data) ->
          new FileOperation.WriteBack(handle, offset, new Payload(e.lengthBytes(), data.fill()));
      case FileOperation.WriteNext(int handle, Payload data) ->
          new FileOperation.WriteNext(handle, new Payload(e.lengthBytes(), data.fill()));
      default -> null;
    };
  }

  private void checkFailure(Subject open) {
    if (open.hasFailed()) {
      counts.one(Counts.What.FAIL_STOPS);
      if (plan.isFullDisk() || !plan.mayFail()) {
        throw new CheckFailure("it gave up, though there was no damage");
      }
    }
  }

  /** All works again: a subject that has not given up is as good as new. */
  private void afterwards(Subject open) {
    if (open.hasFailed()) {
      return;
    }
    checkView(open);
    if (random.nextBoolean() && !open.hasFailed()) {
      checkpoint(open);
    }
    if (random.nextBoolean() && !open.hasFailed()) {
      awaitApplied(open);
    }
    checkFailure(open);
  }

  /** Applies; the first try may still tell of what was wrong before. */
  private void awaitApplied(Subject open) {
    ControlOperation operation = new ControlOperation.AwaitApplied();
    Outcome first = Outcome.of(operation, open);
    Outcome outcome = first.isError() && !open.hasFailed() ? Outcome.of(operation, open) : first;
    steps.add("then applied: " + first + ", " + outcome);
    if (!outcome.isError()) {
      Lockstep.checkHome(comparison, storage, last, "after the fault");
    } else if (!open.hasFailed()) {
      throw new CheckFailure("cannot be applied though all works again: " + outcome);
    }
  }

  private void checkView(Subject open) {
    try {
      CheckFailure.unlessEmpty(
          "the tree as programs see it is wrong after the fault",
          ViewComparison.differences(open, model.files()));
    } catch (IOException e) {
      // It may find only now that it has lost something, and give up.
      if (!open.hasFailed()) {
        throw new CheckFailure("looking at the tree failed though all works again", e);
      }
    }
  }

  /** Makes a checkpoint; the first try may still tell of what was wrong before. */
  private void checkpoint(Subject open) {
    if (!isCheckpointMade(open, 1) && !open.hasFailed() && !isCheckpointMade(open, 2)) {
      if (!open.hasFailed()) {
        throw new CheckFailure("no checkpoint though all works again: " + steps.getLast());
      }
    }
  }

  private boolean isCheckpointMade(Subject open, int attempt) {
    CheckpointModel before = model.copy();
    Payload state = new Payload(7, attempt);
    Outcome outcome = perform(new ControlOperation.Checkpoint(state), open);
    if (outcome instanceof Outcome.Committed(long number)) {
      acknowledge(number, open);
      return true;
    }
    refused(outcome);
    unanswered.add(last.followedBy(model.last()));
    model = before;
    return false;
  }

  private Outcome perform(Operation operation, Subject open) {
    Outcome _ = model.perform(operation);
    Outcome outcome = Lockstep.outcome(operation, open);
    steps.add("then " + operation + ": " + outcome);
    return outcome;
  }

  /** The end of the process, and what is found then. */
  private void leave() {
    List<Acknowledged> candidates = candidates();
    if (subject != null && random.nextInt(3) == 0 && close(subject)) {
      if (storage.openDescriptors() != 0) {
        throw new CheckFailure("descriptors left open", storage.describeDescriptors());
      }
      recovery.runAfterClose(storage, candidates, random);
      return;
    }
    recovery.run(storage, candidates, random);
  }

  /** Closes; returns whether that succeeded. */
  private boolean close(Subject open) {
    try {
      open.close();
      return true;
    } catch (IOException e) {
      steps.add("close: " + e);
      if (!open.hasFailed()) {
        refused(new Outcome.Failed(e));
      }
      return false;
    } finally {
      subject = null;
    }
  }

  /** What went wrong, where. */
  String details() {
    StringBuilder text = new StringBuilder("fault: " + plan + "\n");
    Attempt.lines(text, "what failed", steps);
    Attempt.lines(text, "calls", storage.traceLines());
    Attempt.lines(text, "since it ended", recovery.steps());
    Attempt.lines(text, "calls since it ended", recovery.trace());
    return text.toString();
  }
}
