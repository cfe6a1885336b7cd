package dev.vfo.checkpoint;

import dev.vfo.apply.SpaceReserve;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The file {@code reserve}: disk space for applying the layers that are committed, taken before
 * their commit record is written and given back layer by layer (C12). Thread safe.
 */
final class Reserve implements SpaceReserve, AutoCloseable {
  private static final Name NAME = Name.of("reserve");
  private static final int MODE = 0600;

  private final Storage storage;
  private final int fd;
  private final NavigableMap<Long, Long> parts = new TreeMap<>();

  /** What the layers were given at first: what they have used of it is in the stage. */
  private final NavigableMap<Long, Long> given = new TreeMap<>();

  private Reserve(Storage storage, int fd) {
    this.storage = storage;
    this.fd = fd;
  }

  /** Opens the file; what it holds stays until {@link #trim}. */
  static Reserve open(Storage storage, int controlFd) throws StorageException {
    int flags = OpenFlag.READ | OpenFlag.WRITE | OpenFlag.CREATE;
    return new Reserve(storage, storage.open(controlFd, NAME, flags, MODE));
  }

  /** Takes space for a layer; ENOSPC when there is none, and then it holds what it held before. */
  synchronized void grow(long layer, long bytes) throws StorageException {
    long before = total();
    try {
      storage.allocate(fd, before, bytes, false);
      expect(layer, bytes);
    } catch (StorageException e) {
      storage.truncate(fd, before);
      throw e;
    }
  }

  /**
   * Notes what a layer needs that was committed by an earlier process, which had taken the space.
   */
  synchronized void expect(long layer, long bytes) {
    parts.put(layer, bytes);
    given.put(layer, bytes);
  }

  /**
   * Makes the file as long as the layers need that are known, after a crash that may have cut it
   * (C5).
   */
  synchronized void restore() throws StorageException {
    trim();
    try {
      if (total() > 0) {
        storage.allocate(fd, 0, total(), false);
      }
    } catch (StorageException e) {
      // Then there is less space than there was when the layers were committed: applying them says
      // so, if they need it.
      if (!e.isNoSpace()) {
        throw e;
      }
    }
  }

  /** Gives back what no layer needs. */
  synchronized void trim() throws StorageException {
    long wanted = total();
    if (storage.stat(fd).sizeBytes() > wanted) {
      storage.truncate(fd, wanted);
    }
  }

  @Override
  public synchronized void shrinkTo(long layer, long bytes) throws StorageException {
    Long held = parts.get(layer);
    if (held != null && held > bytes) {
      parts.put(layer, bytes);
      trim();
    }
  }

  /** Gives back all that is held for a layer. */
  synchronized void release(long layer) throws StorageException {
    given.remove(layer);
    if (parts.remove(layer) != null) {
      trim();
    }
  }

  /** Gives back all that is held for the layers above one, which are dropped. */
  synchronized void releaseAbove(long layer) throws StorageException {
    given.tailMap(layer, false).clear();
    parts.tailMap(layer, false).clear();
    trim();
  }

  /**
   * Gives back all that is held for a layer that is applied, and whose plan stays.
   *
   * @param planBytes the most that the plan takes
   */
  synchronized void releaseButPlan(long layer, long planBytes) throws StorageException {
    release(layer);
    given.put(layer, planBytes);
  }

  /** Takes note that the plans of all layers up to one are removed. */
  synchronized void plansRemoved(long layer) {
    given.headMap(layer, true).clear();
  }

  /** Bytes that are held. */
  synchronized long total() {
    return sum(parts);
  }

  /** Bytes that are held, and that layers have taken for the stage and their plans. */
  synchronized long givenBytes() {
    return sum(given);
  }

  private static long sum(Map<Long, Long> bytes) {
    return bytes.values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public void close() throws StorageException {
    storage.close(fd);
  }
}
