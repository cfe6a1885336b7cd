package dev.vfo.overlay;

import dev.vfo.changes.XattrChange;
import dev.vfo.overlay.FileEntry.DefaultList;
import dev.vfo.storage.FileType;
import dev.vfo.storage.StorageException;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What directories say of the access control lists of what is made in them. Apply makes everything
 * in the stage, where no directory says anything: so it is found out in the step. Thread safe.
 */
public final class DefaultLists {
  private final HomeTree home;

  /** Those of directories above a home. */
  public DefaultLists(HomeTree home) {
    this.home = home;
  }

  /** What a file that is made in a directory has from the beginning. */
  public record Inherited(int mode, SortedMap<String, byte[]> xattrs) {}

  /**
   * What a directory's default list gives to a file that is made in it.
   *
   * @param mode what is asked for
   * @param umask what is taken away of it where there is no such list
   */
  public Inherited inherit(FileEntry directory, FileType type, int mode, int umask)
      throws StorageException {
    byte[] found = type == FileType.SYMLINK ? null : defaultOf(directory);
    SortedMap<String, byte[]> xattrs = new TreeMap<>();
    if (found == null) {
      return new Inherited(mode & ~umask, xattrs);
    }
    AccessList own = AccessList.read(found).limitedTo(mode);
    if (!own.isMode()) {
      xattrs.put(AccessList.ACCESS, own.bytes());
    }
    if (type == FileType.DIRECTORY) {
      xattrs.put(AccessList.DEFAULT, found);
    }
    return new Inherited(own.modeOf(mode), xattrs);
  }

  private byte @Nullable [] defaultOf(FileEntry directory) throws StorageException {
    directory.lock.readLock().lock();
    try {
      for (EntryDelta delta : directory.deltas().reversed()) {
        XattrChange set = delta.xattr(AccessList.DEFAULT);
        if (set != null) {
          return set.value();
        }
      }
      if (directory.isMadeInLayers()) {
        return null;
      }
      DefaultList known = directory.homeDefaultList;
      if (known == null) {
        known = new DefaultList(home.findXattr(directory, AccessList.DEFAULT));
        directory.homeDefaultList = known;
      }
      return known.value();
    } finally {
      directory.lock.readLock().unlock();
    }
  }
}
