package dev.vfo.overlay;

import dev.vfo.changes.Expectation;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A file's identity: a virtual inode, that survives rename and unlink. It knows its home file, and
 * has a delta for each layer that changed it and is not in the root yet.
 */
public final class FileEntry {
  /** Where a home file is found. */
  public enum Place {
    /** Under one of its names. */
    NAMED,
    /** In the stage folder of a layer. */
    PARKED,
    /** In the folder of the orphans. */
    ORPHANED
  }

  private final long number;
  private final FileType type;
  private volatile long device;
  final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  final AtomicInteger pins = new AtomicInteger();
  final AtomicInteger opens = new AtomicInteger();
  final AtomicInteger writers = new AtomicInteger();

  /** Oldest first; guarded by {@link #lock}, replaced as a whole. */
  private volatile List<EntryDelta> deltas = List.of();

  private volatile @Nullable FileIdentity home;
  private volatile List<Link> homeLinks = List.of();
  private volatile Place place = Place.NAMED;
  private volatile long parkedInLayer;
  private volatile boolean foreignDevice;

  /** Home's attributes; null while there is no home file. Guarded by {@link #lock}. */
  @Nullable EntryAttributes homeAttributes;

  /**
   * What its home file is like unless another program changed it; null while there is no home file.
   * Guarded by {@link #lock}.
   */
  @Nullable Expectation expected;

  volatile byte @Nullable [] symlinkTarget;

  /** The default access control list of its home directory; null while it is not known. */
  volatile @Nullable DefaultList homeDefaultList;

  /**
   * What a directory says of the access control lists of what is made in it.
   *
   * @param value null when there is none
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record DefaultList(byte @Nullable [] value) {}

  /** Whether it was made without a name, and no layer that is applied has given it one. */
  volatile boolean unnamed;

  /** Whether what is appended goes to its home file at once, and nothing else may change it. */
  private volatile boolean grows;

  /** Set when the step that made the entry was dropped. */
  volatile boolean dropped;

  FileEntry(long number, FileType type, long device) {
    this.number = number;
    this.type = type;
    this.device = device;
  }

  /** The number that programs see; never changes. */
  public long number() {
    return number;
  }

  public FileType type() {
    return type;
  }

  public boolean isDirectory() {
    return type == FileType.DIRECTORY;
  }

  /** Number of the device of a device node, else 0. */
  public long device() {
    return device;
  }

  /** Whether something outside of the layers holds on to it. */
  public boolean isInUse() {
    return pins.get() > 0 || opens.get() > 0;
  }

  /** Counts one more holder of the number. The caller holds the namespace lock. */
  public void pin() {
    pins.incrementAndGet();
  }

  /** Counts holders off; they had counted themselves before. */
  public void unpin(int count) {
    pins.addAndGet(-count);
  }

  /** Counts an open handle. The caller holds the namespace lock, or a pin. */
  public void opened(boolean forWriting) {
    opens.incrementAndGet();
    if (forWriting) {
      writers.incrementAndGet();
    }
  }

  /** Counts a handle off. */
  public void closed(boolean forWriting) {
    if (forWriting) {
      writers.decrementAndGet();
    }
    opens.decrementAndGet();
  }

  /**
   * Refuses a use of what is no longer there.
   *
   * @throws StorageException ESTALE
   */
  void requireThere() throws StorageException {
    if (dropped) {
      throw new StorageException(
          Errno.ESTALE, "use", this + ", which was made in a step that was rolled back");
    }
  }

  /** Whether the step that made it was dropped: every use is refused. */
  public boolean isDropped() {
    return dropped;
  }

  /** Whether it only grows, past the layers. */
  public boolean grows() {
    return grows;
  }

  /**
   * Lets it only grow from now on, for as long as it is in memory.
   *
   * @throws StorageException EINVAL when it is no regular file, EBUSY as long as it has no home
   *     file or layers change it
   */
  public void setGrowing() throws StorageException {
    if (type != FileType.REGULAR) {
      throw new StorageException(Errno.EINVAL, "let grow", this + ", no regular file");
    }
    if (home == null || isChanged()) {
      throw new StorageException(
          Errno.EBUSY, "let grow", this + ", which has changes that are not applied");
    }
    grows = true;
  }

  /**
   * Refuses a change of one that only grows.
   *
   * @throws StorageException EPERM
   */
  public void requireChangeable(String what) throws StorageException {
    if (grows) {
      throw new StorageException(Errno.EPERM, what, this + ", which only grows");
    }
  }

  /** Notes the target of a symbolic link, which never changes. */
  public void rememberSymlinkTarget(byte[] target) {
    symlinkTarget = target;
  }

  /** The target of a symbolic link as far as it is known, or null: home has it. */
  public byte @Nullable [] knownSymlinkTarget() {
    return symlinkTarget;
  }

  /** How many handles can write to it. */
  public int writerCount() {
    return writers.get();
  }

  /** Its home file, or null when it has none yet. */
  public @Nullable FileIdentity home() {
    return home;
  }

  void setHome(FileIdentity identity) {
    home = identity;
  }

  /** Whether it lies on another file system than the root, below a mount point. */
  public boolean isForeignDevice() {
    return foreignDevice;
  }

  void setForeignDevice() {
    foreignDevice = true;
  }

  /**
   * Takes the attributes of its home file over.
   *
   * @param namesInStage how many of its names are none of the tree's
   */
  void measured(FileStat stat, int namesInStage) {
    EntryAttributes attributes = EntryAttributes.of(stat);
    attributes.linkCount -= namesInStage;
    homeDefaultList = null;
    homeAttributes = attributes;
    expected = Expectation.of(stat);
    device = stat.device();
  }

  /** Whether its home file is as it is expected to be. */
  boolean isAsExpected(FileStat stat) {
    lock.readLock().lock();
    try {
      Expectation last = expected;
      return last == null || last.isMetBy(stat);
    } finally {
      lock.readLock().unlock();
    }
  }

  Place place() {
    return place;
  }

  /** Whether its home file is found among the orphans only. */
  public boolean isOrphan() {
    return place == Place.ORPHANED;
  }

  long parkedInLayer() {
    return parkedInLayer;
  }

  synchronized void park(long layer) {
    parkedInLayer = layer;
    place = Place.PARKED;
  }

  /** Ends parking: the layer is applied, and nothing is left in its folder. */
  synchronized void leaveStage() {
    if (place == Place.PARKED) {
      place = Place.NAMED;
    }
  }

  synchronized void orphan() {
    place = Place.ORPHANED;
  }

  List<Link> homeLinks() {
    return homeLinks;
  }

  synchronized void addHomeLink(Link link) {
    place = Place.NAMED;
    if (!homeLinks.contains(link)) {
      List<Link> more = new ArrayList<>(homeLinks);
      more.add(link);
      homeLinks = List.copyOf(more);
    }
  }

  synchronized void removeHomeLink(Link link) {
    List<Link> fewer = new ArrayList<>(homeLinks);
    fewer.remove(link);
    homeLinks = List.copyOf(fewer);
  }

  List<EntryDelta> deltas() {
    return deltas;
  }

  /** The names that its home file is known to have, then those that unapplied layers give it. */
  Set<Link> possibleHomeLinks() {
    Set<Link> links = new LinkedHashSet<>(homeLinks);
    for (EntryDelta delta : deltas) {
      List<Link> after = delta.links;
      if (after != null) {
        links.addAll(after);
      }
    }
    return links;
  }

  /**
   * Takes note of a name that no layer changed, found in home. The caller holds the namespace lock.
   */
  synchronized void discover(Link link) {
    if (homeLinks.contains(link)) {
      return;
    }
    addHomeLink(link);
    deltas.forEach(delta -> delta.discover(link));
  }

  synchronized void setHomeLinks(List<Link> links) {
    homeLinks = links;
  }

  /** Whether a layer that is not applied has changed it. */
  public boolean isChanged() {
    return !deltas.isEmpty();
  }

  void addDelta(EntryDelta delta) {
    List<EntryDelta> more = new ArrayList<>(deltas);
    more.add(delta);
    deltas = List.copyOf(more);
  }

  void removeDelta(EntryDelta delta) {
    List<EntryDelta> fewer = new ArrayList<>(deltas);
    fewer.remove(delta);
    deltas = List.copyOf(fewer);
  }

  @Nullable EntryDelta newestDelta() {
    List<EntryDelta> current = deltas;
    return current.isEmpty() ? null : current.getLast();
  }

  /** Whether no home directory is to be asked for its names: an unapplied layer made it. */
  public boolean isMadeInLayers() {
    List<EntryDelta> current = deltas;
    return home == null || (!current.isEmpty() && current.getFirst().created);
  }

  /** The attributes as of the active layer; the caller holds the lock. */
  EntryAttributes attributes() {
    EntryDelta newest = newestDelta();
    EntryAttributes current = newest == null ? homeAttributes : newest.attributes;
    if (current == null) {
      throw new IllegalStateException("entry " + number + " has neither a home nor a layer");
    }
    return current;
  }

  /**
   * The names that it is known to have as of the active layer; the caller holds the namespace lock.
   */
  List<Link> links() {
    List<EntryDelta> current = deltas;
    for (int i = current.size() - 1; i >= 0; i--) {
      List<Link> links = current.get(i).links;
      if (links != null) {
        return links;
      }
    }
    return homeLinks;
  }

  /** One of its names, or null; a directory has but one. The caller holds the namespace lock. */
  public @Nullable Link anyLink() {
    List<Link> links = links();
    return links.isEmpty() ? null : links.getFirst();
  }

  /** The directory that a directory lies in, or null for the root and for one that is removed. */
  public @Nullable FileEntry parent() {
    Link link = anyLink();
    return link == null ? null : link.parent();
  }

  /** Permission bits as of the active layer. */
  public int mode() {
    return current(is -> is.mode);
  }

  /** Owning user as of the active layer. */
  public int owner() {
    return current(is -> is.uid);
  }

  /** Owning group as of the active layer. */
  public int group() {
    return current(is -> is.gid);
  }

  /**
   * Whether its home file has the owner, group, permissions and access control list that it has as
   * of the active layer: no layer that is not applied changed them.
   */
  boolean hasRightsOfHome() {
    lock.readLock().lock();
    try {
      EntryAttributes is = homeAttributes;
      return is != null
          && !isMadeInLayers()
          && deltas.stream()
              .allMatch(delta ->
                  delta.attributes.hasRightsOf(is) && delta.xattr(AccessList.ACCESS) == null);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Number of names as of the active layer. */
  public int linkCount() {
    return current(is -> is.linkCount);
  }

  private int current(ToIntFunction<EntryAttributes> field) {
    lock.readLock().lock();
    try {
      return field.applyAsInt(attributes());
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Whether it has no name any more, as of the active layer. */
  public boolean isRemoved() {
    EntryDelta newest = newestDelta();
    EntryAttributes current = newest == null ? homeAttributes : newest.attributes;
    return current != null && current.linkCount == 0;
  }

  /** Whether it may get a name: it has one, or was made without and has never had one. */
  public boolean isLinkable() {
    return !isRemoved() || (unnamed && deltas.stream().noneMatch(delta -> delta.named));
  }

  /**
   * Who has a name in this directory, if a layer changed it: absent when none did, and an empty
   * inner value when the name is gone. The caller holds the namespace lock.
   */
  public Optional<Optional<FileEntry>> nameInLayers(Name name) {
    List<EntryDelta> current = deltas;
    for (int i = current.size() - 1; i >= 0; i--) {
      Map<Name, NameDelta> names = current.get(i).names;
      NameDelta change = names == null ? null : names.get(name);
      if (change != null) {
        return Optional.of(Optional.ofNullable(change.after()));
      }
    }
    return Optional.empty();
  }

  /**
   * Who had a name in this directory before layers that are not applied took it away. The caller
   * holds the namespace lock.
   */
  public List<FileEntry> formerOwners(Name name) {
    List<FileEntry> owners = new ArrayList<>();
    for (EntryDelta delta : deltas) {
      NameDelta change = delta.names == null ? null : delta.names.get(name);
      FileEntry before = change == null ? null : change.before();
      if (before != null) {
        owners.add(before);
      }
    }
    return owners;
  }

  /** All names of this directory that layers changed. The caller holds the namespace lock. */
  public Map<Name, Optional<FileEntry>> namesInLayers() {
    Map<Name, Optional<FileEntry>> merged = new TreeMap<>();
    for (EntryDelta delta : deltas) {
      if (delta.names != null) {
        delta.names.forEach(
            (name, change) -> merged.put(name, Optional.ofNullable(change.after())));
      }
    }
    return merged;
  }

  /**
   * What its names were when a layer began: the link that the first younger change noted, else
   * today's.
   */
  @Nullable Link linkBefore(long layer) {
    for (EntryDelta delta : deltas) {
      if (delta.layer.number() >= layer) {
        return delta.linkBefore();
      }
    }
    return anyLink();
  }

  /** What its attributes were at a layer's end. */
  EntryAttributes attributesAfter(long layer) {
    lock.readLock().lock();
    try {
      EntryAttributes is = homeAttributes;
      for (EntryDelta delta : deltas) {
        is = delta.layer.number() <= layer ? delta.attributes : is;
      }
      if (is == null) {
        throw new IllegalStateException("entry " + number + " was not there in layer " + layer);
      }
      return is;
    } finally {
      lock.readLock().unlock();
    }
  }

  /** What its known names were at a layer's end. */
  List<Link> linksAfter(long layer) {
    List<Link> links = homeLinks;
    for (EntryDelta delta : deltas) {
      if (delta.layer.number() <= layer && delta.links != null) {
        links = delta.links;
      }
    }
    return links;
  }

  /**
   * The names from the root to one of its names at a layer's end, or none when it had no name that
   * is known. The caller holds the namespace lock.
   */
  public List<Name> pathAfter(long layer) {
    List<Name> path = new ArrayList<>();
    List<Link> links = linksAfter(layer);
    while (!links.isEmpty()) {
      Link link = links.getFirst();
      path.addFirst(link.name());
      links = link.parent().linksAfter(layer);
    }
    return path;
  }

  @Override
  public String toString() {
    return "entry " + number;
  }
}
