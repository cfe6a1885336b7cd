package dev.vfo.checkpoint;

import dev.vfo.ForeignChangeException;
import dev.vfo.ForeignChangeException.Conflict;
import dev.vfo.ForeignChangeException.Kind;
import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.EntryChange;
import dev.vfo.changes.Expectation;
import dev.vfo.changes.Location;
import dev.vfo.changes.NameChange;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.util.ArrayDeque;
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
 * Whether the root still has what layers were made over that an earlier process left: each file
 * under the name that it had, and nothing where they make something new. One use.
 */
final class ParkedCheck {
  private static final int FOLDER = OpenFlag.PATH | OpenFlag.DIRECTORY;

  private final Storage storage;
  private final int rootFd;
  private final String advice;

  /** Each entry as the oldest layer that speaks of it has it: with its place in home. */
  private final Map<Long, EntryChange> entries = new HashMap<>();

  /** What they are to be like, of those that count. */
  private final Map<Long, Expectation> expected = new HashMap<>();

  private final Set<Location> seen = new HashSet<>();

  /** What another program did, by path. */
  private final Map<String, Kind> found = new TreeMap<>();

  /**
   * @param advice what can be done when it has not, to be told behind "make it as it was and"
   */
  ParkedCheck(Storage storage, int rootFd, String advice) {
    this.storage = storage;
    this.rootFd = rootFd;
    this.advice = advice;
  }

  /**
   * Whether each file is where the layers, oldest first, have it from.
   *
   * @throws ForeignChangeException when another program moved, removed or made something
   */
  void requireInPlace(List<ChangeSet> layers) throws StorageException, ForeignChangeException {
    lookAt(layers);
    report();
  }

  /**
   * The same, and whether the files that they change are as they were.
   *
   * @throws ForeignChangeException when another program changed something
   */
  void requireUnchanged(List<ChangeSet> layers) throws StorageException, ForeignChangeException {
    for (ChangeSet layer : layers) {
      for (EntryChange entry : layer.entries()) {
        Expectation expectation = entry.expected();
        if (expectation != null) {
          // A younger layer expects what the older one leaves.
          expected.putIfAbsent(entry.number(), expectation);
        }
      }
    }
    lookAt(layers);
    report();
  }

  private void report() throws ForeignChangeException {
    if (!found.isEmpty()) {
      throw new ForeignChangeException(
          found.entrySet().stream()
              .map(each -> new Conflict(each.getKey(), each.getValue()))
              .toList(),
          "since the step used it",
          "Nothing of it was overwritten: make it as it was and " + advice);
    }
  }

  private void lookAt(List<ChangeSet> layers) throws StorageException {
    for (ChangeSet layer : layers) {
      layer.entries().forEach(entry -> entries.putIfAbsent(entry.number(), entry));
    }
    for (EntryChange entry : entries.values()) {
      FileIdentity identity = entry.identity();
      if (identity != null) {
        compare(entry, identity);
      }
    }
    for (ChangeSet layer : layers) {
      for (NameChange name : layer.names()) {
        compare(name);
      }
    }
  }

  private void compare(EntryChange entry, FileIdentity identity) throws StorageException {
    Location place = entry.before();
    if (place == null) {
      if (isRoot(entry)) {
        compare(".", entry, storage.stat(rootFd));
      }
      return;
    }
    FileStat stat = find(place);
    if (stat == null) {
      found.putIfAbsent(path(place), Kind.MISSING);
    } else if (!stat.identity().equals(identity)) {
      found.putIfAbsent(path(place), Kind.REPLACED);
    } else {
      compare(path(place), entry, stat);
    }
  }

  private boolean isRoot(EntryChange entry) throws StorageException {
    return storage.stat(rootFd).identity().equals(entry.identity());
  }

  private void compare(String path, EntryChange entry, FileStat stat) {
    Expectation expectation = expected.get(entry.number());
    if (expectation != null && !expectation.isMetBy(stat)) {
      found.putIfAbsent(path, Kind.CHANGED);
    }
  }

  private void compare(NameChange name) throws StorageException {
    Location location = new Location(name.directory(), name.name());
    boolean isHomes = seen.add(location) && entry(name.directory()).identity() != null;
    if (!isHomes) {
      return;
    }
    FileStat stat = find(location);
    if (name.before() == NameChange.NONE) {
      if (stat != null) {
        found.putIfAbsent(path(location), Kind.TAKEN);
      }
      return;
    }
    FileIdentity identity = entry(name.before()).identity();
    if (identity != null && (stat == null || !stat.identity().equals(identity))) {
      found.putIfAbsent(path(location), stat == null ? Kind.MISSING : Kind.REPLACED);
    }
  }

  private EntryChange entry(long number) {
    return Objects.requireNonNull(entries.get(number), "the change set has all that it names");
  }

  private Deque<Name> names(Location location) {
    Deque<Name> names = new ArrayDeque<>();
    Location at = location;
    while (at != null) {
      names.addFirst(at.name());
      at = entry(at.directory()).before();
    }
    return names;
  }

  private String path(Location location) {
    return String.join("/", names(location).stream().map(Name::toString).toList());
  }

  private @Nullable FileStat find(Location location) throws StorageException {
    Deque<Name> names = names(location);
    Name last = names.removeLast();
    int at = rootFd;
    try {
      for (Name name : names) {
        int next = storage.open(at, name, FOLDER, 0);
        close(at);
        at = next;
      }
      return storage.stat(at, last);
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR || e.errno() == Errno.ELOOP) {
        return null;
      }
      throw e;
    } finally {
      close(at);
    }
  }

  private void close(int fd) throws StorageException {
    if (fd != rootFd) {
      storage.close(fd);
    }
  }
}
