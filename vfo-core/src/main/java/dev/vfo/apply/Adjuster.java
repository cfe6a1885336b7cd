package dev.vfo.apply;

import dev.vfo.changes.EntryChange;
import dev.vfo.changes.EntryChange.Attributes;
import dev.vfo.changes.XattrChange;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;

/**
 * Sets attributes, in the order in which none undoes another: a new owner clears mode bits and
 * capabilities, an access control list changes the mode, all the others leave the times. The mode
 * comes behind the extended attributes also because it can take away the right to set them; and of
 * these the lists come last, for the same reason.
 */
final class Adjuster {
  private Adjuster() {}

  /** A file, however it is reached. */
  private interface Target {
    void changeOwner(int uid, int gid) throws StorageException;

    void changeMode(int mode) throws StorageException;

    void setXattr(String name, byte[] value) throws StorageException;

    void removeXattr(String name) throws StorageException;

    void setTimes(long accessNanos, long modifyNanos) throws StorageException;
  }

  private record Named(Storage storage, int directory, Name name) implements Target {
    @Override
    public void changeOwner(int uid, int gid) throws StorageException {
      storage.changeOwner(directory, name, uid, gid);
    }

    @Override
    public void changeMode(int mode) throws StorageException {
      storage.changeMode(directory, name, mode);
    }

    @Override
    public void setXattr(String attribute, byte[] value) throws StorageException {
      storage.setXattr(directory, name, attribute, value);
    }

    @Override
    public void removeXattr(String attribute) throws StorageException {
      storage.removeXattr(directory, name, attribute);
    }

    @Override
    public void setTimes(long accessNanos, long modifyNanos) throws StorageException {
      storage.setTimes(directory, name, accessNanos, modifyNanos);
    }
  }

  private record Open(Storage storage, int fd) implements Target {
    @Override
    public void changeOwner(int uid, int gid) throws StorageException {
      storage.changeOwner(fd, uid, gid);
    }

    @Override
    public void changeMode(int mode) throws StorageException {
      storage.changeMode(fd, mode);
    }

    @Override
    public void setXattr(String attribute, byte[] value) throws StorageException {
      storage.setXattr(fd, attribute, value);
    }

    @Override
    public void removeXattr(String attribute) throws StorageException {
      storage.removeXattr(fd, attribute);
    }

    @Override
    public void setTimes(long accessNanos, long modifyNanos) throws StorageException {
      storage.setTimes(fd, accessNanos, modifyNanos);
    }
  }

  /** Sets those attributes of an entry that are in both its own mask and the given one. */
  static void set(Storage storage, int directory, Name name, EntryChange change, int mask)
      throws StorageException {
    set(new Named(storage, directory, name), change, mask);
  }

  /** The same for an open file or directory, whose names need not be known. */
  static void set(Storage storage, int fd, EntryChange change, int mask) throws StorageException {
    set(new Open(storage, fd), change, mask);
  }

  private static void setXattrs(Target target, Attributes attributes, boolean areLists)
      throws StorageException {
    for (XattrChange xattr : attributes.xattrs()) {
      byte[] value = xattr.value();
      if (xattr.name().startsWith("system.") != areLists) {
        continue;
      }
      if (value == null) {
        remove(target, xattr.name());
      } else {
        target.setXattr(xattr.name(), value);
      }
    }
  }

  // An earlier try may have done it.
  private static void remove(Target target, String xattr) throws StorageException {
    try {
      target.removeXattr(xattr);
    } catch (StorageException e) {
      if (e.errno() != Errno.ENODATA) {
        throw e;
      }
    }
  }

  private static void set(Target target, EntryChange change, int mask) throws StorageException {
    Attributes attributes = change.attributes();
    int wanted = attributes.mask() & mask;
    if ((wanted & Attributes.OWNER) != 0) {
      target.changeOwner(attributes.uid(), attributes.gid());
    }
    if ((wanted & Attributes.XATTRS) != 0) {
      setXattrs(target, attributes, false);
      setXattrs(target, attributes, true);
    }
    if ((wanted & Attributes.MODE) != 0 && change.type() != FileType.SYMLINK) {
      target.changeMode(attributes.mode());
    }
    long access =
        (wanted & Attributes.ACCESS_TIME) == 0 ? FileStat.OMIT_TIME : attributes.accessNanos();
    long modify =
        (wanted & Attributes.MODIFY_TIME) == 0 ? FileStat.OMIT_TIME : attributes.modifyNanos();
    if (access != FileStat.OMIT_TIME || modify != FileStat.OMIT_TIME) {
      target.setTimes(access, modify);
    }
  }
}
