package dev.vfo;

/**
 * The deep suite as a whole takes the minutes that {@code ./test --deep} was given; each test has
 * its share of them, and seeds that nobody has tried.
 */
public final class DeepRun {
  private static final long NANOS_PER_PERCENT = 600_000_000L;

  private DeepRun() {}

  /** How long a test goes on that has so many percent of the time, nanoseconds. */
  public static long nanos(int percent) {
    return Integer.getInteger("vfo.deep.minutes", 1) * percent * NANOS_PER_PERCENT;
  }

  /** Where to begin; {@code -Dvfo.deep.seed} repeats a run. */
  public static long firstSeed() {
    return Long.getLong("vfo.deep.seed", (System.nanoTime() & Integer.MAX_VALUE) << 20);
  }
}
