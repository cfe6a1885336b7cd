package dev.vfo.testkit.harness;

import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.history.CheckpointModel;
import dev.vfo.testkit.history.ControlOperation;
import dev.vfo.testkit.history.FileOperation;
import dev.vfo.testkit.history.HistoryClock;
import dev.vfo.testkit.history.Operation;
import dev.vfo.testkit.history.Outcome;
import dev.vfo.testkit.history.Subject;
import dev.vfo.testkit.history.SubjectFactory;
import java.io.IOException;
import java.util.List;

/** A subject that is open, and the model of what it should do. Nothing may fail here. */
final class Lockstep {
  private final SubjectFactory factory;
  private final Storage storage;
  private final HistoryClock clock;
  private final HomeComparison comparison;
  private Subject subject;
  private CheckpointModel model;
  private Acknowledged last;

  /**
   * Opens a subject.
   *
   * @param storage what the subject gets
   * @param expected the last checkpoint that it must tell
   */
  Lockstep(
      SubjectFactory factory,
      Storage storage,
      HistoryClock clock,
      HomeComparison comparison,
      Acknowledged expected) {
    this.factory = factory;
    this.storage = storage;
    this.clock = clock;
    this.comparison = comparison;
    this.last = expected;
    this.model = CheckpointModel.openedAt(expected.decided());
    this.subject = open();
  }

  /** Goes on with a subject that was opened already, and has told {@code last}. */
  Lockstep(
      SubjectFactory factory,
      Storage storage,
      HistoryClock clock,
      HomeComparison comparison,
      Acknowledged last,
      Subject subject) {
    this.factory = factory;
    this.storage = storage;
    this.clock = clock;
    this.comparison = comparison;
    this.last = last;
    this.model = CheckpointModel.openedAt(last.decided());
    this.subject = subject;
  }

  private Subject open() {
    try {
      Subject opened = factory.open(storage, StartingPoint.ROOT, clock);
      last = Acknowledged.told(opened.lastCheckpoint(), List.of(last));
      return opened;
    } catch (IOException | RuntimeException e) {
      throw new CheckFailure("open failed", e);
    }
  }

  CheckpointModel model() {
    return model;
  }

  Acknowledged last() {
    return last;
  }

  Subject subject() {
    return subject;
  }

  /**
   * Performs an operation on both and compares. Returns false, and does nothing, when it makes no
   * sense now.
   */
  boolean perform(int index, Operation operation) {
    if (!model.allows(operation)) {
      return false;
    }
    clock.setOperation(index);
    Outcome expected = model.perform(operation);
    if (operation instanceof ControlOperation.Reopen) {
      close();
      subject = open();
      return true;
    }
    Outcome actual = outcome(operation, subject);
    if (actual instanceof Outcome.Failed(Exception cause)) {
      throw new CheckFailure("expected " + expected + " but it failed", cause);
    }
    if (actual instanceof Outcome.Committed(long number)) {
      acknowledge(number);
    } else if (!expected.accepts(actual)) {
      throw new CheckFailure(expected.differenceTo(actual));
    }
    return true;
  }

  /** Performs an operation that is no Reopen on a subject. */
  static Outcome outcome(Operation operation, Subject subject) {
    return switch (operation) {
      case FileOperation file -> Outcome.of(file, subject);
      case ControlOperation control -> Outcome.of(control, subject);
    };
  }

  private void acknowledge(long number) {
    String complaint =
        last.complaint(number, model.last(), subject.alwaysCommits(), subject.alwaysCommits());
    if (complaint != null) {
      throw new CheckFailure(complaint);
    }
    last = Acknowledged.of(number, model.last());
  }

  /** Has everything applied. */
  void awaitApplied() {
    try {
      subject.awaitApplied();
    } catch (IOException | RuntimeException e) {
      throw new CheckFailure("awaitApplied failed", e);
    }
  }

  /** Closes the subject. */
  void close() {
    try {
      subject.close();
    } catch (IOException | RuntimeException e) {
      throw new CheckFailure("close failed", e);
    }
  }

  /** Checks that what programs see is what the model says. */
  void checkView() {
    try {
      CheckFailure.unlessEmpty(
          "the tree as programs see it is wrong",
          ViewComparison.differences(subject, model.files()));
    } catch (IOException | RuntimeException e) {
      throw new CheckFailure("looking at the tree failed", e);
    }
  }

  /** Checks that the root on the disk is that of the last checkpoint. */
  void checkHome(SimulatedStorage disk, String when) {
    checkHome(comparison, disk, last, when);
  }

  /** Checks that the root on a disk, which stays as it is, is that of a checkpoint. */
  static void checkHome(
      HomeComparison comparison, SimulatedStorage disk, Acknowledged expected, String when) {
    SimulatedStorage copy = disk.fork();
    copy.trace(0);
    List<String> differences;
    try {
      int root = copy.openRoot(StartingPoint.ROOT);
      differences = comparison.differences(copy, root, expected.decided().tree());
    } catch (StorageException e) {
      throw new CheckFailure("cannot read the root " + when, e);
    }
    CheckFailure.unlessEmpty("the root " + when + " is not that of " + expected, differences);
  }
}
