package dev.vfo.apply;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vfo.apply.ModelTree.Node;
import dev.vfo.apply.ModelTree.Place;
import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.EntryChange;
import dev.vfo.changes.EntryChange.Attributes;
import dev.vfo.changes.EntryChange.Data;
import dev.vfo.changes.EntryChange.Fate;
import dev.vfo.changes.Extent;
import dev.vfo.changes.Location;
import dev.vfo.changes.NameChange;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A step on a model tree, operation by operation, that becomes the change set of a layer: what was
 * there before is compared with what is there after it. Paths are given as "a/b/c".
 */
final class LayerDraft {
  private static final long FIRST_VIRTUAL = Long.MIN_VALUE;
  private static final long START_NANOS = 1_700_000_000_000_000_000L;

  /** What was written into a file that was there before. */
  private static final class Edit {
    final BitSet written = new BitSet();
    int cut;
  }

  final long layer;
  final ModelTree now;
  private final ModelTree before;
  private final Map<Long, FileIdentity> identities;
  private final Map<Long, Node> oldNodes = new HashMap<>();
  private final Map<Long, Edit> edits = new HashMap<>();
  private final Set<Node> held = new LinkedHashSet<>();
  private long clock;
  private long nextVirtual;

  /**
   * @param identities the home files that are known when the layer is sealed
   */
  LayerDraft(long layer, ModelTree before, Map<Long, FileIdentity> identities) {
    this.layer = layer;
    this.before = before;
    this.now = before.copy();
    this.identities = identities;
    this.clock = START_NANOS + layer * 1_000_000_007L;
    this.nextVirtual = FIRST_VIRTUAL + layer * 10_000_000;
    before.nodes().forEach(node -> oldNodes.put(node.number, node));
  }

  // Operations

  LayerDraft file(String path, String content) {
    return file(place(path), content.getBytes(UTF_8));
  }

  LayerDraft file(Place place, byte[] content) {
    Node node = create(place, FileType.REGULAR);
    node.content = content;
    return this;
  }

  LayerDraft directory(String path) {
    create(place(path), FileType.DIRECTORY);
    return this;
  }

  LayerDraft symlink(String path, String target) {
    create(place(path), FileType.SYMLINK).content = target.getBytes(UTF_8);
    return this;
  }

  Node create(Place place, FileType type) {
    remove(place);
    Node node = new Node(nextVirtual++, type);
    node.mode = type == FileType.DIRECTORY ? 0755 : type == FileType.SYMLINK ? 0777 : 0644;
    node.modifyNanos = clock++;
    put(place, node);
    return node;
  }

  LayerDraft link(String from, String to) {
    return link(place(from), place(to));
  }

  LayerDraft link(Place from, Place to) {
    Node node = at(from);
    if (at(to) != node) {
      remove(to);
      put(to, node);
    }
    return this;
  }

  LayerDraft rename(String from, String to) {
    return rename(place(from), place(to));
  }

  LayerDraft rename(Place from, Place to) {
    Node node = at(from);
    if (at(to) != node) {
      from.directory().children.remove(from.name());
      touch(from.directory());
      remove(to);
      put(to, node);
    }
    return this;
  }

  LayerDraft exchange(String a, String b) {
    return exchange(place(a), place(b));
  }

  LayerDraft exchange(Place a, Place b) {
    Node first = at(a);
    put(a, at(b));
    put(b, first);
    return this;
  }

  LayerDraft remove(String path) {
    remove(place(path));
    return this;
  }

  /** Removes a name, if it is there; a directory with all that is in it. */
  void remove(Place place) {
    Node node = place.directory().children.remove(place.name());
    if (node != null) {
      touch(place.directory());
      for (Name name : List.copyOf(node.children.keySet())) {
        remove(new Place(node, name));
      }
    }
  }

  /** Keeps a file open, so that it becomes an orphan when its last name goes. */
  LayerDraft hold(String path) {
    return hold(at(place(path)));
  }

  LayerDraft hold(Node node) {
    held.add(node);
    return this;
  }

  /** Gives up an orphan of an earlier layer. */
  LayerDraft close(long number) {
    now.orphans.remove(number);
    return this;
  }

  /**
   * Exchanges a directory with one that lies in it: "a" and "a/b" become "a", the inner one, and
   * "a/b", the outer one.
   */
  LayerDraft turnOver(Place outer, Name inner) {
    Node parent = at(outer);
    Node child = parent.children.remove(inner);
    touch(parent);
    put(outer, child);
    remove(new Place(child, inner));
    put(new Place(child, inner), parent);
    return this;
  }

  LayerDraft write(String path, int offset, String text) {
    return write(at(place(path)), offset, text.getBytes(UTF_8));
  }

  LayerDraft write(Node node, int offset, byte[] bytes) {
    resize(node, Math.max(node.content.length, offset + bytes.length));
    System.arraycopy(bytes, 0, node.content, offset, bytes.length);
    edit(node).written.set(offset, offset + bytes.length);
    return this;
  }

  LayerDraft truncate(String path, int size) {
    return truncate(at(place(path)), size);
  }

  LayerDraft truncate(Node node, int size) {
    resize(node, size);
    return this;
  }

  private void resize(Node node, int size) {
    Edit edit = edit(node);
    edit.cut = Math.min(edit.cut, size);
    if (size < node.content.length) {
      edit.written.clear(size, Math.max(size, edit.written.length()));
    }
    node.content = Arrays.copyOf(node.content, size);
    node.modifyNanos = clock++;
  }

  private Edit edit(Node node) {
    return edits.computeIfAbsent(
        node.number,
        number -> {
          Edit edit = new Edit();
          edit.cut = node.content.length;
          if (!oldNodes.containsKey(number)) {
            edit.written.set(0, node.content.length);
          }
          return edit;
        });
  }

  LayerDraft mode(String path, int mode) {
    at(place(path)).mode = mode;
    return this;
  }

  LayerDraft owner(String path, int uid, int gid) {
    at(place(path)).uid = uid;
    at(place(path)).gid = gid;
    return this;
  }

  LayerDraft touch(String path, long nanos) {
    at(place(path)).modifyNanos = nanos;
    return this;
  }

  private void put(Place place, Node node) {
    place.directory().children.put(place.name(), node);
    touch(place.directory());
  }

  private void touch(Node directory) {
    directory.modifyNanos = clock++;
  }

  Node at(Place place) {
    return place.directory().children.get(place.name());
  }

  Node at(String path) {
    return path.isEmpty() ? now.root : at(place(path));
  }

  Place place(String path) {
    int slash = path.lastIndexOf('/');
    Node directory = slash < 0 ? now.root : at(path.substring(0, slash));
    return new Place(directory, Name.of(path.substring(slash + 1)));
  }

  // The change set

  /** Ends the step: the files that are kept open without a name are orphans from here on. */
  ChangeSet build() {
    Map<Long, Set<Place>> oldPlaces = before.places();
    Map<Long, Set<Place>> newPlaces = now.places();
    settleOrphans(newPlaces);
    List<NameChange> names = names();
    Map<Long, Location> locations = locations(oldPlaces, names);
    Set<Long> numbers = new TreeSet<>();
    for (NameChange name : names) {
      addWithParents(name.directory(), locations, numbers);
      addWithParents(name.before(), locations, numbers);
      addWithParents(name.after(), locations, numbers);
    }
    Map<Long, Node> newNodes = new LinkedHashMap<>();
    now.nodes().forEach(node -> newNodes.put(node.number, node));
    for (Node node : newNodes.values()) {
      if (isChanged(node)) {
        addWithParents(node.number, locations, numbers);
      }
    }
    for (long number : before.orphans.keySet()) {
      if (!now.orphans.containsKey(number)) {
        numbers.add(number);
      }
    }
    for (long number : now.orphans.keySet()) {
      if (!before.orphans.containsKey(number)) {
        numbers.add(number);
      }
    }
    numbers.remove(NameChange.NONE);
    List<EntryChange> entries = new ArrayList<>();
    for (long number : numbers) {
      entries.add(change(number, newNodes.get(number), locations.get(number)));
    }
    return new ChangeSet(layer, now.root.number, entries, names);
  }

  private void settleOrphans(Map<Long, Set<Place>> newPlaces) {
    for (Node node : held) {
      if (node != now.root && !newPlaces.containsKey(node.number)) {
        now.orphans.put(node.number, node);
      }
    }
  }

  private List<NameChange> names() {
    Map<Location, Long> old = slots(before);
    Map<Location, Long> current = slots(now);
    Set<Location> all = new LinkedHashSet<>(old.keySet());
    all.addAll(current.keySet());
    List<NameChange> names = new ArrayList<>();
    for (Location slot : all) {
      long was = old.getOrDefault(slot, NameChange.NONE);
      long is = current.getOrDefault(slot, NameChange.NONE);
      if (was != is) {
        names.add(new NameChange(slot.directory(), slot.name(), was, is));
      }
    }
    return names;
  }

  private static Map<Location, Long> slots(ModelTree tree) {
    Map<Location, Long> slots = new LinkedHashMap<>();
    for (Node node : tree.nodes()) {
      node.children.forEach(
          (name, child) -> slots.put(new Location(node.number, name), child.number));
    }
    return slots;
  }

  /** One old place of each file: of several one that changes, which is the hard case. */
  private static Map<Long, Location> locations(
      Map<Long, Set<Place>> oldPlaces, List<NameChange> names) {
    Set<Location> changed = new LinkedHashSet<>();
    names.forEach(name -> changed.add(new Location(name.directory(), name.name())));
    Map<Long, Location> locations = new HashMap<>();
    oldPlaces.forEach((number, places) -> {
      for (Place place : places) {
        Location location = new Location(place.directory().number, place.name());
        if (!locations.containsKey(number) || changed.contains(location)) {
          locations.put(number, location);
        }
      }
    });
    return locations;
  }

  private static void addWithParents(
      long number, Map<Long, Location> locations, Set<Long> numbers) {
    long at = number;
    while (numbers.add(at)) {
      Location location = locations.get(at);
      if (location == null) {
        return;
      }
      at = location.directory();
    }
  }

  private boolean isChanged(Node node) {
    Node old = oldNodes.get(node.number);
    return old != null && (edits.containsKey(node.number) || maskOf(old, node) != 0);
  }

  private static int maskOf(Node old, Node node) {
    int mask = old.mode == node.mode ? 0 : Attributes.MODE;
    mask |= old.uid == node.uid && old.gid == node.gid ? 0 : Attributes.OWNER | Attributes.MODE;
    mask |= old.modifyNanos == node.modifyNanos ? 0 : Attributes.MODIFY_TIME;
    return mask;
  }

  private EntryChange change(long number, Node node, Location location) {
    Node old = oldNodes.get(number);
    Node any = node == null ? old : node;
    boolean created = old == null;
    Fate fate =
        node == null ? Fate.GONE : now.orphans.containsKey(number) ? Fate.ORPHAN : Fate.ALIVE;
    return new EntryChange(
        number,
        any.type,
        created ? null : identities.get(number),
        created,
        location,
        fate,
        node == null ? Attributes.UNCHANGED : attributes(old, node),
        node == null || node.type != FileType.REGULAR ? null : data(old, node),
        created && node.type == FileType.SYMLINK ? node.content : null,
        0);
  }

  private Attributes attributes(Node old, Node node) {
    int mask = old == null ? Attributes.ALL : maskOf(old, node);
    mask |= edits.containsKey(node.number) ? Attributes.MODE | Attributes.MODIFY_TIME : 0;
    return mask == 0
        ? Attributes.UNCHANGED
        : new Attributes(mask, node.mode, node.uid, node.gid, node.modifyNanos, node.modifyNanos);
  }

  private Data data(Node old, Node node) {
    Edit edit = edits.get(node.number);
    if (old != null && edit == null) {
      return null;
    }
    BitSet written = new BitSet();
    if (edit == null) {
      written.set(0, node.content.length);
    } else {
      written.or(edit.written);
    }
    List<Extent> extents = new ArrayList<>();
    for (int from = written.nextSetBit(0); from >= 0; ) {
      int to = written.nextClearBit(from);
      extents.add(new Extent(from, memory(node.content, from, to)));
      from = written.nextSetBit(to);
    }
    return new Data(edit == null ? 0 : edit.cut, node.content.length, extents);
  }

  private static MemorySegment memory(byte[] bytes, int from, int to) {
    MemorySegment memory = Arena.ofAuto().allocate(to - from);
    MemorySegment.copy(bytes, from, memory, ValueLayout.JAVA_BYTE, 0, to - from);
    return memory;
  }
}
