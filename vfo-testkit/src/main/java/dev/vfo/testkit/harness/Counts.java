package dev.vfo.testkit.harness;

import java.util.EnumMap;
import java.util.Map;

/** What a harness has done, in numbers. For one thread; {@link #add} brings several together. */
public final class Counts {
  /** What is counted. */
  public enum What {
    /** Histories. */
    HISTORIES,
    /** Operations compared with the model. */
    OPERATIONS,
    /** Calls to the storage at which a crash was tried. */
    CRASH_POINTS,
    /** Times that a subject was opened after a crash, those that crashed again included. */
    RECOVERIES,
    /** Of these: ended by a crash of their own. */
    CRASHED_RECOVERIES,
    /** Of these: ended by an injected error. */
    FAILED_RECOVERIES,
    /** Subjects that went on after a recovery, with operations and a checkpoint. */
    CONTINUED,
    /** Runs in which calls were made to fail. */
    FAULT_RUNS,
    /** Operations that answered with an error because of that. */
    REFUSED_OPERATIONS,
    /** Checkpoints that failed because of that. */
    REFUSED_CHECKPOINTS,
    /** Subjects that gave up for good because of that. */
    FAIL_STOPS
  }

  private final Map<What, Long> counts = new EnumMap<>(What.class);

  /** All zero. */
  public Counts() {}

  void one(What what) {
    counts.merge(what, 1L, Long::sum);
  }

  /** Adds another's numbers. */
  public void add(Counts other) {
    other.counts.forEach((what, count) -> counts.merge(what, count, Long::sum));
  }

  /** A number. */
  public long get(What what) {
    return counts.getOrDefault(what, 0L);
  }

  /** How many recoveries were tried. */
  public long recoveries() {
    return get(What.RECOVERIES);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (What what : What.values()) {
      text.append(text.isEmpty() ? "" : ", ")
          .append(what.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '))
          .append(' ')
          .append(get(what));
    }
    return text.toString();
  }
}
