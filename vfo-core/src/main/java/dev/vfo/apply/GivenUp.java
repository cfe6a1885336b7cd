package dev.vfo.apply;

import dev.vfo.apply.LostNames.Place;
import dev.vfo.changes.EntryChange.Fate;
import dev.vfo.changes.Location;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.Name;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What layers have given up to other programs, as far as plans are there that tell it. One thread.
 */
final class GivenUp {
  /**
   * What a layer has given up.
   *
   * @param entries their numbers
   * @param newestLayer the newest layer that was made without knowing of it; 0 when nothing is
   *     given up
   */
  record OfLayer(Set<Long> entries, long newestLayer) {
    static final OfLayer NOTHING = new OfLayer(Set.of(), 0);
  }

  private final NavigableMap<Long, OfLayer> byLayer = new TreeMap<>();
  private final List<String> paths = new ArrayList<>();
  private final LostNames lost = new LostNames();

  /** Takes note of what a layer gives up; nothing is nothing to note. */
  void add(long layer, OfLayer given) {
    if (!given.entries().isEmpty()) {
      byLayer.putIfAbsent(layer, given);
    }
  }

  /** Takes note of how it is called, of a layer that is applied: all of the layer, as a picture. */
  void addNames(LayerTree whole) {
    for (long number : of(whole.changes.layer()).entries()) {
      Entry entry = whole.entry(number);
      paths.add(whole.path(entry));
      Location before = entry.change.before();
      if (before != null && !entry.hasNameChanged()) {
        addLost(whole.entry(before.directory()), before.name(), entry);
      }
    }
    for (Slot slot : whole.changedSlots()) {
      if (isGivenUp(whole, slot.before) || isGivenUp(whole, slot.after)) {
        addLost(slot.directory, slot.name, slot.after);
      }
    }
  }

  private boolean isGivenUp(LayerTree whole, @Nullable Entry entry) {
    return entry != null && of(whole.changes.layer()).entries().contains(entry.number());
  }

  // In a directory that was not made nothing is found.
  private void addLost(Entry directory, Name name, @Nullable Entry after) {
    FileIdentity home = directory.identity();
    if (home != null) {
      FileIdentity stays =
          after != null && after.isDirectory() && after.is(Fate.ALIVE) ? after.identity() : null;
      lost.add(new Place(home, name), Optional.ofNullable(stays));
    }
  }

  /** What a layer has given up. */
  OfLayer of(long layer) {
    return byLayer.getOrDefault(layer, OfLayer.NOTHING);
  }

  /** The entries that older layers have given up, and that a layer takes for theirs. */
  Set<Long> before(long layer) {
    Set<Long> all = new HashSet<>();
    for (Map.Entry<Long, OfLayer> each : byLayer.headMap(layer, false).entrySet()) {
      if (layer <= each.getValue().newestLayer()) {
        all.addAll(each.getValue().entries());
      }
    }
    return all;
  }

  /** Whether a layer, or an older one that it does not know of, has given up something. */
  boolean concerns(long layer) {
    return !of(layer).entries().isEmpty() || !before(layer).isEmpty();
  }

  boolean isEmpty() {
    return byLayer.isEmpty();
  }

  /** The paths within the root, each once, in order. */
  List<String> paths() {
    return paths.stream().distinct().sorted().toList();
  }

  /** The names under which other programs' files are found. */
  LostNames lost() {
    return lost;
  }
}
