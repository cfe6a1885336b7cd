package dev.vfo.overlay;

import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A bounded cache of open home files, least recently used ones first to go; one in use is never
 * closed. Thread safe.
 */
final class HomeDescriptors {
  /** A descriptor that is in use, or kept for the next use. */
  static final class Lease {
    private final int fd;
    private int users = 1;
    private boolean cached = true;

    private Lease(int fd) {
      this.fd = fd;
    }

    int fd() {
      return fd;
    }
  }

  private final Storage storage;
  private final int capacity;
  private final Map<FileEntry, Lease> leases = new LinkedHashMap<>(16, 0.75f, true);

  HomeDescriptors(Storage storage, int capacity) {
    this.storage = storage;
    this.capacity = capacity;
  }

  /** A lease that is never given up, for a descriptor that belongs to somebody else. */
  static Lease permanent(int fd) {
    return new Lease(fd);
  }

  synchronized @Nullable Lease find(FileEntry entry) {
    Lease lease = leases.get(entry);
    if (lease != null) {
      lease.users++;
    }
    return lease;
  }

  /**
   * Takes over an open descriptor; when another thread was faster, its one serves and this one is
   * closed.
   */
  Lease add(FileEntry entry, int fd) throws StorageException {
    List<Lease> evicted = new ArrayList<>();
    Lease result;
    synchronized (this) {
      Lease other = leases.get(entry);
      if (other != null) {
        other.users++;
        result = other;
      } else {
        result = new Lease(fd);
        leases.put(entry, result);
        evict(evicted);
      }
    }
    if (result.fd != fd) {
      storage.close(fd);
    }
    closeAll(evicted);
    return result;
  }

  private void evict(List<Lease> evicted) {
    Iterator<Lease> oldest = leases.values().iterator();
    while (leases.size() > capacity && oldest.hasNext()) {
      Lease lease = oldest.next();
      if (lease.users == 0) {
        oldest.remove();
        lease.cached = false;
        evicted.add(lease);
      }
    }
  }

  void release(Lease lease) throws StorageException {
    boolean close;
    synchronized (this) {
      lease.users--;
      close = lease.users == 0 && !lease.cached;
    }
    if (close) {
      storage.close(lease.fd);
    }
  }

  /** Forgets an entry's descriptor; it is closed when its last user is through. */
  void drop(FileEntry entry) throws StorageException {
    boolean close = false;
    @Nullable Lease lease;
    synchronized (this) {
      lease = leases.remove(entry);
      if (lease != null) {
        lease.cached = false;
        close = lease.users == 0;
      }
    }
    if (lease != null && close) {
      storage.close(lease.fd);
    }
  }

  /**
   * Forgets all descriptors; one in use is closed when its last user is through. No number may be
   * given to another file while somebody still reads by it.
   */
  void closeAll() throws StorageException {
    List<Lease> unused;
    synchronized (this) {
      leases.values().forEach(lease -> lease.cached = false);
      unused = leases.values().stream().filter(lease -> lease.users == 0).toList();
      leases.clear();
    }
    closeAll(unused);
  }

  private void closeAll(List<Lease> closing) throws StorageException {
    for (Lease lease : closing) {
      storage.close(lease.fd);
    }
  }
}
