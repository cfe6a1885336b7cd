package dev.vfo.testkit;

import dev.vfo.storage.Errno;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What goes wrong in a {@link SimulatedStorage}, and how many calls it has had. Belongs to its
 * storage and is guarded by the same lock: safe for use by many threads.
 */
public final class Faults {
  /** What is to happen to a call. */
  enum Kind {
    PROCEED,
    FAIL,
    FAIL_AFTER,
    SHORT,
    CRASH
  }

  record Verdict(Kind kind, Errno errno) {
    static final Verdict PROCEED = new Verdict(Kind.PROCEED, Errno.OTHER);
    static final Verdict SHORT = new Verdict(Kind.SHORT, Errno.OTHER);
    static final Verdict CRASH = new Verdict(Kind.CRASH, Errno.OTHER);

    boolean is(Kind other) {
      return kind == other;
    }
  }

  private static final class Planned {
    final Fault fault;
    long seen;

    Planned(Fault fault) {
      this.fault = fault;
    }
  }

  private final Object lock;
  private final List<Planned> planned = new ArrayList<>();
  private final Map<Operation, Long> counts = new EnumMap<>(Operation.class);
  private long calls;
  private long changes;
  private boolean crashed;
  private boolean writeBackFails;

  Faults(Object lock) {
    this.lock = lock;
  }

  /**
   * Adds a fault. Several can be there; at one call a crash goes before anything else, then the
   * first one added.
   */
  public void add(Fault fault) {
    synchronized (lock) {
      planned.add(new Planned(fault));
    }
  }

  /** Removes all faults; a crash that has happened stays. */
  public void clear() {
    synchronized (lock) {
      planned.clear();
    }
  }

  /**
   * Number of calls since the storage was made, refused ones included. Those after a crash are not
   * counted.
   */
  public long callCount() {
    synchronized (lock) {
      return calls;
    }
  }

  /** The same for one operation. */
  public long callCount(Operation operation) {
    synchronized (lock) {
      return counts.getOrDefault(operation, 0L);
    }
  }

  /** The same for calls that change the disk: syncs, writes, name operations and so on. */
  public long changeCount() {
    synchronized (lock) {
      return changes;
    }
  }

  /** Whether a planned crash has happened. */
  public boolean isCrashed() {
    synchronized (lock) {
      return crashed;
    }
  }

  /** Whether {@link #next} wants to know paths. */
  boolean needsPath() {
    for (Planned plan : planned) {
      if (plan.fault.needsPath()) {
        return true;
      }
    }
    return false;
  }

  /** Counts a call; says what is to happen to it. */
  Verdict next(Operation operation, boolean changesDisk, String path) {
    calls++;
    counts.merge(operation, 1L, Long::sum);
    changes += changesDisk ? 1 : 0;
    Verdict verdict = Verdict.PROCEED;
    for (Planned plan : planned) {
      if (plan.fault.matches(operation, changesDisk, path)) {
        plan.seen++;
        if (plan.fault.isDue(plan.seen)) {
          verdict = combined(verdict, plan.fault);
        }
      }
    }
    crashed |= verdict.is(Kind.CRASH);
    return verdict;
  }

  private Verdict combined(Verdict earlier, Fault fault) {
    if (fault.effect() == Fault.Effect.CRASH) {
      return Verdict.CRASH;
    }
    if (fault.effect() == Fault.Effect.WRITE_BACK) {
      writeBackFails = true;
      return earlier;
    }
    if (!earlier.is(Kind.PROCEED)) {
      return earlier;
    }
    return switch (fault.effect()) {
      case ERROR -> new Verdict(Kind.FAIL, fault.errno());
      case ERROR_AFTER -> new Verdict(Kind.FAIL_AFTER, fault.errno());
      case SHORT -> Verdict.SHORT;
      case CRASH, WRITE_BACK -> earlier;
    };
  }

  /** Whether writing back is to fail now; asked once for each call. */
  boolean takeWriteBackFailure() {
    boolean fails = writeBackFails;
    writeBackFails = false;
    return fails;
  }
}
