package dev.vfo.testkit.history;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The time that a history and its subject live in: it stands still while an operation runs. Set by
 * one thread, read by any.
 */
public final class HistoryClock implements InstantSource, LongSupplier {
  private static final long START_NANOS = 1_767_225_600_000_000_000L;
  private static final long STEP_NANOS = 1_000_003_001L;

  private volatile long nanos = START_NANOS;

  /** A clock at the time of operation 0. */
  public HistoryClock() {}

  /** Goes to the time of an operation. */
  public void setOperation(int index) {
    nanos = START_NANOS + index * STEP_NANOS;
  }

  /** The time, nanoseconds since 1970. */
  @Override
  public long getAsLong() {
    return nanos;
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochSecond(0, nanos);
  }
}
