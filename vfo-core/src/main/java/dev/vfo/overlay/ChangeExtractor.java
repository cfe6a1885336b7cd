package dev.vfo.overlay;

import static dev.vfo.overlay.BlockPool.BLOCK_BYTES;

import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.EntryChange;
import dev.vfo.changes.EntryChange.Attributes;
import dev.vfo.changes.EntryChange.Data;
import dev.vfo.changes.EntryChange.Fate;
import dev.vfo.changes.Expectation;
import dev.vfo.changes.Extent;
import dev.vfo.changes.Extent.Hole;
import dev.vfo.changes.Location;
import dev.vfo.changes.NameChange;
import dev.vfo.changes.XattrChange;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Turns one sealed layer into a change set. Extents point into the layer's blocks, in memory or in
 * its spill file, which stay where they are until the layer is applied. To be used while the
 * namespace lock is held for reading; what later layers did meanwhile does not count.
 */
public final class ChangeExtractor {
  private static final int OWNER_SEARCH = 0100;

  private final Layer layer;
  private final FileEntry root;
  private final int uid;
  private final Map<Long, EntryChange> entries = new TreeMap<>();
  private final List<NameChange> names = new ArrayList<>();

  private ChangeExtractor(Layer layer, FileEntry root, int uid) {
    this.layer = layer;
    this.root = root;
    this.uid = uid;
  }

  /** The net change of a sealed layer, which a user is going to apply. */
  public static ChangeSet extract(Layer layer, FileEntry root, int uid) {
    ChangeExtractor extractor = new ChangeExtractor(layer, root, uid);
    layer.blocks().pin();
    for (EntryDelta delta : layer.deltas()) {
      extractor.add(delta);
    }
    return new ChangeSet(
        layer.number(), root.number(), List.copyOf(extractor.entries.values()), extractor.names);
  }

  private void add(EntryDelta delta) {
    FileEntry entry = delta.entry;
    entry.lock.readLock().lock();
    try {
      Fate fate = fate(delta);
      Location before = delta.created ? null : location(entry);
      if (fate == Fate.GONE && before == null) {
        return;
      }
      entries.put(entry.number(), change(delta, fate, before));
      if (delta.names != null) {
        for (Map.Entry<Name, NameDelta> name : delta.names.entrySet()) {
          addName(entry, name.getKey(), name.getValue());
        }
      }
    } finally {
      entry.lock.readLock().unlock();
    }
  }

  private Fate fate(EntryDelta delta) {
    FileEntry entry = delta.entry;
    if (entry == root || !entry.linksAfter(layer.number()).isEmpty()) {
      return Fate.ALIVE;
    }
    boolean named = delta.attributes.linkCount > 0;
    // Under a name that nobody looked up it lives on; a later layer that changes it must find it,
    // and so must one that gives a file its first name.
    boolean needed =
        entry.isInUse() || (named && entry.newestDelta() != delta) || isNamedLater(delta);
    if (needed && entry.type() == FileType.REGULAR) {
      return Fate.ORPHAN;
    }
    return named ? Fate.ALIVE : Fate.GONE;
  }

  private static boolean isNamedLater(EntryDelta delta) {
    return delta.entry.deltas().stream()
        .anyMatch(
            other -> other.layer.number() > delta.layer.number() && other.attributes.linkCount > 0);
  }

  private EntryChange change(EntryDelta delta, Fate fate, @Nullable Location before) {
    FileEntry entry = delta.entry;
    boolean gone = fate == Fate.GONE;
    boolean link = delta.created && entry.type() == FileType.SYMLINK;
    return new EntryChange(
        entry.number(),
        entry.type(),
        delta.created ? null : entry.home(),
        delta.created,
        before,
        fate,
        gone ? Attributes.UNCHANGED : attributes(delta),
        gone ? null : data(delta),
        link ? entry.symlinkTarget : null,
        delta.created ? entry.device() : 0,
        expected(delta));
  }

  // Of another user's file, which an older layer has still to write, only the kernel sets the time.
  private @Nullable Expectation expected(EntryDelta delta) {
    boolean isForeseen =
        uid == 0 || uid == delta.attributes.uid || !Expectations.isUnsettled(delta);
    return isForeseen ? Expectations.of(delta) : null;
  }

  private static Attributes attributes(EntryDelta delta) {
    EntryAttributes is = delta.attributes;
    int mask = delta.settled();
    if (isClosed(delta.entry, is)) {
      mask |= Attributes.MODE;
    }
    return new Attributes(
        mask, is.mode, is.uid, is.gid, is.accessNanos, is.modifyNanos, xattrs(delta));
  }

  private static List<XattrChange> xattrs(EntryDelta delta) {
    List<XattrChange> changes = new ArrayList<>();
    for (XattrChange change : delta.xattrs()) {
      byte[] value = change.value();
      if (value != null && change.name().equals(AccessList.ACCESS)) {
        changes.add(new XattrChange(change.name(), list(delta, value)));
      } else {
        changes.add(change);
      }
    }
    return changes;
  }

  // The mode may have been changed later than the list.
  private static byte[] list(EntryDelta delta, byte[] value) {
    try {
      return AccessList.read(value).with(delta.attributes.mode).bytes();
    } catch (StorageException e) {
      throw new IllegalStateException("it was read before", e);
    }
  }

  // By a handle a step gets at files below a directory that even its owner may not search: apply
  // has
  // to open that, and to close it again.
  private static boolean isClosed(FileEntry entry, EntryAttributes is) {
    return entry.isDirectory() && (is.mode & OWNER_SEARCH) == 0;
  }

  private static @Nullable Data data(EntryDelta delta) {
    if (delta.entry.type() != FileType.REGULAR || !delta.isWritten()) {
      return null;
    }
    long cut = Math.min(delta.cutBytes, delta.attributes.sizeBytes);
    return new Data(cut, delta.attributes.sizeBytes, extents(delta));
  }

  /** What the blocks of a delta hold, for as long as its layer is there. */
  static List<Extent> extents(EntryDelta delta) {
    ExtentRuns runs = new ExtentRuns(delta.layer.blocks().pool());
    delta.blocks.forEach(runs::add);
    List<Extent> extents = runs.finish();
    if (!delta.holes.isEmpty()) {
      addHoles(delta, extents);
    }
    return extents;
  }

  private static void addHoles(EntryDelta delta, List<Extent> extents) {
    long limit = Math.min(delta.cutBytes, delta.attributes.sizeBytes);
    delta.holes.forEach((from, to) -> {
      long offset = from * BLOCK_BYTES;
      long end = Math.min(to * BLOCK_BYTES, limit);
      if (offset < end) {
        extents.add(new Extent(offset, new Hole(end - offset)));
      }
    });
    extents.sort(Comparator.comparingLong(Extent::offset));
  }

  private void addName(FileEntry directory, Name name, NameDelta change) {
    names.add(
        new NameChange(
            directory.number(), name, numberOf(change.before()), numberOf(change.after())));
    if (change.before() != null) {
      refer(change.before());
    }
  }

  private static long numberOf(@Nullable FileEntry entry) {
    return entry == null ? NameChange.NONE : entry.number();
  }

  private @Nullable Location location(FileEntry entry) {
    Link link = entry == root ? null : entry.linkBefore(layer.number());
    if (link == null) {
      return null;
    }
    refer(link.parent());
    return new Location(link.parent().number(), link.name());
  }

  // An entry that the layer itself changed has its turn in the loop over the deltas.
  private void refer(FileEntry entry) {
    FileEntry at = entry;
    while (!entries.containsKey(at.number()) && !isChanged(at)) {
      Link link = at == root ? null : at.linkBefore(layer.number());
      entries.put(at.number(), reference(at, link));
      if (link == null) {
        return;
      }
      at = link.parent();
    }
  }

  private boolean isChanged(FileEntry entry) {
    return entry.deltas().stream().anyMatch(delta -> delta.layer == layer);
  }

  private EntryChange reference(FileEntry entry, @Nullable Link link) {
    EntryAttributes is = entry.attributesAfter(layer.number());
    Location before = link == null ? null : new Location(link.parent().number(), link.name());
    return new EntryChange(
        entry.number(),
        entry.type(),
        entry.home(),
        false,
        before,
        Fate.ALIVE,
        isClosed(entry, is)
            ? new Attributes(Attributes.MODE, is.mode, 0, 0, 0, 0)
            : Attributes.UNCHANGED,
        null,
        null,
        0);
  }
}
