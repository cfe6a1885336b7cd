package dev.vfo.overlay;

import dev.vfo.VfoException;
import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.EntryChange;
import dev.vfo.changes.EntryChange.Attributes;
import dev.vfo.changes.EntryChange.Data;
import dev.vfo.changes.EntryChange.Fate;
import dev.vfo.changes.Extent;
import dev.vfo.changes.Extent.Hole;
import dev.vfo.changes.Extent.InSpill;
import dev.vfo.changes.Location;
import dev.vfo.changes.NameChange;
import dev.vfo.changes.XattrChange;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileType;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes a layer of a change set: the opposite of {@link ChangeExtractor}. For committed layers that
 * could not be applied, and for those of a detached step. One thread, while nobody else uses the
 * overlay; layers by ascending number.
 */
public final class LayerLoader {
  private final LayerStack layers;
  private final EntryTable table;
  private final HomeTree home;
  private final BlockEdits edits;
  private final StagedFiles staged;
  private final LongFunction<@Nullable FileIdentity> made;

  /** Home files that have a name in the stage. */
  private List<FileIdentity> namesInStage = List.of();

  /**
   * @param made the home files that layers made, as far as plans tell: by entry number
   */
  public LayerLoader(
      LayerStack layers,
      EntryTable table,
      HomeTree home,
      FileContent content,
      StagedFiles staged,
      LongFunction<@Nullable FileIdentity> made) {
    this.layers = layers;
    this.table = table;
    this.home = home;
    this.edits = content.edits();
    this.staged = staged;
    this.made = made;
  }

  /** A layer that was loaded, and its change set with the content in the layer's own blocks. */
  public record Loaded(Layer layer, ChangeSet changes) {}

  /**
   * Loads the next of the layers that could not be applied; home can be half-way in the first one.
   *
   * @param timeNanos when it was committed, nanoseconds since 1970
   * @throws StorageException when home could not be looked at
   * @throws VfoException when the layer's spill file is damaged
   */
  public Loaded loadUnapplied(ChangeSet changes, long timeNanos)
      throws StorageException, VfoException {
    boolean isFirst = layers.durable().isEmpty();
    if (isFirst) {
      namesInStage = staged.identities(changes.layer());
    }
    return load(changes, timeNanos, layers.restore(changes.layer()), isFirst, this::keep);
  }

  /**
   * Loads the next layer, which no apply has begun with. What is in its spill file stays there.
   *
   * @param timeNanos when it was parked, nanoseconds since 1970
   * @throws StorageException when home could not be looked at
   * @throws VfoException when the layer's spill file is damaged
   */
  public Loaded loadParked(ChangeSet changes, long timeNanos)
      throws StorageException, VfoException {
    // Of what is open without a name, as far as layers that are applied know.
    namesInStage = staged.identities(changes.layer());
    return load(changes, timeNanos, layers.restore(changes.layer()), false, this::keep);
  }

  /**
   * Copies a layer of another overlay into one that is sealed and empty, within the memory budget.
   *
   * @param timeNanos the change time of what it changes, nanoseconds since 1970
   * @param layer has the change set's number
   * @param source has the content
   * @throws StorageException when home could not be looked at, or content not be copied
   */
  public Loaded copy(ChangeSet changes, long timeNanos, Layer layer, ExtentSource source)
      throws StorageException, VfoException {
    namesInStage = staged.identities(changes.layer());
    return load(
        changes,
        timeNanos,
        layer,
        false,
        (delta, extent) -> {
          if (extent.content() instanceof Hole) {
            edits.restore(delta.entry, delta, extent);
            return;
          }
          source.read(extent, (offset, bytes) -> edits.writeAll(delta.entry, delta, offset, bytes));
        });
  }

  /**
   * Keeps everybody away from the entries that change sets change. The caller holds the namespace
   * lock for writing, and nobody else changes entries.
   */
  public EntryLocks lockEntries(List<ChangeSet> layers) {
    Set<FileEntry> known = new LinkedHashSet<>();
    for (ChangeSet layer : layers) {
      for (EntryChange change : layer.entries()) {
        FileEntry entry = table.get(change.number());
        if (entry != null) {
          known.add(entry);
        }
      }
    }
    return EntryLocks.take(known);
  }

  /** Puts the content of an extent into a layer. */
  private interface Filling {
    void fill(EntryDelta delta, Extent extent) throws StorageException, VfoException;
  }

  private void keep(EntryDelta delta, Extent extent) throws StorageException, VfoException {
    if (extent.content() instanceof InSpill) {
      delta.layer.blocks().openFile();
    }
    edits.restore(delta.entry, delta, extent);
  }

  private Loaded load(
      ChangeSet changes, long timeNanos, Layer layer, boolean isHalfWay, Filling filling)
      throws StorageException, VfoException {
    for (EntryChange change : changes.entries()) {
      enter(change);
    }
    findHomeNames(changes);
    Map<Long, EntryDelta> deltas = addDeltas(layer, changes, timeNanos);
    addNames(changes, deltas);
    // Only now it can be found: apply may have moved it.
    for (EntryChange change : changes.entries()) {
      measure(change);
    }
    for (EntryChange change : changes.entries()) {
      EntryDelta delta = deltas.get(change.number());
      if (delta != null) {
        setAttributes(delta, change, timeNanos);
      }
    }
    new LinkCounts(table, home, changes, deltas).set(isHalfWay);
    List<EntryChange> entries = new ArrayList<>();
    for (EntryChange change : changes.entries()) {
      Data data = change.data();
      EntryDelta delta = deltas.get(change.number());
      entries.add(data == null || delta == null ? change : fill(change, data, delta, filling));
    }
    return new Loaded(
        layer, new ChangeSet(changes.layer(), changes.rootNumber(), entries, changes.names()));
  }

  private void enter(EntryChange change) {
    FileEntry entry = table.restore(change.number(), change.type(), change.device());
    FileIdentity identity =
        change.identity() == null ? made.apply(change.number()) : change.identity();
    if (entry.home() == null && identity != null) {
      table.bind(entry, identity);
    }
    byte[] target = change.symlinkTarget();
    if (target != null) {
      entry.rememberSymlinkTarget(target);
    }
  }

  // A name that an entry had before the layer, and that no earlier layer gave it, is home's.
  private void findHomeNames(ChangeSet changes) {
    for (EntryChange change : changes.entries()) {
      Location before = change.before();
      if (before != null) {
        discover(change.number(), new Link(entry(before.directory()), before.name()));
      }
    }
    for (NameChange name : changes.names()) {
      if (name.before() != NameChange.NONE) {
        discover(name.before(), new Link(entry(name.directory()), name.name()));
      }
    }
  }

  private void discover(long number, Link link) {
    FileEntry entry = entry(number);
    if (!entry.links().contains(link)) {
      entry.discover(link);
    }
  }

  private FileEntry entry(long number) {
    return Objects.requireNonNull(table.get(number), "the change set has all that it names");
  }

  private Map<Long, EntryDelta> addDeltas(Layer layer, ChangeSet changes, long timeNanos) {
    Set<Long> named = new HashSet<>();
    for (NameChange name : changes.names()) {
      named.addAll(List.of(name.directory(), name.before(), name.after()));
    }
    Map<Long, EntryDelta> deltas = new LinkedHashMap<>();
    for (EntryChange change : changes.entries()) {
      if (!change.isReference() || named.contains(change.number())) {
        EntryDelta delta = delta(layer, change, timeNanos);
        LayerStack.add(delta);
        deltas.put(change.number(), delta);
      }
    }
    return deltas;
  }

  private EntryDelta delta(Layer layer, EntryChange change, long timeNanos) {
    Location before = change.before();
    Link link = before == null ? null : new Link(entry(before.directory()), before.name());
    EntryDelta delta =
        new EntryDelta(
            layer,
            entry(change.number()),
            change.created(),
            EntryAttributes.created(0, 0, 0, timeNanos),
            link);
    if (change.fate() == Fate.GONE) {
      delta.links = List.of();
    }
    return delta;
  }

  private void measure(EntryChange change) throws StorageException {
    FileEntry entry = entry(change.number());
    if (change.created() || entry.isMadeInLayers() || entry.homeAttributes != null) {
      return;
    }
    if (change.before() == null) {
      entry.orphan();
      table.addOrphan(entry);
    }
    try {
      int names = entry.isDirectory() ? 0 : Collections.frequency(namesInStage, entry.home());
      entry.measured(home.stat(entry), names);
      if (entry.type() == FileType.SYMLINK) {
        // An apply that goes on may move it.
        entry.rememberSymlinkTarget(home.readSymlink(entry));
      }
    } catch (StorageException e) {
      boolean keepsName = change.fate() != Fate.GONE && !entry.links().isEmpty();
      if (keepsName || change.fate() == Fate.ORPHAN || e.errno() != Errno.ESTALE) {
        throw e;
      }
      // Apply has come so far that it lost its last name that we know. Perhaps it has another one:
      // under that it is found as if it was never seen, and as it is after the layer.
      entry.homeAttributes = EntryAttributes.created(0, 0, 0, 0);
      if (change.fate() == Fate.ALIVE) {
        table.remove(entry);
      }
    }
  }

  private static void setAttributes(EntryDelta delta, EntryChange change, long timeNanos) {
    EntryAttributes attributes = delta.attributes;
    if (!change.created()) {
      List<EntryDelta> all = delta.entry.deltas();
      EntryAttributes before =
          all.size() > 1 ? all.get(all.size() - 2).attributes : delta.entry.homeAttributes;
      delta.setBefore(Objects.requireNonNull(before, "it was measured"));
    }
    set(delta, change.attributes());
    setXattrs(delta, change);
    attributes.changeNanos = timeNanos;
    byte[] target = change.symlinkTarget();
    if (target != null) {
      attributes.sizeBytes = target.length;
    }
  }

  private static void set(EntryDelta delta, Attributes to) {
    EntryAttributes attributes = delta.attributes;
    if (to.has(Attributes.MODE)) {
      attributes.mode = to.mode();
    }
    if (to.has(Attributes.OWNER)) {
      attributes.uid = to.uid();
      attributes.gid = to.gid();
    }
    if (to.has(Attributes.ACCESS_TIME)) {
      attributes.accessNanos = to.accessNanos();
    }
    if (to.has(Attributes.MODIFY_TIME)) {
      attributes.modifyNanos = to.modifyNanos();
    }
    delta.changed = to.mask() & Attributes.ALL;
  }

  private static void setXattrs(EntryDelta delta, EntryChange change) {
    boolean isWritten = change.data() != null || change.attributes().has(Attributes.OWNER);
    delta.clearsCapability = isWritten && !delta.created && !delta.entry.isDirectory();
    for (XattrChange xattr : change.attributes().xattrs()) {
      byte[] value = xattr.value();
      if (value == null) {
        delta.removeXattr(xattr.name());
      } else {
        delta.setXattr(xattr.name(), value);
      }
    }
  }

  private void addNames(ChangeSet changes, Map<Long, EntryDelta> deltas) {
    for (NameChange name : changes.names()) {
      EntryDelta directory = deltas.get(name.directory());
      EntryDelta before = deltas.get(name.before());
      EntryDelta after = deltas.get(name.after());
      if (directory == null || before == after) {
        continue;
      }
      directory.namesForChange().put(name.name(), new NameDelta(entryOf(before), entryOf(after)));
      Link link = new Link(directory.entry, name.name());
      if (before != null) {
        before.removeLink(link);
      }
      if (after != null) {
        after.addLink(link);
      }
    }
  }

  private static @Nullable FileEntry entryOf(@Nullable EntryDelta delta) {
    return delta == null ? null : delta.entry;
  }

  private EntryChange fill(EntryChange change, Data data, EntryDelta delta, Filling filling)
      throws StorageException, VfoException {
    delta.wasWritten = true;
    delta.attributes.sizeBytes = data.sizeBytes();
    delta.cutBytes = data.cutBytes();
    for (Extent extent : data.extents()) {
      filling.fill(delta, extent);
    }
    return new EntryChange(
        change.number(),
        change.type(),
        change.identity(),
        change.created(),
        change.before(),
        change.fate(),
        change.attributes(),
        new Data(data.cutBytes(), data.sizeBytes(), ChangeExtractor.extents(delta)),
        change.symlinkTarget(),
        change.device(),
        change.expected());
  }
}
