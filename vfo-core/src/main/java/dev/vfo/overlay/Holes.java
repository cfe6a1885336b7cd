package dev.vfo.overlay;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of one file that one layer has turned into zeros, and holds no block for. Guarded by
 * the entry's lock.
 */
final class Holes {
  /** By the first block of each: the one behind its last. They neither overlap nor touch. */
  private @Nullable NavigableMap<Long, Long> ranges;

  boolean isEmpty() {
    return ranges == null || ranges.isEmpty();
  }

  boolean has(long block) {
    return block < end(block);
  }

  /** The block behind the hole that a block is in, or the block itself when it is in none. */
  long end(long block) {
    Map.Entry<Long, Long> before = ranges == null ? null : ranges.floorEntry(block);
    return before == null ? block : Math.max(block, before.getValue());
  }

  /** The first block of a hole at or behind a block, and before {@code limit}, or {@code limit}. */
  long next(long block, long limit) {
    if (has(block)) {
      return Math.min(block, limit);
    }
    Long first = ranges == null ? null : ranges.ceilingKey(block);
    return first == null ? limit : Math.min(first, limit);
  }

  /** Makes all blocks of a range holes. */
  void add(long from, long to) {
    if (from >= to) {
      return;
    }
    NavigableMap<Long, Long> all = ranges == null ? new TreeMap<>() : ranges;
    ranges = all;
    long first = from;
    long end = to;
    Map.Entry<Long, Long> before = all.floorEntry(from);
    if (before != null && before.getValue() >= from) {
      first = before.getKey();
      end = Math.max(end, before.getValue());
    }
    Map.Entry<Long, Long> last = all.floorEntry(to);
    if (last != null && last.getKey() >= first) {
      end = Math.max(end, last.getValue());
    }
    all.subMap(first, true, to, true).clear();
    all.put(first, end);
  }

  /** Takes one block out. */
  void remove(long block) {
    if (has(block) && ranges != null) {
      Map.Entry<Long, Long> hole = ranges.floorEntry(block);
      ranges.remove(hole.getKey());
      add(hole.getKey(), block);
      add(block + 1, hole.getValue());
    }
  }

  /** Takes out all blocks at and behind one. */
  void cut(long block) {
    if (ranges != null) {
      if (has(block)) {
        Map.Entry<Long, Long> hole = ranges.floorEntry(block);
        ranges.put(hole.getKey(), block);
      }
      ranges.tailMap(block, true).clear();
    }
  }

  /** Is shown a hole. */
  interface Visitor {
    /** From a block on, up to before another one. */
    void visit(long from, long to);
  }

  void forEach(Visitor visitor) {
    if (ranges != null) {
      ranges.forEach(visitor::visit);
    }
  }
}
