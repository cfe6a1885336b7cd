package dev.vfo;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * A clock that each thread sets for itself: so the times that its operations leave can be foretold
 * while others work too.
 */
final class ThreadClock implements InstantSource, LongSupplier {
  private static final long START_NANOS = 1_767_225_600_000_000_000L;
  private static final long STEP_NANOS = 1_000_003_001L;

  private final ThreadLocal<Long> nanos = ThreadLocal.withInitial(() -> START_NANOS);

  /** Goes to the time of the calling thread's operation. */
  void setOperation(long index) {
    nanos.set(START_NANOS + index * STEP_NANOS);
  }

  @Override
  public long getAsLong() {
    return nanos.get();
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochSecond(0, nanos.get());
  }
}
