package dev.vfo.overlay;

import dev.vfo.EntryStat;
import dev.vfo.changes.EntryChange.Attributes;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.StorageException;
import java.util.function.LongSupplier;

/** Reads and sets the attributes of file entries. Thread safe. */
public final class FileAttributes {
  private static final int MODE_BITS = 07777;
  private static final int SET_USER_ID = 04000;
  private static final int SET_GROUP_ID = 02000;
  private static final int GROUP_EXECUTE = 00010;

  private final EntryEdits edits;
  private final Rights rights;

  /**
   * Attributes of entries whose changes go into these layers; the clock gives nanoseconds since
   * 1970, and the rights say what may be set.
   */
  public FileAttributes(LayerStack layers, LongSupplier clockNanos, Rights rights) {
    this.edits = new EntryEdits(layers, clockNanos);
    this.rights = rights;
  }

  /** The attributes as of the active layer. */
  public EntryStat stat(FileEntry entry) throws StorageException {
    entry.lock.readLock().lock();
    try {
      entry.requireThere();
      return entry.attributes().stat(entry);
    } finally {
      entry.lock.readLock().unlock();
    }
  }

  /** Sets the permission bits. */
  public void changeMode(FileEntry entry, int mode) throws StorageException {
    if (entry.type() == FileType.SYMLINK) {
      throw new StorageException(Errno.EOPNOTSUPP, "chmod", entry + ", a symbolic link");
    }
    edits.change(
        entry,
        () -> rights.requireOwner(entry, "chmod"),
        delta -> {
          delta.attributes.mode = rights.settableMode(mode & MODE_BITS, delta.attributes.gid);
          delta.changed |= Attributes.MODE;
        });
  }

  /**
   * Sets owner and group; -1 leaves one as it is. Takes the set-id bits of a file away, as the
   * kernel does. Who may not may leave both, if that takes nothing away.
   */
  public void changeOwner(FileEntry entry, int uid, int gid) throws StorageException {
    if (uid == -1 && gid == -1 && !rights.isOwner(entry)) {
      requireNothingLost(entry);
      return;
    }
    edits.change(
        entry,
        () -> rights.requireGivable(entry, uid, gid, "chown"),
        delta -> {
          delta.attributes.uid = uid == -1 ? delta.attributes.uid : uid;
          delta.attributes.gid = gid == -1 ? delta.attributes.gid : gid;
          delta.changed |= Attributes.OWNER;
          if (entry.type() != FileType.DIRECTORY && entry.type() != FileType.SYMLINK) {
            clearSetId(delta);
            delta.clearCapability();
          }
        });
  }

  private void requireNothingLost(FileEntry entry) throws StorageException {
    EntryStat is = stat(entry);
    if (is.type() != FileType.DIRECTORY && withoutSetId(is.mode(), is.gid()) != is.mode()) {
      rights.requireOwner(entry, "chown");
    }
  }

  private int withoutSetId(int mode, int group) {
    int kept = rights.settableMode(mode & ~SET_USER_ID, group);
    return (mode & GROUP_EXECUTE) != 0 ? kept & ~SET_GROUP_ID : kept;
  }

  private void clearSetId(EntryDelta delta) {
    int mode = delta.attributes.mode;
    int kept = withoutSetId(mode, delta.attributes.gid);
    if (kept != mode) {
      delta.attributes.mode = kept;
      delta.changed |= Attributes.MODE;
    }
  }

  /** Sets the times; {@link FileStat#OMIT_TIME} leaves one as it is, and anybody may leave both. */
  public void setTimes(FileEntry entry, long accessNanos, long modifyNanos)
      throws StorageException {
    if (accessNanos == FileStat.OMIT_TIME && modifyNanos == FileStat.OMIT_TIME) {
      return;
    }
    edits.change(
        entry,
        () -> rights.requireOwner(entry, "set the times of"),
        delta -> {
          if (accessNanos != FileStat.OMIT_TIME) {
            delta.attributes.accessNanos = accessNanos;
            delta.changed |= Attributes.ACCESS_TIME;
          }
          if (modifyNanos != FileStat.OMIT_TIME) {
            delta.attributes.modifyNanos = modifyNanos;
            delta.changed |= Attributes.MODIFY_TIME;
          }
        });
  }
}
