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
 * What is left of a layer's change when some of its entries are given up: a change that makes sense
 * by itself, and leaves those entries alone. An entry is given up as a whole, and with it goes all
 * that would not make sense without it:
 *
 * <ul>
 *   <li>whoever had a name of it before, or is to have one after: as it keeps its names, these are
 *       neither free nor taken;
 *   <li>a directory that is removed, if something in it is given up: it will not be empty;
 *   <li>what is put into a directory that is not made, and what was in one that is not there;
 *   <li>a directory that is moved below one that stays where it is, which may be below itself.
 * </ul>
 *
 * What others do in a directory that stays, and its other files, is not given up. One thread.
 */
public final class Remainder {
  private final ChangeSet changes;
  private final Set<Long> givenUp = new HashSet<>();
  private final Set<Long> missing = new HashSet<>();
  private final Deque<Long> unread = new ArrayDeque<>();

  /** Made when something is given up, which is hardly ever. */
  private @Nullable Index index;

  /** What hangs on what in the change. */
  private static final class Index {
    final Map<Long, EntryChange> entries = new HashMap<>();

    /** The names that change: in a directory, and of an entry. */
    final Map<Long, List<NameChange>> inDirectory = new HashMap<>();

    final Map<Long, List<NameChange>> ofEntry = new HashMap<>();

    /** Entries by the directory that they were in. */
    final Map<Long, List<Long>> wereIn = new HashMap<>();

    final List<NameChange> movedDirectories;

    Index(ChangeSet changes) {
      for (EntryChange entry : changes.entries()) {
        entries.put(entry.number(), entry);
        Location before = entry.before();
        if (before != null) {
          wereIn.computeIfAbsent(before.directory(), _ -> new ArrayList<>()).add(entry.number());
        }
      }
      for (NameChange name : changes.names()) {
        inDirectory.computeIfAbsent(name.directory(), _ -> new ArrayList<>()).add(name);
        owners(name)
            .forEach(owner -> ofEntry.computeIfAbsent(owner, _ -> new ArrayList<>()).add(name));
      }
      movedDirectories = changes.names().stream().filter(this::isMovedDirectory).toList();
    }

    private boolean isMovedDirectory(NameChange name) {
      EntryChange moved = entries.get(name.after());
      return moved != null
          && name.after() != name.before()
          && !moved.created()
          && moved.type() == FileType.DIRECTORY;
    }

    EntryChange entry(long number) {
      return Objects.requireNonNull(entries.get(number), "the change set has all that it names");
    }
  }

  /**
   * All of a layer's change, but for what was given up before.
   *
   * @param changes makes sense by itself
   * @param givenUp as {@link #givenUp} has told it of the same change
   */
  public Remainder(ChangeSet changes, Set<Long> givenUp) {
    this.changes = changes;
    this.givenUp.addAll(givenUp);
  }

  private Index index() {
    if (index == null) {
      index = new Index(changes);
    }
    return index;
  }

  private static Set<Long> owners(NameChange name) {
    Set<Long> owners = new HashSet<>(List.of(name.before(), name.after()));
    owners.remove(NameChange.NONE);
    return owners;
  }

  /** Gives up an entry, which is there, and what goes with it. */
  public void giveUp(long number) {
    add(number);
  }

  /** The same for an entry that is nowhere to be found. */
  public void giveUpMissing(long number) {
    addMissing(number);
  }

  private void add(long number) {
    if (givenUp.add(number)) {
      unread.add(number);
    }
  }

  private void addMissing(long number) {
    if (missing.add(number)) {
      givenUp.add(number);
      unread.add(number);
    }
  }

  // All at once: each look for directories below unmoved ones is at all that move.
  private void close() {
    while (!unread.isEmpty()) {
      while (!unread.isEmpty()) {
        close(unread.remove());
      }
      addBelowUnmoved();
    }
  }

  private void close(long number) {
    for (NameChange name : index().ofEntry.getOrDefault(number, List.of())) {
      owners(name).forEach(this::add);
      if (index().entry(name.directory()).fate() != Fate.ALIVE) {
        add(name.directory());
      }
    }
    if (missing.contains(number) || index().entry(number).created()) {
      index()
          .inDirectory
          .getOrDefault(number, List.of())
          .forEach(name -> owners(name).forEach(this::add));
      // What was in a directory that is not there is not there either.
      index().wereIn.getOrDefault(number, List.of()).forEach(this::addMissing);
    }
  }

  private void addBelowUnmoved() {
    for (NameChange name : index().movedDirectories) {
      if (!givenUp.contains(name.after()) && isBelowUnmoved(name)) {
        add(name.after());
      }
    }
  }

  /** Whether a moved directory is to lie below one that was to be moved too, and is given up. */
  private boolean isBelowUnmoved(NameChange name) {
    long at = name.directory();
    while (true) {
      NameChange place = finalPlace(at);
      if (place != null && givenUp.contains(at)) {
        return true;
      }
      Location before = index().entry(at).before();
      if (place == null && before == null) {
        return false;
      }
      at = place == null ? Objects.requireNonNull(before).directory() : place.directory();
    }
  }

  private @Nullable NameChange finalPlace(long directory) {
    for (NameChange name : index().ofEntry.getOrDefault(directory, List.of())) {
      if (name.after() == directory) {
        return name;
      }
    }
    return null;
  }

  /** The entries that are given up, all of them. */
  public Set<Long> givenUp() {
    close();
    return Set.copyOf(givenUp);
  }

  /** A count that grows with each thing that is given up or found missing. */
  public int size() {
    close();
    return givenUp.size() + missing.size();
  }

  /** The layer's change as it was committed. */
  public ChangeSet whole() {
    return changes;
  }

  /** What is left of it. */
  public ChangeSet changes() {
    close();
    if (givenUp.isEmpty()) {
      return changes;
    }
    List<NameChange> names =
        changes.names().stream()
            .filter(name -> owners(name).stream().noneMatch(givenUp::contains))
            .toList();
    Map<Long, EntryChange> kept = new TreeMap<>();
    for (EntryChange entry : changes.entries()) {
      if (!givenUp.contains(entry.number())) {
        kept.put(entry.number(), entry);
      }
    }
    names.forEach(name -> keepDirectory(name.directory(), kept));
    for (EntryChange entry : List.copyOf(kept.values())) {
      Location before = entry.before();
      if (before != null) {
        keepDirectory(before.directory(), kept);
      }
    }
    return new ChangeSet(changes.layer(), changes.rootNumber(), List.copyOf(kept.values()), names);
  }

  /** Keeps a directory as a place, with those above it. */
  private void keepDirectory(long number, Map<Long, EntryChange> kept) {
    long at = number;
    while (!kept.containsKey(at)) {
      EntryChange entry = index().entry(at);
      kept.put(at, reference(entry));
      Location before = entry.before();
      if (before == null) {
        return;
      }
      at = before.directory();
    }
  }

  private static EntryChange reference(EntryChange directory) {
    return new EntryChange(
        directory.number(),
        directory.type(),
        directory.identity(),
        false,
        directory.before(),
        Fate.ALIVE,
        Attributes.UNCHANGED,
        null,
        null,
        0);
  }
}
