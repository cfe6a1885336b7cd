package dev.vfo.apply;

import dev.vfo.CorruptJournalException;
import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.EntryChange;
import dev.vfo.changes.EntryChange.Attributes;
import dev.vfo.changes.EntryChange.Fate;
import dev.vfo.changes.Location;
import dev.vfo.changes.NameChange;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A layer as a picture: its entries, the names it has to do with, what each name stood for before,
 * is to stand for, and stands for now. {@link Survey} fills in the present, {@link Moves} keeps it
 * true. No I/O here.
 */
final class LayerTree {
  /** Numbers that no entry has: virtual numbers are counted up from the lowest negative one. */
  private static final long STAGE_NUMBER = -1;

  private static final long ORPHANS_NUMBER = -2;
  private static final long ABOVE_ROOT_NUMBER = -3;

  final ChangeSet changes;

  /** The root directory. */
  final Entry root;

  /**
   * The layer's folder in the stage, the folder of the orphans, and what the root lies in, in the
   * clothes of an entry.
   */
  final Entry stage = folder(STAGE_NUMBER);

  final Entry orphans = folder(ORPHANS_NUMBER);
  final Entry aboveRoot = folder(ABOVE_ROOT_NUMBER);

  /** Entries that an earlier layer was to make or change, and gave up to another program. */
  private final Set<Long> givenUpBefore;

  private final Map<Long, Entry> entries;
  private final Map<FileIdentity, Entry> byIdentity = new HashMap<>();
  private final List<Slot> changed = new ArrayList<>();
  private final Map<Long, List<Slot>> byDirectory = new HashMap<>();

  /**
   * @param givenUpBefore entries that earlier layers gave up
   * @throws IllegalArgumentException when the change set contradicts itself
   * @throws CorruptJournalException when the plan is gone that knows one of its home files
   */
  LayerTree(ChangeSet changes, IdentityResolver earlier, Set<Long> givenUpBefore)
      throws CorruptJournalException {
    this.changes = changes;
    this.givenUpBefore = Set.copyOf(givenUpBefore);
    this.entries = LinkedHashMap.newLinkedHashMap(changes.entries().size());
    for (EntryChange change : changes.entries()) {
      addEntry(change, earlier);
    }
    // A layer that only changes orphans does not speak of the root.
    this.root = entries.getOrDefault(changes.rootNumber(), folder(changes.rootNumber()));
    addSlots();
    new Depths(this).run();
  }

  private static Entry folder(long number) {
    return new Entry(
        new EntryChange(
            number,
            FileType.DIRECTORY,
            null,
            false,
            null,
            Fate.ALIVE,
            Attributes.UNCHANGED,
            null,
            null,
            0),
        null);
  }

  private void addEntry(EntryChange change, IdentityResolver earlier)
      throws CorruptJournalException {
    FileIdentity identity = change.identity();
    if (identity == null && !change.created()) {
      identity = earlier.identityOf(change.number());
      boolean isKnown =
          identity != null
              || change.number() == changes.rootNumber()
              || givenUpBefore.contains(change.number());
      if (!isKnown) {
        throw new CorruptJournalException(
            "stage",
            0,
            "layer %d has to do with entry %x, and the plan that knows it is gone"
                .formatted(changes.layer(), change.number()));
      }
    }
    Entry entry = new Entry(change, identity);
    if (entries.putIfAbsent(change.number(), entry) != null) {
      throw contradiction(entry, "is given twice");
    }
    if (identity != null) {
      identify(entry, identity);
    }
  }

  private void addSlots() {
    Map<Location, Slot> slots = HashMap.newHashMap(changes.names().size());
    for (NameChange name : changes.names()) {
      Entry directory = entry(name.directory());
      Slot slot =
          new Slot(directory, name.name(), true, orNull(name.before()), orNull(name.after()));
      if (slots.putIfAbsent(new Location(name.directory(), name.name()), slot) != null) {
        throw contradiction(directory, "has a name twice: " + name.name());
      }
      changed.add(slot);
      if (slot.before != null) {
        slot.before.setNameChanged();
      }
      directory.setHasChangedNames();
      if (slot.after != null) {
        slot.after.addWanted(slot);
      }
    }
    for (Entry entry : entries.values()) {
      Location place = entry.change.before();
      if (place != null) {
        slots.computeIfAbsent(
            place, at -> new Slot(entry(at.directory()), at.name(), false, entry, entry));
      }
    }
    for (Slot slot : slots.values()) {
      slotsIn(slot.directory.number()).add(slot);
    }
  }

  private List<Slot> slotsIn(long directory) {
    return byDirectory.computeIfAbsent(directory, number -> new ArrayList<>());
  }

  private @Nullable Entry orNull(long number) {
    return number == NameChange.NONE ? null : entry(number);
  }

  /** The entry of a number that stands in the record. */
  Entry entry(long number) {
    Entry entry = entries.get(number);
    if (entry == null) {
      throw new IllegalArgumentException(
          "layer %d does not have entry %x".formatted(changes.layer(), number));
    }
    return entry;
  }

  /** The same, or null. */
  @Nullable Entry find(long number) {
    return entries.get(number);
  }

  /** Makes known which file an entry is. */
  void identify(Entry entry, FileIdentity identity) {
    entry.setIdentity(identity);
    if (byIdentity.putIfAbsent(identity, entry) != null) {
      throw contradiction(entry, "is a file that another entry is");
    }
  }

  /** The entry that is this file, or null. */
  @Nullable Entry find(FileIdentity identity) {
    return byIdentity.get(identity);
  }

  Collection<Entry> entries() {
    return entries.values();
  }

  /** The names that the layer changes. */
  List<Slot> changedSlots() {
    return changed;
  }

  /** The names in a directory that the layer has to do with. */
  List<Slot> slotsOf(Entry directory) {
    return byDirectory.getOrDefault(directory.number(), List.of());
  }

  /**
   * Whether the layer changes an entry that an earlier one gave up: what it builds on is not there.
   */
  boolean buildsOnGivenUp(Entry entry) {
    return givenUpBefore.contains(entry.number())
        && (!entry.change.isLeftAsItIs() || entry.hasNameChanged());
  }

  /** The entry's place in the layer's stage folder; nothing stays there. */
  Slot stageSlot(Entry entry) {
    return new Slot(stage, StageNames.object(entry.number()), false, null, null);
  }

  /** The entry's place among the orphans. */
  Slot orphanSlot(Entry entry) {
    Entry after = entry.is(Fate.ORPHAN) ? entry : null;
    return new Slot(orphans, StageNames.object(entry.number()), false, entry, after);
  }

  /** The slot by which the root itself is reached, for its attributes. */
  Slot rootSlot(Name name) {
    return new Slot(aboveRoot, name, false, root, root);
  }

  boolean isFolder(Entry entry) {
    return entry == stage || entry == orphans || entry == aboveRoot;
  }

  /** The path of a slot in the tree that the layer leads to, for messages. */
  String path(Slot slot) {
    Deque<String> parts = new ArrayDeque<>();
    Slot at = slot;
    while (at != null && at.directory != root && parts.size() < Name.MAX_BYTES) {
      parts.addFirst(at.name.toString());
      if (isFolder(at.directory)) {
        parts.addFirst(folderPath(at.directory));
        return String.join("/", parts);
      }
      at = place(at.directory);
    }
    if (at != null) {
      parts.addFirst(at.name.toString());
    }
    return String.join("/", parts);
  }

  private String folderPath(Entry folder) {
    if (folder == aboveRoot) {
      return "..";
    }
    return ".vfo/stage/"
        + (folder == stage ? StageNames.folder(changes.layer()) : StageNames.ORPHANS);
  }

  /** Where an entry is, is to be, or was, whatever is known, for messages. */
  String path(Entry entry) {
    if (entry == root) {
      return ".";
    }
    Slot place = place(entry);
    return place == null ? "entry %x".formatted(entry.number()) : path(place);
  }

  private @Nullable Slot place(Entry entry) {
    Slot position = entry.position();
    if (position != null) {
      return position;
    }
    if (!entry.wanted().isEmpty()) {
      return entry.wanted().getFirst();
    }
    Location before = entry.change.before();
    return before == null
        ? null
        : new Slot(entry(before.directory()), before.name(), false, entry, entry);
  }

  private IllegalArgumentException contradiction(Entry entry, String what) {
    return new IllegalArgumentException(
        "layer %d: entry %x %s".formatted(changes.layer(), entry.number(), what));
  }
}
