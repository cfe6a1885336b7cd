package dev.vfo.testkit;

import java.util.Arrays;

/** A set of bytes of a page, as ascending ranges that do not touch. Immutable. */
final class ByteRanges {
  static final ByteRanges NONE = new ByteRanges(new int[0]);
  static final ByteRanges PAGE = new ByteRanges(new int[] {0, Page.BYTES});

  /** Start and end of each range in turn. */
  private final int[] bounds;

  private ByteRanges(int[] bounds) {
    this.bounds = bounds;
  }

  boolean isEmpty() {
    return bounds.length == 0;
  }

  boolean contains(int index) {
    for (int i = 0; i < bounds.length; i += 2) {
      if (index >= bounds[i] && index < bounds[i + 1]) {
        return true;
      }
    }
    return false;
  }

  /** Whether it has any of the bytes from {@code from} to {@code to}. */
  boolean touches(int from, int to) {
    for (int i = 0; i < bounds.length; i += 2) {
      if (bounds[i] < to && bounds[i + 1] > from) {
        return true;
      }
    }
    return false;
  }

  /** With the bytes from {@code from} to {@code to}. */
  ByteRanges with(int from, int to) {
    if (from == 0 && to == Page.BYTES) {
      return PAGE;
    }
    int start = from;
    int end = to;
    int[] result = new int[bounds.length + 2];
    int length = 0;
    int i = 0;
    for (; i < bounds.length && bounds[i + 1] < from; i += 2) {
      result[length++] = bounds[i];
      result[length++] = bounds[i + 1];
    }
    for (; i < bounds.length && bounds[i] <= to; i += 2) {
      start = Math.min(start, bounds[i]);
      end = Math.max(end, bounds[i + 1]);
    }
    result[length++] = start;
    result[length++] = end;
    System.arraycopy(bounds, i, result, length, bounds.length - i);
    return new ByteRanges(Arrays.copyOf(result, length + bounds.length - i));
  }

  /** With the bytes of another set too. */
  ByteRanges with(ByteRanges other) {
    if (isEmpty() || other == PAGE) {
      return other;
    }
    ByteRanges union = this;
    for (int i = 0; i < other.bounds.length; i += 2) {
      union = union.with(other.bounds[i], other.bounds[i + 1]);
    }
    return union;
  }

  /** Without the bytes from {@code from} to {@code to}. */
  ByteRanges without(int from, int to) {
    ByteRanges rest = NONE;
    for (int i = 0; i < bounds.length; i += 2) {
      int leftEnd = Math.min(bounds[i + 1], from);
      if (bounds[i] < leftEnd) {
        rest = rest.with(bounds[i], leftEnd);
      }
      int rightStart = Math.max(bounds[i], to);
      if (rightStart < bounds[i + 1]) {
        rest = rest.with(rightStart, bounds[i + 1]);
      }
    }
    return rest;
  }
}
