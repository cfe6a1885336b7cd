package dev.vfo.overlay;

import dev.vfo.XattrMode;
import dev.vfo.changes.EntryChange.Attributes;
import dev.vfo.changes.XattrChange;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.XattrNames;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Extended attributes of file entries, access control lists among them: each is taken from the
 * newest layer that has set or removed it, and from home where none has. Thread safe.
 *
 * <p>The mode is the truth for what a list and a mode both say: a list is shown, and applied, with
 * the permissions of the mode.
 */
public final class FileXattrs {
  /** Removed by whatever changes content or owner. */
  static final String CAPABILITY = "security.capability";

  private static final int MAX_NAME_BYTES = 255;
  private static final int MAX_VALUE_BYTES = 65_536;
  private static final String USER = "user.";

  private final EntryEdits edits;
  private final HomeTree home;
  private final Rights rights;
  private final XattrTrial trial;

  /** Those of entries in these layers above this home; the clock gives nanoseconds since 1970. */
  public FileXattrs(
      LayerStack layers, HomeTree home, LongSupplier clockNanos, Rights rights, XattrTrial trial) {
    this.edits = new EntryEdits(layers, clockNanos);
    this.home = home;
    this.rights = rights;
    this.trial = trial;
  }

  /**
   * The value of one.
   *
   * @throws StorageException ENODATA when there is none
   */
  public byte[] get(FileEntry entry, String name) throws StorageException {
    requireName(name);
    if (isUsers(name)) {
      if (!hasUsers(entry)) {
        throw missing(entry, name);
      }
      rights.requireReadable(entry, "get attribute of");
    }
    requireNoBarePrefix(name);
    requireListBearing(entry, name);
    entry.lock.readLock().lock();
    try {
      entry.requireThere();
      byte[] value = find(entry, name);
      if (value == null) {
        throw missing(entry, name);
      }
      return value.clone();
    } finally {
      entry.lock.readLock().unlock();
    }
  }

  private static StorageException missing(FileEntry entry, String name) {
    return new StorageException(Errno.ENODATA, "use attribute", name + " of " + entry);
  }

  /** The value as of the active layer, or null. The caller holds the entry's lock. */
  private byte @Nullable [] find(FileEntry entry, String name) throws StorageException {
    byte[] value = stored(entry, name);
    if (value == null || !name.equals(AccessList.ACCESS)) {
      return value;
    }
    return AccessList.read(value).with(entry.attributes().mode).bytes();
  }

  /**
   * What a program gets that is started from a file, or null. The caller holds the entry's lock.
   */
  byte @Nullable [] capability(FileEntry entry) throws StorageException {
    return stored(entry, CAPABILITY);
  }

  private byte @Nullable [] stored(FileEntry entry, String name) throws StorageException {
    for (EntryDelta delta : entry.deltas().reversed()) {
      XattrChange set = delta.xattr(name);
      if (set != null) {
        return set.value();
      }
      if (name.equals(CAPABILITY) && delta.clearsCapability) {
        return null;
      }
    }
    return entry.isMadeInLayers() ? null : home.findXattr(entry, name);
  }

  /** The names of those that this process may see, ascending. */
  public List<String> list(FileEntry entry) throws StorageException {
    entry.lock.readLock().lock();
    try {
      entry.requireThere();
      return List.copyOf(all(entry, false).keySet());
    } finally {
      entry.lock.readLock().unlock();
    }
  }

  /** All of them, with values if they are wanted. The caller holds the entry's lock. */
  private SortedMap<String, byte[]> all(FileEntry entry, boolean withValues)
      throws StorageException {
    SortedMap<String, byte[]> all = new TreeMap<>();
    if (!entry.isMadeInLayers()) {
      for (String name : home.listXattrs(entry)) {
        all.put(name, new byte[0]);
      }
    }
    for (EntryDelta delta : entry.deltas()) {
      if (delta.clearsCapability) {
        all.remove(CAPABILITY);
      }
      for (XattrChange change : delta.xattrs()) {
        byte[] value = change.value();
        if (value == null) {
          all.remove(change.name());
        } else {
          all.put(change.name(), value);
        }
      }
    }
    if (withValues) {
      for (String name : List.copyOf(all.keySet())) {
        all.put(name, valueIfReadable(entry, name));
      }
    }
    return all;
  }

  // Who may write a file need not be allowed to read it.
  private byte[] valueIfReadable(FileEntry entry, String name) throws StorageException {
    try {
      byte[] value = find(entry, name);
      return value == null ? new byte[0] : value;
    } catch (StorageException e) {
      if (e.errno() != Errno.EACCES) {
        throw e;
      }
      return new byte[0];
    }
  }

  /**
   * Sets one.
   *
   * @throws StorageException with the errno of setxattr(2); ENOSPC also when the file system could
   *     not hold so much for one file
   */
  public void set(FileEntry entry, String name, byte[] value, XattrMode mode)
      throws StorageException {
    requireLength(name);
    if (value.length > MAX_VALUE_BYTES) {
      throw new StorageException(Errno.E2BIG, "set attribute", name + " of " + entry);
    }
    requireName(name);
    AccessList list = AccessList.isOne(name) ? list(entry, name, value) : null;
    change(
        entry,
        name,
        () -> {
          requireMode(entry, name, mode);
          if (list != null) {
            list.requireSensible();
          }
          if (list == null || isKept(name, list)) {
            tryOut(entry, name, value);
          }
        },
        delta -> {
          if (list == null) {
            delta.setXattr(name, value.clone());
          } else {
            setList(delta, name, list);
          }
        });
  }

  private void requireMode(FileEntry entry, String name, XattrMode mode) throws StorageException {
    boolean isThere = mode != XattrMode.ANY && find(entry, name) != null;
    if (mode == XattrMode.CREATE && isThere) {
      throw new StorageException(Errno.EEXIST, "set attribute", name + " of " + entry);
    }
    if (mode == XattrMode.REPLACE && !isThere) {
      throw missing(entry, name);
    }
  }

  private void tryOut(FileEntry entry, String name, byte[] value) throws StorageException {
    SortedMap<String, byte[]> others = all(entry, true);
    others.remove(name);
    trial.require(entry.type(), others, name, value);
  }

  private static AccessList list(FileEntry entry, String name, byte[] value)
      throws StorageException {
    AccessList list = AccessList.read(value);
    requireListBearing(entry, name);
    if (name.equals(AccessList.DEFAULT) && !entry.isDirectory() && !list.isEmpty()) {
      throw new StorageException(Errno.EACCES, "set attribute", name + " of " + entry);
    }
    return list;
  }

  /** Whether a list says more than the mode. */
  private static boolean isKept(String name, AccessList list) {
    return !list.isEmpty() && !(name.equals(AccessList.ACCESS) && list.isMode());
  }

  private void setList(EntryDelta delta, String name, AccessList list) {
    if (name.equals(AccessList.ACCESS) && !list.isEmpty()) {
      int mode = list.modeOf(delta.attributes.mode);
      delta.attributes.mode = rights.settableMode(mode, delta.attributes.gid);
      delta.changed |= Attributes.MODE;
    }
    if (isKept(name, list)) {
      delta.setXattr(name, list.bytes());
    } else {
      delta.removeXattr(name);
    }
  }

  /**
   * Removes one.
   *
   * @throws StorageException ENODATA when there is none, but for access control lists
   */
  public void remove(FileEntry entry, String name) throws StorageException {
    requireName(name);
    requireListBearing(entry, name);
    boolean isList = AccessList.isOne(name);
    change(
        entry,
        name,
        () -> {
          byte[] value = isList ? null : find(entry, name);
          if (!isList && !isUsers(name)) {
            // Who may not set it may not remove it.
            byte[] some = value == null ? new byte[0] : value;
            trial.require(entry.type(), new TreeMap<>(), name, some);
          }
          if (!isList && value == null) {
            throw missing(entry, name);
          }
        },
        delta -> delta.removeXattr(name));
  }

  private void change(
      FileEntry entry, String name, EntryEdits.Check check, EntryEdits.Change change)
      throws StorageException {
    edits.change(
        entry,
        () -> {
          requireRights(entry, name);
          requireNoBarePrefix(name);
          check.run();
        },
        change);
  }

  private void requireRights(FileEntry entry, String name) throws StorageException {
    if (AccessList.isOne(name)) {
      rights.requireOwner(entry, "set attribute of");
    } else if (isUsers(name)) {
      if (!hasUsers(entry)) {
        throw new StorageException(Errno.EPERM, "set attribute", name + " of " + entry);
      }
      rights.requireXattrsSettable(entry, "set attribute of");
    }
  }

  private static boolean isUsers(String name) {
    return name.startsWith(USER);
  }

  private static boolean hasUsers(FileEntry entry) {
    return entry.type() == FileType.REGULAR || entry.isDirectory();
  }

  private static void requireName(String name) throws StorageException {
    requireLength(name);
    if (!isKnown(name)) {
      throw new StorageException(Errno.EOPNOTSUPP, "use attribute", name);
    }
  }

  private static void requireNoBarePrefix(String name) throws StorageException {
    if (name.endsWith(".")) {
      throw new StorageException(Errno.EINVAL, "use attribute", name);
    }
  }

  private static void requireLength(String name) throws StorageException {
    int length = XattrNames.encode(name).length;
    if (name.indexOf(0) >= 0) {
      throw new StorageException(Errno.EINVAL, "use attribute", name);
    }
    if (length == 0 || length > MAX_NAME_BYTES) {
      throw new StorageException(Errno.ERANGE, "use attribute", name);
    }
  }

  private static void requireListBearing(FileEntry entry, String name) throws StorageException {
    if (AccessList.isOne(name) && entry.type() == FileType.SYMLINK) {
      throw new StorageException(
          Errno.EOPNOTSUPP, "use attribute", name + " of " + entry + ", a symbolic link");
    }
  }

  private static boolean isKnown(String name) {
    return isUsers(name)
        || name.startsWith("trusted.")
        || name.startsWith("security.")
        || AccessList.isOne(name);
  }
}
