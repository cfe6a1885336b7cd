package dev.vfo.changes;

import dev.vfo.changes.EntryChange.Attributes;
import dev.vfo.changes.EntryChange.Fate;
import dev.vfo.storage.FileType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A part of what layers change, that makes sense by itself: what is taken brings along all that it
 * needs. A file comes with all its names that change, a name with whoever has it before and after,
 * and with the directories that are made for it; a directory that is removed with what is removed
 * from it. One thread.
 */
public final class PartOfLayers {
  private final List<ChangeSet> layers;

  /** Each entry as the oldest layer that speaks of it has it: with its place in home. */
  private final Map<Long, EntryChange> first = new HashMap<>();

  /** The names that layers change in a directory, and those that change of a file. */
  private final Map<Long, Set<Location>> inDirectory = new HashMap<>();

  private final Map<Long, Set<Location>> ofEntry = new HashMap<>();
  private final Map<Location, Set<Long>> owners = new HashMap<>();
  private final Set<Long> made = new HashSet<>();
  private final Set<Long> gone = new HashSet<>();
  private final Set<Location> names = new HashSet<>();
  private final Set<Long> entries = new HashSet<>();
  private final Deque<Location> newNames = new ArrayDeque<>();
  private final Deque<Long> newEntries = new ArrayDeque<>();

  /** Where directories are that layers up to now have moved, of what is taken. */
  private final Map<Long, Location> places = new HashMap<>();

  /** Nothing of these layers, oldest first. */
  public PartOfLayers(List<ChangeSet> layers) {
    this.layers = layers;
    for (ChangeSet layer : layers) {
      layer.entries().forEach(this::index);
      layer.names().forEach(this::index);
    }
  }

  private void index(EntryChange entry) {
    first.putIfAbsent(entry.number(), entry);
    if (entry.created()) {
      made.add(entry.number());
    }
    if (entry.fate() == Fate.GONE) {
      gone.add(entry.number());
    }
  }

  private void index(NameChange name) {
    Location location = new Location(name.directory(), name.name());
    inDirectory.computeIfAbsent(name.directory(), _ -> new HashSet<>()).add(location);
    for (long owner : List.of(name.before(), name.after())) {
      if (owner != NameChange.NONE) {
        ofEntry.computeIfAbsent(owner, _ -> new HashSet<>()).add(location);
        owners.computeIfAbsent(location, _ -> new HashSet<>()).add(owner);
      }
    }
  }

  /** Takes what is done to a name. */
  public void take(Location name) {
    if (owners.containsKey(name) && names.add(name)) {
      newNames.add(name);
      close();
    }
  }

  /** Takes what is done to a file or directory itself. */
  public void take(long entry) {
    if (first.containsKey(entry) && entries.add(entry)) {
      newEntries.add(entry);
      close();
    }
  }

  private void close() {
    while (!newNames.isEmpty() || !newEntries.isEmpty()) {
      Location name = newNames.poll();
      if (name != null) {
        closeName(name);
      }
      Long entry = newEntries.poll();
      if (entry != null) {
        closeEntry(entry);
      }
    }
  }

  private void closeName(Location name) {
    owners.getOrDefault(name, Set.of()).forEach(this::add);
    if (made.contains(name.directory())) {
      add(name.directory());
    }
  }

  private void closeEntry(long entry) {
    ofEntry.getOrDefault(entry, Set.of()).forEach(this::add);
    if (gone.contains(entry)) {
      inDirectory.getOrDefault(entry, Set.of()).forEach(this::add);
    }
  }

  private void add(Location name) {
    if (names.add(name)) {
      newNames.add(name);
    }
  }

  private void add(long entry) {
    if (entries.add(entry)) {
      newEntries.add(entry);
    }
  }

  /** Whether what is done to a name is taken. */
  public boolean has(Location name) {
    return names.contains(name);
  }

  /** Whether what is done to a file or directory itself is taken. */
  public boolean has(long entry) {
    return entries.contains(entry);
  }

  /** The layers with what is taken only; those without any are left out. */
  public List<ChangeSet> layers() {
    places.clear();
    List<ChangeSet> parts = new ArrayList<>();
    for (ChangeSet layer : layers) {
      ChangeSet part = part(layer);
      boolean isEmpty =
          part.names().isEmpty() && part.entries().stream().allMatch(EntryChange::isReference);
      if (!isEmpty) {
        parts.add(part);
      }
    }
    return parts;
  }

  private ChangeSet part(ChangeSet layer) {
    Map<Long, EntryChange> kept = new TreeMap<>();
    List<NameChange> keptNames = new ArrayList<>();
    for (EntryChange entry : layer.entries()) {
      if (entries.contains(entry.number())) {
        kept.put(entry.number(), entry);
      }
    }
    Map<Long, EntryChange> all = new HashMap<>();
    layer.entries().forEach(entry -> all.put(entry.number(), entry));
    for (NameChange name : layer.names()) {
      if (names.contains(new Location(name.directory(), name.name()))) {
        keptNames.add(name);
        long directory = name.directory();
        if (!kept.containsKey(directory)) {
          kept.put(directory, directory(directory, all.get(directory)));
        }
      }
    }
    for (EntryChange entry : List.copyOf(kept.values())) {
      addParents(entry, all, kept);
    }
    for (NameChange name : keptNames) {
      places.put(name.after(), new Location(name.directory(), name.name()));
    }
    return new ChangeSet(layer.layer(), layer.rootNumber(), List.copyOf(kept.values()), keptNames);
  }

  private void addParents(
      EntryChange entry, Map<Long, EntryChange> all, Map<Long, EntryChange> kept) {
    Location at = entry.before();
    while (at != null) {
      long number = at.directory();
      EntryChange known = kept.get(number);
      EntryChange parent = known == null ? parent(number, all.get(number)) : known;
      kept.put(number, parent);
      at = parent.before();
    }
  }

  private EntryChange parent(long number, @Nullable EntryChange here) {
    return here != null && entries.contains(number)
        ? here
        : reference(number, Attributes.UNCHANGED);
  }

  private EntryChange home(long number) {
    return Objects.requireNonNull(first.get(number), "the change set has all that it names");
  }

  /** A directory of which only names are taken. */
  private EntryChange directory(long number, @Nullable EntryChange here) {
    if (here == null) {
      return reference(number, Attributes.UNCHANGED);
    }
    Attributes is = here.attributes();
    int mask = is.mask() & Attributes.MODIFY_TIME;
    return reference(
        number,
        new Attributes(mask, is.mode(), is.uid(), is.gid(), is.accessNanos(), is.modifyNanos()));
  }

  // It is where it is in home, but for what was taken of older layers.
  private EntryChange reference(long number, Attributes attributes) {
    EntryChange home = home(number);
    return new EntryChange(
        number,
        FileType.DIRECTORY,
        home.identity(),
        false,
        places.getOrDefault(number, home.before()),
        Fate.ALIVE,
        attributes,
        null,
        null,
        0);
  }
}
