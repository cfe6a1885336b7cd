package dev.vfo.overlay;

import dev.vfo.ForeignChangeException.Conflict;
import dev.vfo.ForeignChangeException.Kind;
import dev.vfo.changes.Expectation;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * One comparison of home with what sealed layers build on: every entry that they change, and every
 * name. What an older layer, which is committed and not applied, has still to change is left out:
 * its apply looks at that. One thread; changes nothing.
 */
public final class ForeignChanges {
  private final HomeTree home;
  private final FileEntry root;
  private final Lock names;
  private final List<Layer> layers;

  /** By path, so that nothing is told twice. */
  private final Map<String, Kind> found = new LinkedHashMap<>();

  /** Directories that were looked for, and whether they are where they are known to be. */
  private final Map<FileEntry, Boolean> placed = new HashMap<>();

  /**
   * @param names the namespace lock, which is held for reading for each entry, so that no layer is
   *     published in the middle of it
   * @param layers by ascending number; at least the first one's entries are all changed by no
   *     younger layer that is applied
   */
  public ForeignChanges(HomeTree home, FileEntry root, Lock names, List<Layer> layers) {
    this.home = home;
    this.root = root;
    this.names = names;
    this.layers = layers;
  }

  /** Everything that another program changed. */
  public List<Conflict> find() throws StorageException {
    for (Layer layer : layers) {
      for (EntryDelta delta : layer.deltas()) {
        names.lock();
        try {
          check(delta);
        } finally {
          names.unlock();
        }
      }
    }
    return found.entrySet().stream()
        .map(each -> new Conflict(each.getKey(), each.getValue()))
        .toList();
  }

  private void check(EntryDelta delta) throws StorageException {
    FileEntry entry = delta.entry;
    if (!entry.isMadeInLayers() && !isMovedBefore(delta)) {
      checkFile(delta);
    }
    Map<Name, NameDelta> changed = delta.names;
    if (changed != null && !entry.isMadeInLayers() && isPlaced(entry)) {
      for (Map.Entry<Name, NameDelta> name : changed.entrySet()) {
        if (!isChangedBefore(delta, name.getKey())) {
          checkName(new Link(entry, name.getKey()), name.getValue().before());
        }
      }
    }
  }

  private static boolean isMovedBefore(EntryDelta delta) {
    for (EntryDelta older : delta.entry.deltas()) {
      if (older == delta) {
        return false;
      }
      if (older.links != null) {
        return true;
      }
    }
    return false;
  }

  private static boolean isChangedBefore(EntryDelta delta, Name name) {
    for (EntryDelta older : delta.entry.deltas()) {
      if (older == delta) {
        return false;
      }
      if (older.names != null && older.names.containsKey(name)) {
        return true;
      }
    }
    return false;
  }

  private void checkName(Link link, @Nullable FileEntry before) throws StorageException {
    Seen seen = look(link);
    // One that is gone and is still needed is missed where it is looked for itself.
    if (seen.stat() != null && !seen.is(before)) {
      add(link, before == null ? Kind.TAKEN : Kind.REPLACED);
    }
  }

  private void checkFile(EntryDelta delta) throws StorageException {
    FileEntry entry = delta.entry;
    Link link = delta.linkBefore();
    if (entry == root) {
      compare(delta, home.stat(root), ".");
      return;
    }
    // An orphan is in a place of VFO's own.
    if (link == null || !isPlaced(link.parent())) {
      return;
    }
    Seen seen = look(link);
    FileStat stat = seen.stat();
    if (stat != null && seen.is(entry)) {
      compare(delta, stat, path(link));
      requireEmptyIfRemoved(delta, link);
    } else if (seen.isVisible() && isNeeded(delta)) {
      add(link, stat == null ? Kind.MISSING : Kind.REPLACED);
    }
  }

  private void compare(EntryDelta delta, FileStat stat, String path) {
    @Nullable Expectation expected;
    delta.entry.lock.readLock().lock();
    try {
      expected = Expectations.isUnsettled(delta) ? null : Expectations.of(delta);
    } finally {
      delta.entry.lock.readLock().unlock();
    }
    if (expected != null && !expected.isMetBy(stat)) {
      found.putIfAbsent(path, Kind.CHANGED);
    }
  }

  // A name that is taken away may be gone already.
  private static boolean isNeeded(EntryDelta delta) {
    List<Link> after = delta.links;
    boolean hasName = after == null || !after.isEmpty();
    return delta.attributes.linkCount > 0 && (hasName || Expectations.touchesFile(delta));
  }

  private void requireEmptyIfRemoved(EntryDelta delta, Link link) throws StorageException {
    FileEntry entry = delta.entry;
    if (!entry.isDirectory() || delta.attributes.linkCount > 0) {
      return;
    }
    Map<Name, Optional<FileEntry>> ours = entry.namesInLayers();
    boolean[] others = {false};
    home.list(
        entry,
        (name, inode, type) -> {
          others[0] = !ours.containsKey(name);
          return !others[0];
        });
    if (others[0]) {
      add(link, Kind.NOT_EMPTY);
    }
  }

  /**
   * Whether a directory is where it is known to be, with all above it; one that is not is told.
   * Where unapplied layers move it, nobody knows, and it counts as in place.
   */
  private boolean isPlaced(FileEntry directory) throws StorageException {
    if (directory == root || directory.isMadeInLayers() || isMovedByOlder(directory)) {
      return true;
    }
    Boolean known = placed.get(directory);
    if (known != null) {
      return known;
    }
    Link link = directory.linkBefore(layers.getFirst().number());
    boolean is = link == null || (isPlaced(link.parent()) && isThere(directory, link));
    placed.put(directory, is);
    return is;
  }

  private boolean isMovedByOlder(FileEntry directory) {
    return directory.deltas().stream()
        .anyMatch(
            delta -> delta.layer.number() < layers.getFirst().number() && delta.links != null);
  }

  private boolean isThere(FileEntry directory, Link link) throws StorageException {
    Seen seen = look(link);
    if (!seen.isVisible() || seen.is(directory)) {
      return true;
    }
    add(link, seen.stat() == null ? Kind.MISSING : Kind.REPLACED);
    return false;
  }

  /** What a name in home stands for; not visible when our rights do not let us look. */
  private record Seen(boolean isVisible, @Nullable FileStat stat) {
    boolean is(@Nullable FileEntry entry) {
      return entry != null && stat != null && stat.identity().equals(entry.home());
    }
  }

  private Seen look(Link link) throws StorageException {
    try {
      return new Seen(true, home.find(link.parent(), link.name()));
    } catch (StorageException e) {
      if (HomeTree.isElsewhere(e.errno())) {
        return new Seen(true, null);
      }
      if (e.errno() == Errno.EACCES) {
        return new Seen(false, null);
      }
      throw e;
    }
  }

  private void add(Link link, Kind kind) {
    found.putIfAbsent(path(link), kind);
  }

  private String path(Link link) {
    StringBuilder path = new StringBuilder(link.name().toString());
    Link at = link.parent().linkBefore(layers.getFirst().number());
    while (at != null) {
      path.insert(0, at.name() + "/");
      at = at.parent().linkBefore(layers.getFirst().number());
    }
    return path.toString();
  }
}
