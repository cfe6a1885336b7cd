package dev.vfo.overlay;

import java.util.List;
import java.util.Set;

/** The locks of several entries, held for writing by the thread that took them. */
public final class EntryLocks implements AutoCloseable {
  private final List<FileEntry> entries;

  private EntryLocks(List<FileEntry> entries) {
    this.entries = entries;
  }

  static EntryLocks take(Set<FileEntry> entries) {
    entries.forEach(entry -> entry.lock.writeLock().lock());
    return new EntryLocks(List.copyOf(entries));
  }

  @Override
  public void close() {
    entries.forEach(entry -> entry.lock.writeLock().unlock());
  }
}
