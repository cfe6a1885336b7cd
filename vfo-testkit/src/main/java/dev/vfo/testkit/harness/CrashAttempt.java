package dev.vfo.testkit.harness;

import dev.vfo.storage.StorageException;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.harness.CrashTap.CrashPoint;
import dev.vfo.testkit.history.ControlOperation;
import dev.vfo.testkit.history.History;
import dev.vfo.testkit.history.Operation;
import dev.vfo.testkit.history.Subject;
import dev.vfo.testkit.history.SubjectFactory;
import java.io.IOException;
import java.util.List;
import java.util.NavigableSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A history with crashes, once; see {@link CrashHarness}. */
final class CrashAttempt implements Attempt {
  private final History history;
  private final SubjectFactory factory;
  private final HarnessOptions options;
  private final HomeComparison comparison;
  private final Counts counts;
  private final boolean traced;
  private final SplittableRandom random;
  private @Nullable Rehearsal rehearsal;
  private @Nullable RecoveryCheck recovery;
  private @Nullable CrashPoint point;

  CrashAttempt(
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
    this.random = new SplittableRandom(history.seed());
  }

  @Override
  public void run() throws StorageException {
    StartingPoint start = new StartingPoint(history, options.simulation());
    Rehearsal whole = new Rehearsal(history, start, comparison, options, counts, traced);
    rehearsal = whole;
    whole.run(factory);
    if (options.crashPoints() == 0) {
      return;
    }
    RecoveryCheck check = new RecoveryCheck(factory, options, start.clock(), comparison, counts);
    recovery = check;
    for (CrashPoint next : crashes(start, whole)) {
      point = next;
      counts.one(Counts.What.CRASH_POINTS);
      for (int i = 0; i < options.crashesPerPoint(); i++) {
        start.clock().setOperation(history.operations().size() + 1);
        check.run(next.storage(), whole.candidates(next.operation()), random.split());
      }
    }
  }

  /** Runs the history again, and keeps what its storage is like at chosen calls. */
  private List<CrashPoint> crashes(StartingPoint start, Rehearsal whole) {
    SimulatedStorage storage = start.storage();
    storage.trace(traced ? TRACE_LINES : 0);
    CrashTap tap = new CrashTap(storage, chosen(whole.changes()));
    List<Operation> operations = history.operations();
    try {
      start.clock().setOperation(-1);
      Subject subject = factory.open(tap, StartingPoint.ROOT, start.clock());
      for (int i = 0; i < operations.size(); i++) {
        if (whole.performed(i)) {
          tap.setOperation(i);
          start.clock().setOperation(i);
          subject = perform(operations.get(i), subject, tap, start);
        }
      }
      tap.setOperation(operations.size());
      subject.awaitApplied();
      subject.close();
    } catch (IOException e) {
      throw new CheckFailure("failed when the same was done again", e);
    }
    return tap.points();
  }

  private Subject perform(Operation operation, Subject subject, CrashTap tap, StartingPoint start)
      throws IOException {
    if (operation instanceof ControlOperation.Reopen) {
      subject.close();
      return factory.open(tap, StartingPoint.ROOT, start.clock());
    }
    Lockstep.outcome(operation, subject);
    return subject;
  }

  /** All calls, or as many as the options allow. */
  private NavigableSet<Long> chosen(long calls) {
    NavigableSet<Long> chosen = new TreeSet<>();
    if (calls <= options.crashPoints()) {
      for (long call = 1; call <= calls; call++) {
        chosen.add(call);
      }
    } else {
      while (chosen.size() < options.crashPoints()) {
        chosen.add(random.nextLong(1, calls + 1));
      }
    }
    return chosen;
  }

  @Override
  public Stage stage() {
    if (point == null) {
      return Stage.REHEARSAL;
    }
    return followUp().isEmpty() ? Stage.CRASH : Stage.CONTINUATION;
  }

  @Override
  public List<Operation> followUp() {
    return recovery == null ? List.of() : recovery.followUp();
  }

  @Override
  public String details() {
    StringBuilder text = new StringBuilder();
    CrashPoint last = point;
    RecoveryCheck check = recovery;
    if (last != null && check != null) {
      text.append(
          "process ended at change %d, in operation %d\n".formatted(last.call(), last.operation()));
      Attempt.lines(text, "calls before it", last.trace());
      Attempt.lines(text, "since then", check.steps());
      Attempt.lines(text, "calls since then", check.trace());
    } else if (rehearsal != null) {
      text.append("without a crash, at operation %d\n".formatted(rehearsal.running()));
      Attempt.lines(text, "calls before it", rehearsal.trace());
    }
    return text.toString();
  }
}
