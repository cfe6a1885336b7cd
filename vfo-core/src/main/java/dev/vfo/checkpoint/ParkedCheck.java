package dev.vfo.checkpoint;

import dev.vfo.ForeignChangeException;
import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.EntryChange;
import dev.vfo.changes.Location;
import dev.vfo.changes.NameChange;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
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
import org.jspecify.annotations.Nullable;

/**
 * Whether the root still has what the layers of a detached step were made over: each file under the
 * name that it had, and nothing where they make something new. One use.
 */
final class ParkedCheck {
  private static final int FOLDER = OpenFlag.PATH | OpenFlag.DIRECTORY;

  private final Storage storage;
  private final int rootFd;
  private final String step;

  /** Each entry as the oldest layer that speaks of it has it: with its place in home. */
  private final Map<Long, EntryChange> entries = new HashMap<>();

  private final Set<Location> seen = new HashSet<>();

  ParkedCheck(Storage storage, int rootFd, String step) {
    this.storage = storage;
    this.rootFd = rootFd;
    this.step = step;
  }

  /**
   * Looks at everything that the layers, oldest first, speak of.
   *
   * @throws ForeignChangeException when something was changed
   */
  void require(List<ChangeSet> layers) throws StorageException, ForeignChangeException {
    for (ChangeSet layer : layers) {
      layer.entries().forEach(entry -> entries.putIfAbsent(entry.number(), entry));
    }
    for (EntryChange entry : entries.values()) {
      if (entry.identity() != null && entry.before() != null) {
        require(entry.before(), entry.identity());
      }
    }
    for (ChangeSet layer : layers) {
      for (NameChange name : layer.names()) {
        require(name);
      }
    }
  }

  private void require(NameChange name) throws StorageException, ForeignChangeException {
    Location location = new Location(name.directory(), name.name());
    boolean isHomes = seen.add(location) && entry(name.directory()).identity() != null;
    if (!isHomes) {
      return;
    }
    if (name.before() == NameChange.NONE) {
      require(location, null);
    } else if (entry(name.before()).identity() != null) {
      require(location, entry(name.before()).identity());
    }
  }

  private EntryChange entry(long number) {
    return Objects.requireNonNull(entries.get(number), "the change set has all that it names");
  }

  private void require(Location location, @Nullable FileIdentity expected)
      throws StorageException, ForeignChangeException {
    FileIdentity found = find(location);
    if (Objects.equals(found, expected)) {
      return;
    }
    String finding =
        expected == null
            ? "was made by another program, where the step makes something of its own"
            : found == null
                ? "is gone, which the step changes or uses"
                : "is another file now than the one that the step changes or uses";
    throw new ForeignChangeException(
        path(location),
        finding,
        "Nothing of it was overwritten: put it back as it was and try again, or discard " + step);
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

  private @Nullable FileIdentity find(Location location) throws StorageException {
    Deque<Name> names = names(location);
    Name last = names.removeLast();
    int at = rootFd;
    try {
      for (Name name : names) {
        int next = storage.open(at, name, FOLDER, 0);
        close(at);
        at = next;
      }
      return storage.stat(at, last).identity();
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
