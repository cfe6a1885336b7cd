package dev.vfo.cli.demo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A list of times in nanoseconds. One thread. */
final class Durations {
  private final List<Long> nanos = new ArrayList<>();

  void add(long value) {
    nanos.add(value);
  }

  int count() {
    return nanos.size();
  }

  /**
   * The smallest value that a share of all does not exceed; 0 when there is none.
   *
   * @param share 0.5 for the median, 0.99 for p99
   */
  long quantile(double share) {
    if (nanos.isEmpty()) {
      return 0;
    }
    List<Long> sorted = new ArrayList<>(nanos);
    Collections.sort(sorted);
    int index = (int) Math.ceil(share * sorted.size()) - 1;
    return sorted.get(Math.max(0, index));
  }

  /** The median, or a first guess as long as there is no value. */
  long medianOr(long guess) {
    return nanos.isEmpty() ? guess : quantile(0.5);
  }

  /** In milliseconds with one digit. */
  static String millis(long nanos) {
    return tenths(nanos / 100_000) + " ms";
  }

  /** In seconds with one digit. */
  static String seconds(long nanos) {
    return tenths(nanos / 100_000_000) + " s";
  }

  private static String tenths(long tenths) {
    return tenths / 10 + "." + tenths % 10;
  }
}
