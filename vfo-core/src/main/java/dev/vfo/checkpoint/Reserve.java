package dev.vfo.checkpoint;

import dev.vfo.apply.SpaceReserve;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The file {@code reserve}: disk space for applying the layers that are committed, taken before
 * their commit record is written and given back layer by layer (C12). Thread safe.
 */
final class Reserve implements SpaceReserve, AutoCloseable {
  private static final Name NAME = Name.of("reserve");
  private static final int MODE = 0600;

  private final Storage storage;
  private final int fd;
  private final Map<Long, Long> parts = new LinkedHashMap<>();

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
      parts.put(layer, bytes);
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
    if (parts.remove(layer) != null) {
      trim();
    }
  }

  /** Bytes that are held. */
  synchronized long total() {
    long total = 0;
    for (long part : parts.values()) {
      total += part;
    }
    return total;
  }

  @Override
  public void close() throws StorageException {
    storage.close(fd);
  }
}
