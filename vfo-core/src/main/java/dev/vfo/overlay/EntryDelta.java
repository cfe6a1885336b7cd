package dev.vfo.overlay;

import dev.vfo.changes.EntryChange.Attributes;
import dev.vfo.changes.Expectation;
import dev.vfo.changes.XattrChange;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one layer did to one file entry: its attributes after the layer, its blocks, and for a
 * directory the names that changed. Attributes and content are guarded by the entry's lock, names
 * and links by the namespace lock.
 */
public final class EntryDelta {
  final Layer layer;
  final FileEntry entry;
  final boolean created;
  final EntryAttributes attributes;
  final BlockMap blocks;

  /** What was made zeros before the cut; no block of these is held. */
  final Holes holes = new Holes();

  private long sizeBefore;
  private volatile @Nullable Link linkBefore;

  /** The smallest size since the layer began: behind it neither older layers nor home are read. */
  long cutBytes;

  /** What apply left the home file like, as far as it is told; guarded by the entry's lock. */
  @Nullable Expectation written;

  /** Which attributes the layer set; bits of {@link Attributes}. */
  int changed;

  /** The extended attributes that the layer set or removed, by name; null: none. */
  private @Nullable SortedMap<String, XattrChange> xattrs;

  /** Whether the layer wrote to the file, which may have left its content as it was. */
  boolean wasWritten;

  /** Whether the layer did something that takes the file's capabilities away. */
  boolean clearsCapability;

  /** The names that the entry is known to have after the layer; null: as before it. */
  volatile @Nullable List<Link> links;

  /** Whether the layer gave the entry a name, which it may have taken away again. */
  volatile boolean named;

  /** For a directory: the names that changed in it; null: none. */
  @Nullable Map<Name, NameDelta> names;

  EntryDelta(
      Layer layer,
      FileEntry entry,
      boolean created,
      EntryAttributes attributes,
      @Nullable Link linkBefore) {
    this.layer = layer;
    this.entry = entry;
    this.created = created;
    this.attributes = attributes;
    this.blocks = new BlockMap(layer.blocks(), entry.lock.writeLock());
    this.sizeBefore = created ? 0 : attributes.sizeBytes;
    this.cutBytes = sizeBefore;
    this.linkBefore = linkBefore;
    this.changed = created ? Attributes.ALL : 0;
  }

  /** Says what the attributes were before the layer, when that was not known yet. */
  void setBefore(EntryAttributes before) {
    attributes.set(before);
    sizeBefore = before.sizeBytes;
    cutBytes = sizeBefore;
  }

  Map<Name, NameDelta> namesForChange() {
    if (names == null) {
      names = new TreeMap<>();
    }
    return names;
  }

  /** What the layer did to an extended attribute, or null. */
  @Nullable XattrChange xattr(String name) {
    return xattrs == null ? null : xattrs.get(name);
  }

  /** All that it did to extended attributes. */
  Collection<XattrChange> xattrs() {
    return xattrs == null ? List.of() : xattrs.values();
  }

  void setXattr(String name, byte[] value) {
    xattrsForChange().put(name, new XattrChange(name, value));
  }

  void removeXattr(String name) {
    if (created) {
      xattrsForChange().remove(name);
    } else {
      xattrsForChange().put(name, new XattrChange(name, null));
    }
  }

  private SortedMap<String, XattrChange> xattrsForChange() {
    if (xattrs == null) {
      xattrs = new TreeMap<>();
    }
    return xattrs;
  }

  /** Takes the file's capabilities away, as the kernel does when content or owner are changed. */
  void clearCapability() {
    clearsCapability = true;
    if (xattrs != null) {
      xattrs.remove(FileXattrs.CAPABILITY);
    }
  }

  /** A name that the entry had when the layer began, or null. */
  @Nullable Link linkBefore() {
    return linkBefore;
  }

  /** Takes note of a name in home that no layer changed, so it was there when the layer began. */
  void discover(Link link) {
    if (linkBefore == null && !created) {
      linkBefore = link;
    }
    List<Link> known = links;
    if (known != null && !known.contains(link)) {
      List<Link> more = new ArrayList<>(known);
      more.add(link);
      links = List.copyOf(more);
    }
  }

  /** Gives the entry one more name. The caller holds the entry's lock for writing. */
  void addLink(Link link) {
    List<Link> more = new ArrayList<>(entry.links());
    more.add(link);
    links = List.copyOf(more);
  }

  /** Takes a name away. The caller holds the entry's lock for writing. */
  void removeLink(Link link) {
    List<Link> fewer = new ArrayList<>(entry.links());
    fewer.remove(link);
    links = List.copyOf(fewer);
  }

  /**
   * Which attributes apply sets: writing and a new owner take mode bits away, and writing sets the
   * time, so that it puts right what it does itself. So do the rights that it needs for extended
   * attributes.
   */
  int settled() {
    int mask = changed;
    if (entry.type() == FileType.REGULAR && isWritten()) {
      mask |= Attributes.MODE | Attributes.MODIFY_TIME;
    }
    if (xattrs != null && !xattrs.isEmpty()) {
      mask |= Attributes.XATTRS;
    }
    boolean needsMode = (mask & (Attributes.OWNER | Attributes.XATTRS)) != 0;
    return needsMode ? mask | Attributes.MODE : mask;
  }

  /**
   * Whether apply is to write: also where nothing is left to be written, as that alone takes
   * capabilities away.
   */
  boolean isWritten() {
    return hasContentChange() || (wasWritten && !created);
  }

  boolean hasContentChange() {
    return blocks.count() > 0
        || !holes.isEmpty()
        || attributes.sizeBytes != sizeBefore
        || cutBytes < sizeBefore;
  }
}
