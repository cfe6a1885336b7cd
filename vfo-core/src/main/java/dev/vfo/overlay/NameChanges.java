package dev.vfo.overlay;

import dev.vfo.changes.EntryChange.Attributes;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts changes of names into the active layer, without asking whether they are allowed. The caller
 * holds the gate and the namespace lock for writing.
 */
public final class NameChanges {
  private final LayerStack layers;
  private final EntryTable table;
  private final LongSupplier clockNanos;

  /** Changes of the entries of a table; the clock gives nanoseconds since 1970. */
  public NameChanges(LayerStack layers, EntryTable table, LongSupplier clockNanos) {
    this.layers = layers;
    this.table = table;
    this.clockNanos = clockNanos;
  }

  /**
   * What a new file is.
   *
   * @param umask what is taken away of its mode, where no access control list is inherited
   */
  public record NewFile(
      FileType type,
      int mode,
      int umask,
      int uid,
      int gid,
      long device,
      byte @Nullable [] symlinkTarget,
      SortedMap<String, byte[]> xattrs) {
    /** The same as a directory lets it be. */
    public NewFile in(int newMode, int newGid, SortedMap<String, byte[]> newXattrs) {
      return new NewFile(type, newMode, 0, uid, newGid, device, symlinkTarget, newXattrs);
    }
  }

  /**
   * Makes an entry and gives it its first name.
   *
   * @throws StorageException EROFS when nothing may be changed, as of all others
   */
  public FileEntry create(FileEntry parent, Name name, NewFile file) throws StorageException {
    EntryDelta delta = make(file, file.type() == FileType.DIRECTORY ? 2 : 1);
    FileEntry entry = delta.entry;
    delta.links = List.of(new Link(parent, name));
    setName(parent, name, null, entry);
    changeParent(parent, entry.isDirectory() ? 1 : 0);
    return entry;
  }

  /** Makes an entry without a name. */
  public FileEntry createUnnamed(NewFile file) throws StorageException {
    EntryDelta delta = make(file, 0);
    delta.entry.unnamed = true;
    delta.links = List.of();
    return delta.entry;
  }

  private EntryDelta make(NewFile file, int linkCount) throws StorageException {
    layers.requireNotFrozen();
    FileEntry entry = table.create(file.type(), file.device());
    long now = clockNanos.getAsLong();
    EntryAttributes attributes = EntryAttributes.created(file.mode(), file.uid(), file.gid(), now);
    attributes.linkCount = linkCount;
    byte[] target = file.symlinkTarget();
    if (target != null) {
      entry.symlinkTarget = target;
      attributes.sizeBytes = target.length;
    }
    EntryDelta delta = layers.create(entry, attributes);
    file.xattrs().forEach(delta::setXattr);
    return delta;
  }

  /** Gives an entry one more name, which nobody has. */
  public void link(FileEntry entry, FileEntry parent, Name name) throws StorageException {
    change(
        entry,
        delta -> {
          delta.addLink(new Link(parent, name));
          delta.named = true;
          delta.attributes.linkCount++;
        });
    setName(parent, name, null, entry);
    changeParent(parent, 0);
  }

  /** Takes a name away from the entry that has it. */
  public void unlink(FileEntry entry, FileEntry parent, Name name) throws StorageException {
    removeName(entry, parent, name);
    setName(parent, name, entry, null);
    changeParent(parent, entry.isDirectory() ? -1 : 0);
  }

  private void removeName(FileEntry entry, FileEntry parent, Name name) throws StorageException {
    change(
        entry,
        delta -> {
          delta.removeLink(new Link(parent, name));
          delta.attributes.linkCount = entry.isDirectory() ? 0 : delta.attributes.linkCount - 1;
        });
  }

  /** Moves a name; what had the target's name, if anything, loses it. */
  public void rename(
      FileEntry entry,
      FileEntry from,
      Name fromName,
      FileEntry to,
      Name toName,
      @Nullable FileEntry replaced)
      throws StorageException {
    if (replaced != null) {
      removeName(replaced, to, toName);
    }
    setName(from, fromName, entry, null);
    setName(to, toName, replaced, entry);
    moveLink(entry, new Link(from, fromName), new Link(to, toName));
    int lost = replaced != null && replaced.isDirectory() ? -1 : 0;
    int moved = entry.isDirectory() ? 1 : 0;
    changeParent(from, -moved);
    changeParent(to, moved + lost);
  }

  /** Gives two entries each other's name. */
  public void exchange(
      FileEntry one,
      FileEntry oneParent,
      Name oneName,
      FileEntry other,
      FileEntry parent,
      Name name)
      throws StorageException {
    setName(oneParent, oneName, one, other);
    setName(parent, name, other, one);
    moveLink(one, new Link(oneParent, oneName), new Link(parent, name));
    moveLink(other, new Link(parent, name), new Link(oneParent, oneName));
    int moved = (one.isDirectory() ? 1 : 0) - (other.isDirectory() ? 1 : 0);
    changeParent(oneParent, -moved);
    changeParent(parent, moved);
  }

  private void moveLink(FileEntry entry, Link from, Link to) throws StorageException {
    change(
        entry,
        delta -> {
          delta.removeLink(from);
          delta.addLink(to);
        });
  }

  private interface Change {
    void apply(EntryDelta delta);
  }

  private void change(FileEntry entry, Change change) throws StorageException {
    entry.lock.writeLock().lock();
    try {
      EntryDelta delta = layers.change(entry);
      change.apply(delta);
      delta.attributes.changeNanos = clockNanos.getAsLong();
    } finally {
      entry.lock.writeLock().unlock();
    }
  }

  private void setName(
      FileEntry directory, Name name, @Nullable FileEntry current, @Nullable FileEntry after)
      throws StorageException {
    directory.lock.writeLock().lock();
    try {
      Map<Name, NameDelta> names = layers.change(directory).namesForChange();
      NameDelta earlier = names.get(name);
      FileEntry before = earlier == null ? current : earlier.before();
      if (before == after) {
        names.remove(name);
      } else {
        names.put(name, new NameDelta(before, after));
      }
    } finally {
      directory.lock.writeLock().unlock();
    }
  }

  /**
   * Lets the record say an entry's mode, though it stays: apply may have to change it meanwhile.
   */
  public void recordMode(FileEntry entry) throws StorageException {
    change(entry, delta -> delta.changed |= Attributes.MODE);
  }

  // File systems that do not count subdirectories say 1 for every directory.
  private void changeParent(FileEntry directory, int subdirectories) throws StorageException {
    change(
        directory,
        delta -> {
          delta.attributes.modifyNanos = clockNanos.getAsLong();
          delta.changed |= Attributes.MODIFY_TIME;
          if (delta.attributes.linkCount >= 2) {
            delta.attributes.linkCount += subdirectories;
          }
        });
  }

  /**
   * Drops what the active layer holds of a file that is gone and that nobody uses; it costs nothing
   * any more.
   */
  public void forget(FileEntry entry) {
    entry.lock.writeLock().lock();
    try {
      EntryDelta newest = entry.newestDelta();
      if (newest == null || newest.layer != layers.active() || newest.attributes.linkCount > 0) {
        return;
      }
      newest.blocks.clear();
      if (newest.created) {
        newest.layer.remove(newest);
        entry.removeDelta(newest);
        entry.dropped = true;
        table.remove(entry);
      }
    } finally {
      entry.lock.writeLock().unlock();
    }
  }
}
