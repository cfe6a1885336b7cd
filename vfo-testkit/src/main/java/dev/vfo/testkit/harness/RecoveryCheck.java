package dev.vfo.testkit.harness;

import dev.vfo.storage.Errno;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.SimulatedCrash;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.history.ControlOperation;
import dev.vfo.testkit.history.HistoryClock;
import dev.vfo.testkit.history.HistoryGenerator;
import dev.vfo.testkit.history.Move;
import dev.vfo.testkit.history.Operation;
import dev.vfo.testkit.history.Payload;
import dev.vfo.testkit.history.Profile;
import dev.vfo.testkit.history.Subject;
import dev.vfo.testkit.history.SubjectFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Opens a subject on what a crash left, with more crashes while it recovers, and checks that it is
 * at one of the checkpoints that it may be at (I2, I3, I7), that its root is that checkpoint's when
 * it is applied, and that it can go on. May be used again.
 */
final class RecoveryCheck {
  private static final int CONTINUE_AT = 100_000;
  private static final int CONTINUE_MOVES = 6;
  private static final HistoryGenerator CONTINUATION =
      new HistoryGenerator(Profile.MIXED.without(Move.REOPEN, Move.WILD));

  private final SubjectFactory factory;
  private final HarnessOptions options;
  private final HistoryClock clock;
  private final HomeComparison comparison;
  private final Counts counts;
  private final List<String> steps = new ArrayList<>();

  private final List<Operation> followUp = new ArrayList<>();
  private @Nullable SimulatedStorage current;

  /** Calls that change the disk in the last whole recovery, to draw crash points from. */
  private long lastChanges = 30;

  RecoveryCheck(
      SubjectFactory factory,
      HarnessOptions options,
      HistoryClock clock,
      HomeComparison comparison,
      Counts counts) {
    this.factory = factory;
    this.options = options;
    this.clock = clock;
    this.comparison = comparison;
    this.counts = counts;
  }

  /** What was done in the last check, a line for each step, for messages. */
  List<String> steps() {
    return steps;
  }

  /**
   * What the recovered subject is doing or did when it went wrong; empty when it had not come so
   * far.
   */
  List<Operation> followUp() {
    return List.copyOf(followUp);
  }

  /** The calls of the last recovery, when they are traced. */
  List<String> trace() {
    return current == null ? List.of() : current.traceLines();
  }

  /**
   * Checks one crash.
   *
   * @param crashed a storage whose process is dead; stays as it is
   * @param candidates checkpoints that may be found
   */
  void run(SimulatedStorage crashed, List<Acknowledged> candidates, SplittableRandom random) {
    steps.clear();
    followUp.clear();
    afterDeath(crashed, candidates, random);
  }

  /** The same for a storage whose process left in peace. */
  void runAfterClose(
      SimulatedStorage closed, List<Acknowledged> candidates, SplittableRandom random) {
    steps.clear();
    followUp.clear();
    recover(closed.fork(), candidates, random);
  }

  private void afterDeath(
      SimulatedStorage crashed, List<Acknowledged> candidates, SplittableRandom random) {
    SimulatedStorage found = after(crashed, random);
    List<Acknowledged> possible = candidates;
    for (int depth = 0; depth < options.crashesInRecovery(); depth++) {
      if (random.nextInt(3) != 0) {
        break;
      }
      possible = interrupted(found, possible, random);
      found = after(found, random);
    }
    recover(found, possible, random);
  }

  /** What is found after the process died: in most cases the power fails too. */
  private SimulatedStorage after(SimulatedStorage dead, SplittableRandom random) {
    if (random.nextInt(5) == 0) {
      steps.add("the process is killed");
      return dead.killProcess();
    }
    long seed = random.nextLong();
    steps.add("the power fails, seed " + seed);
    return dead.crash(seed);
  }

  /** Recovers until a crash or an error; returns what may be found afterwards. */
  private List<Acknowledged> interrupted(
      SimulatedStorage storage, List<Acknowledged> candidates, SplittableRandom random) {
    counts.one(Counts.What.RECOVERIES);
    current = storage;
    long change = 1 + random.nextLong(lastChanges);
    boolean error = random.nextInt(5) == 0;
    Fault fault = error ? Fault.error(Errno.EIO) : Fault.crash();
    steps.add((error ? "recovery, EIO" : "recovery, crash") + " at change " + change);
    storage.faults().add(fault.atChange(change));
    List<Acknowledged> possible = candidates;
    Subject subject = null;
    try {
      subject = factory.open(storage, StartingPoint.ROOT, clock);
      possible = List.of(Acknowledged.told(subject.lastCheckpoint(), candidates));
      subject.awaitApplied();
      steps.add("not reached");
      subject.abandon();
    } catch (SimulatedCrash e) {
      counts.one(Counts.What.CRASHED_RECOVERIES);
      abandon(subject);
    } catch (IOException e) {
      if (!error) {
        throw new CheckFailure("recovery failed", e);
      }
      counts.one(Counts.What.FAILED_RECOVERIES);
      abandon(subject);
    } catch (RuntimeException e) {
      throw new CheckFailure("recovery failed", e);
    }
    storage.faults().clear();
    return possible;
  }

  private static void abandon(@Nullable Subject subject) {
    if (subject != null) {
      subject.abandon();
    }
  }

  /** Recovers to the end, and checks everything. */
  private void recover(
      SimulatedStorage storage, List<Acknowledged> candidates, SplittableRandom random) {
    boolean isEager = options.isEager() && random.nextBoolean();
    Lockstep lockstep = recovered(storage, candidates, random, isEager);
    if (isEager || random.nextInt(options.continueOneIn()) == 0) {
      goOn(lockstep, storage, random);
    } else {
      close(lockstep, storage);
    }
  }

  private Lockstep recovered(
      SimulatedStorage storage,
      List<Acknowledged> candidates,
      SplittableRandom random,
      boolean isEager) {
    counts.one(Counts.What.RECOVERIES);
    current = storage;
    steps.add("recovery to the end");
    long before = storage.faults().changeCount();
    try {
      Subject subject = factory.open(storage, StartingPoint.ROOT, clock);
      Acknowledged last = Acknowledged.told(subject.lastCheckpoint(), candidates);
      Lockstep lockstep = new Lockstep(factory, storage, clock, comparison, last, subject);
      if (random.nextInt(options.viewOneIn()) == 0) {
        lockstep.checkView();
      }
      if (isEager) {
        return lockstep;
      }
      subject.awaitApplied();
      lastChanges = Math.max(1, storage.faults().changeCount() - before);
      lockstep.checkHome(storage, "after the recovery");
      return lockstep;
    } catch (IOException | RuntimeException e) {
      throw new CheckFailure("recovery failed", e);
    }
  }

  private static void close(Lockstep lockstep, SimulatedStorage storage) {
    lockstep.close();
    if (storage.openDescriptors() != 0) {
      throw new CheckFailure("descriptors left open", storage.describeDescriptors());
    }
  }

  /**
   * A recovered subject works: a few operations, a checkpoint, and its root is right again; or it
   * crashes once more.
   */
  private void goOn(Lockstep lockstep, SimulatedStorage storage, SplittableRandom random) {
    counts.one(Counts.What.CONTINUED);
    followUp.addAll(CONTINUATION.goOn(lockstep.model().copy(), random.nextLong(), CONTINUE_MOVES));
    followUp.add(new ControlOperation.Checkpoint(new Payload(9, random.nextInt(1, 1000))));
    boolean crashes = random.nextBoolean();
    if (crashes) {
      long change = 1 + random.nextLong(2 * lastChanges);
      steps.add("goes on, crash at change " + change);
      storage.faults().add(Fault.crash().atChange(change));
    }
    List<Acknowledged> candidates = performFollowUp(lockstep);
    if (crashes) {
      lockstep.subject().abandon();
      SimulatedStorage found = after(storage, random);
      close(recovered(found, candidates, random, false), found);
    } else {
      if (options.isEager()) {
        lockstep.checkView();
      }
      lockstep.awaitApplied();
      lockstep.checkHome(storage, "after going on");
      close(lockstep, storage);
    }
    followUp.clear();
  }

  /** Performs it until a crash, if there is one; returns the checkpoints that may be found then. */
  private List<Acknowledged> performFollowUp(Lockstep lockstep) {
    for (int i = 0; i < followUp.size(); i++) {
      Operation operation = followUp.get(i);
      Acknowledged last = lockstep.last();
      try {
        steps.add("goes on with " + operation);
        lockstep.perform(CONTINUE_AT + i, operation);
      } catch (SimulatedCrash e) {
        boolean commits = operation instanceof ControlOperation control && control.commits();
        return commits ? List.of(last, last.followedBy(lockstep.model().last())) : List.of(last);
      }
    }
    return List.of(lockstep.last());
  }
}
