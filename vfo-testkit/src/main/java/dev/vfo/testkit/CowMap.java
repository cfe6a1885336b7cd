package dev.vfo.testkit;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A hash map whose {@link #copy} takes constant time: the first one of the two that changes makes
 * the real copy. For one thread at a time.
 */
final class CowMap<K, V> {
  private Map<K, V> map;
  private boolean shared;

  CowMap() {
    map = Map.of();
    shared = true;
  }

  private CowMap(Map<K, V> map) {
    this.map = map;
    this.shared = true;
  }

  CowMap<K, V> copy() {
    shared = true;
    return new CowMap<>(map);
  }

  @Nullable V get(K key) {
    return map.get(key);
  }

  void put(K key, V value) {
    own().put(key, value);
  }

  void remove(K key) {
    if (map.containsKey(key)) {
      own().remove(key);
    }
  }

  void clear() {
    if (!map.isEmpty()) {
      map = Map.of();
      shared = true;
    }
  }

  int size() {
    return map.size();
  }

  boolean isEmpty() {
    return map.isEmpty();
  }

  /** The keys, not to be changed, in an order that depends on the past. */
  Set<Map.Entry<K, V>> entries() {
    return map.entrySet();
  }

  private Map<K, V> own() {
    if (shared) {
      map = new HashMap<>(map);
      shared = false;
    }
    return map;
  }
}
