package dev.vfo.parts;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the record of a checkpoint says of the state's parts.
 *
 * @param parts the parts by name
 * @param packs the packs that have blocks of them, by number, each with the length up to which it
 *     is durable; what a file has behind that counts for nothing
 */
record Manifest(SortedMap<String, PartRoot> parts, SortedMap<Long, Long> packs) {
  static final Manifest EMPTY = new Manifest(new TreeMap<>(), new TreeMap<>());

  Manifest {
    parts = Collections.unmodifiableSortedMap(new TreeMap<>(parts));
    packs = Collections.unmodifiableSortedMap(new TreeMap<>(packs));
  }

  static Manifest of(Map<String, PartRoot> parts, Map<Long, Long> packs) {
    return new Manifest(new TreeMap<>(parts), new TreeMap<>(packs));
  }
}
