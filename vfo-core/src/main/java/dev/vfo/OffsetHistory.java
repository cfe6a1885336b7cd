package dev.vfo;

import dev.vfo.checkpoint.Rollbacks.Rollback;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * An offset that can go back: it remembers what it was at the end of each layer that may still be
 * dropped. Not thread safe.
 */
final class OffsetHistory {
  private static final int MOST = 64;

  private record Entry(long layer, long value) {}

  private final Deque<Entry> entries = new ArrayDeque<>();

  /** An offset of 0, from this layer on. */
  OffsetHistory(long layer) {
    entries.addLast(new Entry(layer, 0));
  }

  long value() {
    return entries.getLast().value();
  }

  void set(long layer, long value) {
    if (entries.getLast().layer() == layer) {
      entries.removeLast();
    }
    entries.addLast(new Entry(layer, value));
    if (entries.size() > MOST) {
      entries.removeFirst();
    }
  }

  void drop(Rollback rollback) {
    while (entries.size() > 1 && rollback.drops(entries.getLast().layer())) {
      entries.removeLast();
    }
  }
}
