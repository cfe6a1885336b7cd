package dev.vfo.apply;

import dev.vfo.ForeignChangeException;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Descriptors of the directories of a layer: a bounded number of them, found by going down from the
 * root along where each one is now, each checked to be the right one. A descriptor stays good when
 * its directory is moved.
 */
final class Directories implements AutoCloseable {
  private static final int MAX_OPEN = 96;

  private final Storage storage;
  private final ApplyErrors errors;
  private final Map<Entry, Integer> fixed = new HashMap<>();
  private final Map<Entry, Integer> open = new LinkedHashMap<>(MAX_OPEN, 0.75f, true);
  private final Map<Entry, Integer> pins = new HashMap<>();

  Directories(Storage storage, ApplyErrors errors) {
    this.storage = storage;
    this.errors = errors;
  }

  /** Makes known a descriptor that somebody else opened and closes. */
  void fix(Entry directory, int fd) {
    fixed.put(directory, fd);
  }

  /**
   * A descriptor of a directory, for names and stat only, that stays open until it is unpinned as
   * often.
   */
  int pin(Entry directory) throws StorageException, ForeignChangeException {
    Deque<Entry> below = new ArrayDeque<>();
    Entry at = directory;
    while (!isOpen(at)) {
      below.push(at);
      Slot slot = at.position();
      if (slot == null) {
        throw errors.missing(at);
      }
      at = slot.directory;
    }
    int fd = hold(at);
    while (!below.isEmpty()) {
      Entry next = below.pop();
      try {
        openIn(fd, next);
      } finally {
        unpin(at);
      }
      fd = hold(next);
      at = next;
    }
    return fd;
  }

  private boolean isOpen(Entry directory) {
    return fixed.containsKey(directory) || open.containsKey(directory);
  }

  private int hold(Entry directory) {
    Integer there = fixed.get(directory);
    if (there != null) {
      return there;
    }
    Integer fd = open.get(directory);
    if (fd == null) {
      throw new IllegalStateException("not open");
    }
    pins.merge(directory, 1, Integer::sum);
    return fd;
  }

  void unpin(Entry directory) {
    pins.computeIfPresent(directory, (key, count) -> count == 1 ? null : count - 1);
  }

  private void openIn(int parentFd, Entry directory)
      throws StorageException, ForeignChangeException {
    makeRoom();
    Slot slot = directory.position();
    if (slot == null) {
      throw errors.missing(directory);
    }
    int fd = storage.open(parentFd, slot.name, OpenFlag.PATH | OpenFlag.DIRECTORY, 0);
    open.put(directory, fd);
    if (!directory.hasIdentity(storage.stat(fd).identity())) {
      forget(directory);
      throw errors.missing(directory);
    }
  }

  private void makeRoom() throws StorageException {
    Iterator<Map.Entry<Entry, Integer>> eldest = open.entrySet().iterator();
    while (open.size() >= MAX_OPEN && eldest.hasNext()) {
      Map.Entry<Entry, Integer> candidate = eldest.next();
      if (!pins.containsKey(candidate.getKey())) {
        eldest.remove();
        storage.close(candidate.getValue());
      }
    }
  }

  /** Closes the descriptor of a directory, if there is one: it is going to be removed. */
  void forget(Entry directory) throws StorageException {
    Integer fd = open.remove(directory);
    if (fd != null) {
      storage.close(fd);
    }
  }

  @Override
  public void close() throws StorageException {
    while (!open.isEmpty()) {
      Entry last = open.keySet().iterator().next();
      forget(last);
    }
  }
}
