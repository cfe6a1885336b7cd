package dev.vfo.testkit.harness;

import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.history.ControlOperation;
import dev.vfo.testkit.history.History;
import dev.vfo.testkit.history.Operation;
import dev.vfo.testkit.history.SubjectFactory;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A history without crash and fault: every answer is compared with the model, the root with the
 * last checkpoint (I1, I8). Tells which checkpoint was the last one at each operation.
 */
final class Rehearsal {
  private final History history;
  private final Counts counts;
  private final SimulatedStorage storage;
  private final CrashTap tap;
  private final StartingPoint start;
  private final HomeComparison comparison;
  private final boolean checkIsolation;

  /** The last checkpoint before each operation, and at the end. */
  private final List<Acknowledged> timeline = new ArrayList<>();

  private final BitSet performed = new BitSet();

  /** Whether the root on the disk must be that of the last checkpoint. */
  private boolean isApplied = true;

  private int running = -1;

  Rehearsal(
      History history,
      StartingPoint start,
      HomeComparison comparison,
      HarnessOptions options,
      Counts counts,
      boolean traced) {
    this.history = history;
    this.start = start;
    this.comparison = comparison;
    this.counts = counts;
    this.storage = start.storage();
    storage.trace(traced ? Attempt.TRACE_LINES : 0);
    this.tap = new CrashTap(storage, new TreeSet<>());
    this.checkIsolation = options.checkIsolation();
  }

  /** Runs it. */
  void run(SubjectFactory factory) {
    start.clock().setOperation(-1);
    Lockstep lockstep = new Lockstep(factory, tap, start.clock(), comparison, start.nothing());
    List<Operation> operations = history.operations();
    for (running = 0; running < operations.size(); running++) {
      timeline.add(lockstep.last());
      step(lockstep, operations.get(running));
    }
    timeline.add(lockstep.last());
    lockstep.checkView();
    lockstep.awaitApplied();
    lockstep.checkHome(storage, "at the end");
    lockstep.close();
    checkClosed(lockstep);
    reopen(factory, lockstep.last());
    counts.one(Counts.What.HISTORIES);
  }

  private void step(Lockstep lockstep, Operation operation) {
    if (!lockstep.perform(running, operation)) {
      return;
    }
    performed.set(running);
    counts.one(Counts.What.OPERATIONS);
    if (operation instanceof ControlOperation control) {
      isApplied &= !control.commits();
      isApplied |= control instanceof ControlOperation.AwaitApplied;
    }
    if (isApplied && checkIsolation) {
      lockstep.checkHome(storage, "after operation " + running);
    }
  }

  private void checkClosed(Lockstep lockstep) {
    if (storage.openDescriptors() != 0) {
      throw new CheckFailure("descriptors left open", storage.describeDescriptors());
    }
    lockstep.checkHome(storage, "after it was closed");
  }

  /**
   * What was decided is still there after it was closed; the power may even fail, as closing has
   * applied all.
   */
  private void reopen(SubjectFactory factory, Acknowledged last) {
    Lockstep again = new Lockstep(factory, storage, start.clock(), comparison, last);
    again.checkView();
    again.close();
    checkClosed(again);
  }

  /** Number of calls that changed the disk, from opening to closing. */
  long changes() {
    return tap.calls();
  }

  /** The storage; to be asked for its counts. */
  SimulatedStorage storage() {
    return storage;
  }

  /** Whether an operation made sense when its turn came. */
  boolean performed(int index) {
    return performed.get(index);
  }

  /** The index of the operation that was running last. */
  int running() {
    return running;
  }

  /** Where the storage was when something went wrong. */
  List<String> trace() {
    return storage.traceLines();
  }

  /**
   * The checkpoints that a crash in an operation may lead to; the index as in {@link
   * CrashTap.CrashPoint}.
   */
  List<Acknowledged> candidates(int operation) {
    int index = Math.max(0, operation);
    Acknowledged before = timeline.get(index);
    Acknowledged after = timeline.get(Math.min(index + 1, timeline.size() - 1));
    boolean commits =
        operation >= 0
            && operation < history.operations().size()
            && history.operations().get(operation) instanceof ControlOperation control
            && control.commits();
    return Stream.of(before, after).limit(commits ? 2 : 1).toList();
  }
}
