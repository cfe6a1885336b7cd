package dev.vfo.overlay;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A map from non-negative longs to objects that allocates nothing on a lookup; open addressing with
 * linear probing. Not thread safe.
 */
final class LongMap<V> {
  private static final long FREE = -1;

  private long[] keys = newKeys(8);
  private @Nullable Object[] values = new Object[8];
  private int size;

  private static long[] newKeys(int length) {
    long[] keys = new long[length];
    Arrays.fill(keys, FREE);
    return keys;
  }

  int size() {
    return size;
  }

  @SuppressWarnings("unchecked")
  @Nullable V get(long key) {
    return (V) values[slotOf(keys, key)];
  }

  void put(long key, V value) {
    if (size * 2 >= keys.length) {
      grow();
    }
    int slot = slotOf(keys, key);
    if (keys[slot] == FREE) {
      keys[slot] = key;
      size++;
    }
    values[slot] = value;
  }

  void remove(long key) {
    int slot = slotOf(keys, key);
    if (keys[slot] == FREE) {
      return;
    }
    size--;
    int hole = slot;
    int next = slot;
    while (true) {
      next = (next + 1) & (keys.length - 1);
      if (keys[next] == FREE) {
        break;
      }
      int home = home(keys, keys[next]);
      if (((next - home) & (keys.length - 1)) >= ((next - hole) & (keys.length - 1))) {
        keys[hole] = keys[next];
        values[hole] = values[next];
        hole = next;
      }
    }
    keys[hole] = FREE;
    values[hole] = null;
  }

  /** The keys, ascending. */
  long[] sortedKeys() {
    long[] sorted = new long[size];
    int count = 0;
    for (long key : keys) {
      if (key != FREE) {
        sorted[count++] = key;
      }
    }
    Arrays.sort(sorted);
    return sorted;
  }

  private void grow() {
    long[] oldKeys = keys;
    @Nullable Object[] oldValues = values;
    keys = newKeys(oldKeys.length * 2);
    values = new Object[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != FREE) {
        int slot = slotOf(keys, oldKeys[i]);
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }

  private static int slotOf(long[] keys, long key) {
    int slot = home(keys, key);
    while (keys[slot] != FREE && keys[slot] != key) {
      slot = (slot + 1) & (keys.length - 1);
    }
    return slot;
  }

  private static int home(long[] keys, long key) {
    long mixed = key * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 32) & (keys.length - 1);
  }
}
