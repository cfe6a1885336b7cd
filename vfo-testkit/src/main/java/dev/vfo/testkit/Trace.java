package dev.vfo.testkit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last calls as text. For one thread at a time. */
final class Trace {
  private final Deque<String> lines = new ArrayDeque<>();
  private int limit;

  /** Keeps so many calls; 0: none. */
  Trace(int limit) {
    this.limit = limit;
  }

  boolean isOn() {
    return limit > 0;
  }

  void setLimit(int newLimit) {
    limit = newLimit;
    shorten();
  }

  int limit() {
    return limit;
  }

  void add(String line) {
    lines.addLast(line);
    shorten();
  }

  private void shorten() {
    while (lines.size() > limit) {
      lines.removeFirst();
    }
  }

  List<String> lines() {
    return List.copyOf(lines);
  }
}
