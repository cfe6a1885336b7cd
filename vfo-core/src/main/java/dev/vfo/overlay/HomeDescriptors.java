package dev.vfo.overlay;

import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A bounded cache of open home files. When it is full, one goes that was not used since the last
 * look; one in use is closed when its last user is through. No number is given to another file
 * while somebody still reads by it. Thread safe; finding one waits for nobody.
 */
final class HomeDescriptors {
  /** A descriptor that is in use, or kept for the next use. */
  static final class Lease {
    private final int fd;
    private final boolean isPermanent;

    /** Its users, the cache among them; at 0 it is closed. */
    private final AtomicInteger users;

    private volatile boolean wasUsed = true;

    private Lease(int fd, boolean isPermanent, int users) {
      this.fd = fd;
      this.isPermanent = isPermanent;
      this.users = new AtomicInteger(users);
    }

    int fd() {
      return fd;
    }

    private boolean use() {
      int before = users.getAndUpdate(count -> count == 0 ? 0 : count + 1);
      if (before > 0 && !wasUsed) {
        wasUsed = true;
      }
      return before > 0;
    }
  }

  private static final int ONLY_CACHED = 1;

  private final Storage storage;
  private final int capacity;
  private final Map<FileEntry, Lease> leases = new ConcurrentHashMap<>();

  HomeDescriptors(Storage storage, int capacity) {
    this.storage = storage;
    this.capacity = capacity;
  }

  /** A lease that is never given up, for a descriptor that belongs to somebody else. */
  static Lease permanent(int fd) {
    return new Lease(fd, true, 0);
  }

  @Nullable Lease find(FileEntry entry) {
    Lease lease = leases.get(entry);
    return lease != null && lease.use() ? lease : null;
  }

  /**
   * Takes over an open descriptor; when another thread was faster, its one serves and this one is
   * closed.
   */
  Lease add(FileEntry entry, int fd) throws StorageException {
    Lease mine = new Lease(fd, false, ONLY_CACHED + 1);
    Lease other = leases.putIfAbsent(entry, mine);
    while (other != null && !other.use()) {
      leases.remove(entry, other);
      other = leases.putIfAbsent(entry, mine);
    }
    if (other != null) {
      storage.close(fd);
      return other;
    }
    for (Lease lease : evicted()) {
      release(lease);
    }
    return mine;
  }

  // The first round may find all used since the last look; the second one does not.
  private synchronized List<Lease> evicted() {
    List<Lease> evicted = new ArrayList<>();
    for (int round = 0; round < 2; round++) {
      Iterator<Map.Entry<FileEntry, Lease>> all = leases.entrySet().iterator();
      while (leases.size() > capacity && all.hasNext()) {
        Map.Entry<FileEntry, Lease> each = all.next();
        Lease lease = each.getValue();
        if (lease.wasUsed) {
          lease.wasUsed = false;
        } else if (lease.users.get() == ONLY_CACHED && leases.remove(each.getKey(), lease)) {
          evicted.add(lease);
        }
      }
    }
    return evicted;
  }

  void release(Lease lease) throws StorageException {
    if (!lease.isPermanent && lease.users.decrementAndGet() == 0) {
      storage.close(lease.fd);
    }
  }

  /** Forgets an entry's descriptor; it is closed when its last user is through. */
  void drop(FileEntry entry) throws StorageException {
    Lease lease = leases.remove(entry);
    if (lease != null) {
      release(lease);
    }
  }

  /** Forgets all descriptors, while nobody adds one. */
  void closeAll() throws StorageException {
    List<FileEntry> entries = new ArrayList<>(leases.keySet());
    // In an order that is the same each time.
    entries.sort(Comparator.comparingLong(FileEntry::number));
    for (FileEntry entry : entries) {
      drop(entry);
    }
  }
}
