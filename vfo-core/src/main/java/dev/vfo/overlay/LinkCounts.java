package dev.vfo.overlay;

import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.NameChange;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.StorageException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many names the entries of a loaded layer have after it. A record has only the names that
 * change; how many others there are is what an entry has now, less those of its names now that the
 * layer speaks of.
 */
final class LinkCounts {
  private final EntryTable table;
  private final HomeTree home;
  private final ChangeSet changes;
  private final Map<Long, EntryDelta> deltas;

  LinkCounts(EntryTable table, HomeTree home, ChangeSet changes, Map<Long, EntryDelta> deltas) {
    this.table = table;
    this.home = home;
    this.changes = changes;
    this.deltas = deltas;
  }

  /**
   * Sets the counts of the deltas, which have those from before the layer.
   *
   * @param isOldest whether home can be half-way in the layer, so that the names now are asked for
   */
  void set(boolean isOldest) throws StorageException {
    for (EntryDelta delta : deltas.values()) {
      if (delta.created) {
        delta.attributes.linkCount = delta.entry.isDirectory() ? 2 : 0;
      }
    }
    for (NameChange name : changes.names()) {
      FileEntry now = isOldest ? whoHas(name) : entry(name.before());
      count(name, now, -1);
      count(name, entry(name.after()), 1);
    }
    for (EntryDelta delta : deltas.values()) {
      List<Link> links = delta.links;
      if (delta.entry.isDirectory() && delta.entry != table.root() && links != null) {
        delta.attributes.linkCount = links.isEmpty() ? 0 : delta.attributes.linkCount;
      }
    }
  }

  private @Nullable FileEntry entry(long number) {
    return number == NameChange.NONE ? null : table.get(number);
  }

  private @Nullable FileEntry whoHas(NameChange name) throws StorageException {
    FileEntry directory = entry(name.directory());
    if (directory == null || directory.home() == null) {
      return null;
    }
    try {
      FileStat found = home.find(directory, name.name());
      return found == null ? null : table.of(found.identity());
    } catch (StorageException e) {
      // The directory itself is gone already.
      if (e.errno() != Errno.ESTALE) {
        throw e;
      }
      return null;
    }
  }

  private void count(NameChange name, @Nullable FileEntry who, int one) {
    if (who == null) {
      return;
    }
    EntryDelta directory = deltas.get(name.directory());
    if (!who.isDirectory()) {
      count(who, one);
    } else if (directory != null && !(directory.created && one < 0)) {
      // File systems that do not count subdirectories say 1 for every directory.
      directory.attributes.linkCount += directory.attributes.linkCount >= 2 ? one : 0;
    }
  }

  // What the layer makes counts from nothing.
  private void count(FileEntry file, int one) {
    EntryDelta delta = deltas.get(file.number());
    if (delta != null && !file.isDirectory() && !(delta.created && one < 0)) {
      delta.attributes.linkCount += one;
    }
  }
}
