package dev.vfo.overlay;

import dev.vfo.Change;
import dev.vfo.Change.Aspect;
import dev.vfo.Change.Kind;
import dev.vfo.changes.Location;
import dev.vfo.storage.FileType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What layers change, name by name: the difference between home and the tree above it. One use,
 * while nobody changes the overlay.
 */
public final class NetChanges {
  /**
   * One of them.
   *
   * @param change as a user sees it
   * @param entry number of the file that it is about; of one that was replaced, of the new one
   * @param name the name that is made, moved to, removed or given to another file; null when only
   *     the file itself is changed
   */
  public record NetChange(Change change, long entry, @Nullable Location name) {}

  private final FileEntry root;

  /** Who has the names that layers changed, before all of them and after. */
  private final Map<Link, NameDelta> names = new LinkedHashMap<>();

  /** The entries that layers changed and did not make. */
  private final Set<FileEntry> changed = new LinkedHashSet<>();

  /** Names that files lost and nothing else got. */
  private final Map<FileEntry, Deque<Link>> left = new HashMap<>();

  private final Set<FileEntry> told = new LinkedHashSet<>();
  private final List<NetChange> changes = new ArrayList<>();

  private NetChanges(FileEntry root) {
    this.root = root;
  }

  /** The changes of layers, the oldest first, by ascending path. */
  public static List<NetChange> of(List<Layer> layers, FileEntry root) {
    NetChanges net = new NetChanges(root);
    layers.forEach(net::collect);
    net.names.values().removeIf(name -> name.before() == name.after());
    net.tellNames();
    net.tellFiles();
    net.changes.sort(Comparator.comparing(each -> each.change().path()));
    return net.changes;
  }

  private void collect(Layer layer) {
    for (EntryDelta delta : layer.deltas()) {
      FileEntry entry = delta.entry;
      if (entry.home() != null) {
        changed.add(entry);
      }
      if (delta.names != null) {
        delta.names.forEach((name, change) ->
            names.merge(
                new Link(entry, name),
                change,
                (first, last) -> new NameDelta(first.before(), last.after())));
      }
    }
  }

  private void tellNames() {
    names.forEach((link, name) -> {
      if (name.before() != null && name.after() == null) {
        left.computeIfAbsent(name.before(), _ -> new ArrayDeque<>()).add(link);
      }
    });
    names.forEach((link, name) -> {
      FileEntry after = name.after();
      if (after != null && isInTree(link.parent())) {
        tell(link, name.before(), after);
      }
    });
    left.forEach((entry, links) -> links.forEach(link -> tellRemoved(link, entry)));
  }

  private void tell(Link link, @Nullable FileEntry before, FileEntry after) {
    Deque<Link> old = left.get(after);
    if (before != null) {
      Set<Aspect> aspects = EnumSet.of(Aspect.CONTENT);
      aspects.addAll(rights(home(before), now(after)));
      add(Kind.MODIFIED, link, null, after, aspects, home(before));
    } else if (old != null && !old.isEmpty()) {
      add(Kind.RENAMED, link, old.remove(), after, aspects(after), home(after));
    } else {
      add(Kind.ADDED, link, null, after, Set.of(), null);
    }
    told.add(after);
  }

  private void tellRemoved(Link link, FileEntry entry) {
    Change change =
        new Change(
            Kind.REMOVED,
            path(link, true),
            Optional.empty(),
            entry.type(),
            Set.of(),
            Optional.of(home(entry).stat(entry)),
            Optional.empty());
    changes.add(new NetChange(change, entry.number(), location(link)));
  }

  private void tellFiles() {
    for (FileEntry entry : changed) {
      Link link = entry.anyLink();
      boolean isThere = entry == root || (link != null && isInTree(link.parent()));
      Set<Aspect> aspects = aspects(entry);
      if (isThere && !aspects.isEmpty() && !told.contains(entry)) {
        Change change = change(Kind.MODIFIED, link, null, entry, aspects, home(entry));
        changes.add(new NetChange(change, entry.number(), null));
      }
    }
  }

  private void add(
      Kind kind,
      Link link,
      @Nullable Link from,
      FileEntry entry,
      Set<Aspect> aspects,
      @Nullable EntryAttributes before) {
    Change change = change(kind, link, from, entry, aspects, before);
    changes.add(new NetChange(change, entry.number(), location(link)));
  }

  private static Location location(Link link) {
    return new Location(link.parent().number(), link.name());
  }

  private Change change(
      Kind kind,
      @Nullable Link link,
      @Nullable Link from,
      FileEntry entry,
      Set<Aspect> aspects,
      @Nullable EntryAttributes before) {
    return new Change(
        kind,
        link == null ? "" : path(link, false),
        from == null ? Optional.empty() : Optional.of(path(from, true)),
        entry.type(),
        aspects,
        before == null ? Optional.empty() : Optional.of(before.stat(entry)),
        Optional.of(now(entry).stat(entry)));
  }

  private static EntryAttributes home(FileEntry entry) {
    return Objects.requireNonNull(entry.homeAttributes, "it is in home");
  }

  private static EntryAttributes now(FileEntry entry) {
    return entry.attributes();
  }

  private static Set<Aspect> aspects(FileEntry entry) {
    if (entry.isMadeInLayers()) {
      return Set.of();
    }
    EntryAttributes before = home(entry);
    EntryAttributes after = now(entry);
    Set<Aspect> aspects = rights(before, after);
    if (entry.deltas().stream().anyMatch(delta -> !delta.xattrs().isEmpty())) {
      aspects.add(Aspect.XATTRS);
    }
    boolean isFile = entry.type() == FileType.REGULAR;
    if (isFile && entry.deltas().stream().anyMatch(EntryDelta::hasContentChange)) {
      aspects.add(Aspect.CONTENT);
    } else if (!entry.isDirectory() && before.modifyNanos != after.modifyNanos) {
      aspects.add(Aspect.TIME);
    }
    return aspects;
  }

  private static Set<Aspect> rights(EntryAttributes before, EntryAttributes after) {
    Set<Aspect> aspects = EnumSet.noneOf(Aspect.class);
    if (before.mode != after.mode) {
      aspects.add(Aspect.MODE);
    }
    if (before.uid != after.uid || before.gid != after.gid) {
      aspects.add(Aspect.OWNER);
    }
    return aspects;
  }

  private boolean isInTree(FileEntry directory) {
    FileEntry at = directory;
    while (at != root) {
      FileEntry parent = at.parent();
      if (parent == null) {
        return false;
      }
      at = parent;
    }
    return true;
  }

  private String path(Link link, boolean inHome) {
    Deque<String> parts = new ArrayDeque<>();
    Link at = link;
    while (at != null) {
      parts.addFirst(at.name().toString());
      FileEntry parent = at.parent();
      at = parent == root ? null : inHome ? parent.homeLinks().getFirst() : parent.anyLink();
    }
    return String.join("/", parts);
  }
}
