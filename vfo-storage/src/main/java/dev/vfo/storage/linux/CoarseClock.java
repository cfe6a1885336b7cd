package dev.vfo.storage.linux;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The clock that the kernel stamps files with: CLOCK_REALTIME_COARSE, which stands still between
 * two ticks and is up to one behind the usual one. With any other clock a file that is made here
 * could seem younger than one that a program writes later through the kernel's cache. Thread safe.
 */
public final class CoarseClock implements InstantSource {
  private static final int CLOCK_REALTIME_COARSE = 5;

  /** That clock; all are alike. */
  public CoarseClock() {}

  @Override
  public Instant instant() {
    Kernel kernel = Kernel.get();
    long time = kernel.memory.struct.address();
    if (kernel.call(SystemCall.CLOCK_GETTIME, CLOCK_REALTIME_COARSE, time) < 0) {
      throw new IllegalStateException("no clock: error " + kernel.errno());
    }
    return Instant.ofEpochSecond(kernel.memory.longAt(0), kernel.memory.longAt(Long.BYTES));
  }
}
