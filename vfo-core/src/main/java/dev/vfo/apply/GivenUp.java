package dev.vfo.apply;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * What layers have given up to other programs, as far as plans are there that tell it. One thread.
 */
final class GivenUp {
  private final NavigableMap<Long, Set<Long>> byLayer = new TreeMap<>();
  private final List<String> paths = new ArrayList<>();

  /** Takes note of a layer's entries; none is nothing to note. */
  void add(long layer, Set<Long> entries) {
    if (!entries.isEmpty()) {
      byLayer.put(layer, entries);
    }
  }

  /** Takes note of how they are called, of a layer that is applied. */
  void addPaths(List<String> added) {
    paths.addAll(added);
  }

  /** The entries that a layer has given up. */
  Set<Long> of(long layer) {
    return byLayer.getOrDefault(layer, Set.of());
  }

  /** Those that any older layer has. */
  Set<Long> before(long layer) {
    Set<Long> all = new HashSet<>();
    for (Map.Entry<Long, Set<Long>> each : byLayer.headMap(layer, false).entrySet()) {
      all.addAll(each.getValue());
    }
    return all;
  }

  boolean isEmpty() {
    return byLayer.isEmpty();
  }

  /** The paths within the root, each once, in order. */
  List<String> paths() {
    return paths.stream().distinct().sorted().toList();
  }
}
