package dev.vfo.testkit;

import dev.vfo.storage.AccessRight;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.model.AccessLists;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The calls on modes, owners, times and extended attributes. They check and answer as Linux does
 * for its user 0.
 */
final class AttributeCalls {
  /** Cleared by whatever changes content or owner. */
  static final String CAPABILITY = "security.capability";

  private static final int SET_USER = 04000;
  private static final int SET_GROUP = 02000;
  private static final int GROUP_EXECUTE = 00010;
  private static final int MAX_NAME_BYTES = 255;
  private static final int MAX_VALUE_BYTES = 65_536;

  /**
   * Room for extended attributes in the inode, and in the block that they get when it is not
   * enough.
   */
  private static final int INLINE_BYTES = 100;

  private final Disk disk;
  private final NameCalls names;

  AttributeCalls(Disk disk, NameCalls names) {
    this.disk = disk;
    this.names = names;
  }

  private Inode toChange(String operation, Descriptor directory, Name name)
      throws StorageException {
    Inode inode = names.existing(operation, directory, name);
    disk.checkWritable(operation, Disk.pathOf(directory, name));
    return inode;
  }

  private Inode toChange(String operation, Descriptor descriptor) throws StorageException {
    if (descriptor.isPlace()) {
      throw Disk.refusal(Errno.EBADF, operation, descriptor);
    }
    disk.checkWritable(operation, descriptor.toString());
    return disk.inode(descriptor);
  }

  void changeMode(Descriptor descriptor, int mode) throws StorageException {
    changeMode(toChange("changeMode", descriptor), mode);
  }

  void changeOwner(Descriptor descriptor, int uid, int gid) throws StorageException {
    changeOwner(toChange("changeOwner", descriptor), uid, gid);
  }

  void setTimes(Descriptor descriptor, long access, long modify) throws StorageException {
    setTimes(toChange("setTimes", descriptor), access, modify);
  }

  void changeMode(Descriptor directory, Name name, int mode) throws StorageException {
    Inode inode = toChange("changeMode", directory, name);
    if (inode.type == FileType.SYMLINK) {
      throw Disk.refusal(Errno.EOPNOTSUPP, "changeMode", directory, name);
    }
    changeMode(inode, mode);
  }

  private void changeMode(Inode inode, int mode) {
    long now = disk.now();
    Attributes changed = inode.attributes.withMode(mode & 07777, now);
    byte[] list = changed.xattrs().get(AccessLists.ACCESS);
    inode.attributes =
        list == null
            ? changed
            : changed.withXattr(AccessLists.ACCESS, AccessLists.withMode(list, mode), now);
  }

  void changeOwner(Descriptor directory, Name name, int uid, int gid) throws StorageException {
    changeOwner(toChange("changeOwner", directory, name), uid, gid);
  }

  private void changeOwner(Inode inode, int uid, int gid) {
    Attributes old = inode.attributes;
    int mode = old.mode();
    if (!inode.isDirectory()) {
      boolean keepGroup = (mode & GROUP_EXECUTE) == 0;
      mode &= keepGroup ? ~SET_USER : ~(SET_USER | SET_GROUP);
    }
    long now = disk.now();
    Attributes changed =
        old.withOwner(uid == -1 ? old.uid() : uid, gid == -1 ? old.gid() : gid, mode, now);
    boolean capable = !inode.isDirectory() && old.xattrs().containsKey(CAPABILITY);
    inode.attributes = capable ? changed.withoutXattr(CAPABILITY, now) : changed;
  }

  void setTimes(Descriptor directory, Name name, long access, long modify) throws StorageException {
    setTimes(toChange("setTimes", directory, name), access, modify);
  }

  private void setTimes(Inode inode, long access, long modify) {
    boolean keepAccess = access == FileStat.OMIT_TIME;
    boolean keepModify = modify == FileStat.OMIT_TIME;
    Attributes old = inode.attributes;
    if (!keepAccess || !keepModify) {
      inode.attributes =
          old.withTimes(
              keepAccess ? old.accessNanos() : access,
              keepModify ? old.modifyNanos() : modify,
              disk.now());
    }
  }

  /**
   * By modes alone; whoever is not user 0 is refused here only, and may do the call all the same.
   */
  void requireAccess(Descriptor descriptor, int rights) throws StorageException {
    Inode inode = disk.inode(descriptor);
    if ((rights & AccessRight.WRITE) != 0) {
      disk.checkWritable("requireAccess", descriptor.toString());
    }
    Attributes is = inode.attributes;
    int shift = is.uid() == disk.options.uid() ? 6 : is.gid() == disk.options.gid() ? 3 : 0;
    int granted = disk.options.uid() == 0 ? asUserZero(inode) : is.mode() >> shift;
    if ((granted & rights) != rights) {
      throw Disk.refusal(Errno.EACCES, "requireAccess", descriptor);
    }
  }

  private static int asUserZero(Inode inode) {
    boolean runs = inode.isDirectory() || (inode.attributes.mode() & 0111) != 0;
    int content = AccessRight.READ | AccessRight.WRITE;
    return runs ? content | AccessRight.SEARCH : content;
  }

  byte[] getXattr(Descriptor directory, Name name, String attribute) throws StorageException {
    String path = Disk.pathOf(directory, name);
    return getXattr(names.existing("getXattr", directory, name), path, attribute);
  }

  byte[] getXattr(Descriptor descriptor, String attribute) throws StorageException {
    return getXattr(disk.inode(descriptor), descriptor.toString(), attribute);
  }

  private static byte[] getXattr(Inode inode, String path, String attribute)
      throws StorageException {
    checkName("getXattr", path, attribute);
    byte[] value = inode.attributes.xattrs().get(attribute);
    if (value == null) {
      throw new StorageException(Errno.ENODATA, "getXattr " + attribute, path);
    }
    return value.clone();
  }

  void setXattr(Descriptor directory, Name name, String attribute, byte[] value)
      throws StorageException {
    Inode inode = toChange("setXattr", directory, name);
    setXattr(inode, Disk.pathOf(directory, name), attribute, value);
  }

  void setXattr(Descriptor descriptor, String attribute, byte[] value) throws StorageException {
    disk.checkWritable("setXattr", descriptor.toString());
    setXattr(disk.inode(descriptor), descriptor.toString(), attribute, value);
  }

  private void setXattr(Inode inode, String path, String attribute, byte[] value)
      throws StorageException {
    checkName("setXattr", path, attribute);
    checkPermitted("setXattr", path, attribute, inode);
    if (value.length > MAX_VALUE_BYTES) {
      throw new StorageException(Errno.E2BIG, "setXattr " + attribute, path);
    }
    long now = disk.now();
    Attributes before = inode.attributes;
    if (attribute.equals(AccessLists.ACCESS)) {
      before = before.withMode(AccessLists.mode(value, before.mode()), now);
      if (AccessLists.isPlain(value)) {
        inode.attributes = before.withoutXattr(attribute, now);
        return;
      }
    }
    Attributes changed = before.withXattr(attribute, value, now);
    boolean grows = !inode.hasXattrBlock && changed.xattrBytes() > INLINE_BYTES;
    if (changed.xattrBytes() > Page.BYTES || (grows && !disk.take())) {
      throw new StorageException(Errno.ENOSPC, "setXattr " + attribute, path);
    }
    inode.hasXattrBlock |= grows;
    inode.attributes = changed;
  }

  void removeXattr(Descriptor directory, Name name, String attribute) throws StorageException {
    Inode inode = toChange("removeXattr", directory, name);
    removeXattr(inode, Disk.pathOf(directory, name), attribute);
  }

  void removeXattr(Descriptor descriptor, String attribute) throws StorageException {
    disk.checkWritable("removeXattr", descriptor.toString());
    removeXattr(disk.inode(descriptor), descriptor.toString(), attribute);
  }

  private void removeXattr(Inode inode, String path, String attribute) throws StorageException {
    checkName("removeXattr", path, attribute);
    checkPermitted("removeXattr", path, attribute, inode);
    if (!inode.attributes.xattrs().containsKey(attribute)) {
      if (attribute.equals(AccessLists.ACCESS)) {
        return;
      }
      throw new StorageException(Errno.ENODATA, "removeXattr " + attribute, path);
    }
    inode.attributes = inode.attributes.withoutXattr(attribute, disk.now());
  }

  List<String> listXattrs(Descriptor directory, Name name) throws StorageException {
    return List.copyOf(names.existing("listXattrs", directory, name).attributes.xattrs().keySet());
  }

  List<String> listXattrs(Descriptor descriptor) throws StorageException {
    return List.copyOf(disk.inode(descriptor).attributes.xattrs().keySet());
  }

  private static void checkName(String operation, String path, String attribute)
      throws StorageException {
    Errno refused = null;
    int length = attribute.getBytes(StandardCharsets.UTF_8).length;
    if (attribute.indexOf('\0') >= 0) {
      refused = Errno.EINVAL;
    } else if (length == 0 || length > MAX_NAME_BYTES) {
      refused = Errno.ERANGE;
    } else if (!isKnown(attribute)) {
      refused = Errno.EOPNOTSUPP;
    } else if (attribute.endsWith(".")) {
      refused = Errno.EINVAL;
    }
    if (refused != null) {
      throw new StorageException(refused, operation + " " + attribute, path);
    }
  }

  private static boolean isKnown(String attribute) {
    return attribute.startsWith("user.")
        || attribute.startsWith("trusted.")
        || attribute.startsWith("security.")
        || attribute.equals("system.posix_acl_access")
        || attribute.equals("system.posix_acl_default");
  }

  private static void checkPermitted(String operation, String path, String attribute, Inode inode)
      throws StorageException {
    Errno refused = null;
    boolean plain = inode.type == FileType.REGULAR || inode.isDirectory();
    if (attribute.startsWith("user.") && !plain) {
      refused = Errno.EPERM;
    } else if (attribute.startsWith("system.") && inode.type == FileType.SYMLINK) {
      refused = Errno.EOPNOTSUPP;
    } else if (attribute.equals("system.posix_acl_default") && !inode.isDirectory()) {
      refused = Errno.EACCES;
    }
    if (refused != null) {
      throw new StorageException(refused, operation + " " + attribute, path);
    }
  }
}
