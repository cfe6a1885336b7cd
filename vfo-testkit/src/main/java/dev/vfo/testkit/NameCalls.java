package dev.vfo.testkit;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The calls that make, move and remove names. They check and answer as Linux does. */
final class NameCalls {
  private static final int MAX_LINKS = 65_000;
  private static final int MAX_TARGET_BYTES = 4095;

  /** A longer target of a symbolic link takes a block. */
  private static final int INLINE_TARGET_BYTES = 59;

  private final Disk disk;

  NameCalls(Disk disk) {
    this.disk = disk;
  }

  /** The parent of a new name, after all checks but the one for space. */
  private Inode parentOfNew(String operation, Descriptor directory, Name name)
      throws StorageException {
    Inode parent = disk.directory(directory, operation);
    if (disk.find(parent, name) != null) {
      throw Disk.refusal(Errno.EEXIST, operation, directory, name);
    }
    disk.checkWritable(operation, Disk.pathOf(directory, name));
    checkAlive(operation, parent, directory, name);
    return parent;
  }

  private static void checkAlive(
      String operation, Inode directory, Descriptor descriptor, Name name) throws StorageException {
    if (directory.links == 0) {
      throw Disk.refusal(Errno.ENOENT, operation, descriptor, name);
    }
  }

  /** Makes a file of any type. */
  Inode make(
      String operation,
      Descriptor directory,
      Name name,
      FileType type,
      int mode,
      long device,
      byte @Nullable [] target)
      throws StorageException {
    Inode parent = parentOfNew(operation, directory, name);
    growFor(operation, parent, directory, name);
    int blocks =
        type == FileType.DIRECTORY || (target != null && target.length > INLINE_TARGET_BYTES)
            ? 1
            : 0;
    if (blocks > 0 && !disk.take()) {
      throw Disk.refusal(Errno.ENOSPC, operation, directory, name);
    }
    Inode made = disk.create(parent, type, mode, device, target);
    if (made == null) {
      disk.give(blocks, 0);
      throw Disk.refusal(Errno.ENOSPC, operation, directory, name);
    }
    made.extraBlocks = blocks;
    made.createdBy = change(new SlotChange(parent.serial, name, SlotChange.NONE, made.serial));
    return made;
  }

  void makeNode(Descriptor directory, Name name, FileType type, int mode, long device)
      throws StorageException {
    switch (type) {
      case FIFO, SOCKET -> make("makeNode", directory, name, type, mode, 0, null);
      case CHARACTER_DEVICE, BLOCK_DEVICE ->
          make("makeNode", directory, name, type, mode, device, null);
      case REGULAR, DIRECTORY, SYMLINK ->
          throw Disk.refusal(Errno.EINVAL, "makeNode", directory, name);
    }
  }

  void makeSymlink(Descriptor directory, Name name, byte[] target) throws StorageException {
    Errno refused = null;
    if (target.length == 0) {
      refused = Errno.ENOENT;
    } else if (target.length > MAX_TARGET_BYTES) {
      refused = Errno.ENAMETOOLONG;
    } else if (hasZero(target)) {
      refused = Errno.EINVAL;
    }
    if (refused != null) {
      throw Disk.refusal(refused, "makeSymlink", directory, name);
    }
    make("makeSymlink", directory, name, FileType.SYMLINK, 0777, 0, target.clone());
  }

  private static boolean hasZero(byte[] target) {
    for (byte b : target) {
      if (b == 0) {
        return true;
      }
    }
    return false;
  }

  byte[] readSymlink(Descriptor directory, Name name) throws StorageException {
    byte[] target = existing("readSymlink", directory, name).target;
    if (target == null) {
      throw Disk.refusal(Errno.EINVAL, "readSymlink", directory, name);
    }
    return target.clone();
  }

  /** The file that has a name. */
  Inode existing(String operation, Descriptor directory, Name name) throws StorageException {
    Inode inode = disk.find(disk.directory(directory, operation), name);
    if (inode == null) {
      throw Disk.refusal(Errno.ENOENT, operation, directory, name);
    }
    return inode;
  }

  void link(Descriptor fromDirectory, Name from, Descriptor toDirectory, Name to)
      throws StorageException {
    Inode source = existing("link", fromDirectory, from);
    Inode parent = parentOfNew("link", toDirectory, to);
    if (source.isDirectory()) {
      throw Disk.refusal(Errno.EPERM, "link", fromDirectory, from);
    }
    if (source.links >= MAX_LINKS) {
      throw Disk.refusal(Errno.EMLINK, "link", fromDirectory, from);
    }
    growFor("link", parent, toDirectory, to);
    change(new SlotChange(parent.serial, to, SlotChange.NONE, source.serial));
    source.attributes = source.attributes.changed(disk.now());
  }

  void unlink(Descriptor directory, Name name) throws StorageException {
    Inode victim = existing("unlink", directory, name);
    if (victim.isDirectory()) {
      throw Disk.refusal(Errno.EISDIR, "unlink", directory, name);
    }
    remove("unlink", directory, name, victim);
  }

  void removeDirectory(Descriptor directory, Name name) throws StorageException {
    Inode victim = existing("removeDirectory", directory, name);
    if (!victim.isDirectory()) {
      throw Disk.refusal(Errno.ENOTDIR, "removeDirectory", directory, name);
    }
    if (!victim.entries().names.isEmpty()) {
      throw Disk.refusal(Errno.ENOTEMPTY, "removeDirectory", directory, name);
    }
    remove("removeDirectory", directory, name, victim);
  }

  private void remove(String operation, Descriptor directory, Name name, Inode victim)
      throws StorageException {
    disk.checkWritable(operation, Disk.pathOf(directory, name));
    victim.attributes = victim.attributes.changed(disk.now());
    change(new SlotChange(directory.inode, name, victim.serial, SlotChange.NONE));
  }

  void rename(Descriptor fromDirectory, Name from, Descriptor toDirectory, Name to, RenameMode mode)
      throws StorageException {
    Inode fromParent = disk.directory(fromDirectory, "rename");
    Inode toParent = disk.directory(toDirectory, "rename");
    Inode source = existing("rename", fromDirectory, from);
    Inode target = disk.find(toParent, to);
    disk.checkWritable("rename", Disk.pathOf(fromDirectory, from));
    Errno refused = refusalOfRename(source, fromParent, target, toParent, mode);
    if (refused != null) {
      throw Disk.refusal(refused, "rename", toDirectory, to);
    }
    if (source == target) {
      return;
    }
    if (target == null) {
      growFor("rename", toParent, toDirectory, to);
    }
    long now = disk.now();
    source.attributes = source.attributes.changed(now);
    long replaced = SlotChange.NONE;
    if (target != null) {
      target.attributes = target.attributes.changed(now);
      replaced = target.serial;
    }
    long back = mode == RenameMode.EXCHANGE ? replaced : SlotChange.NONE;
    change(
        new SlotChange(fromParent.serial, from, source.serial, back),
        new SlotChange(toParent.serial, to, replaced, source.serial));
  }

  /** Why a rename is refused, in the order of Linux' checks, or null. */
  private @Nullable Errno refusalOfRename(
      Inode source, Inode fromParent, @Nullable Inode target, Inode toParent, RenameMode mode) {
    boolean exchange = mode == RenameMode.EXCHANGE;
    if (mode == RenameMode.NO_REPLACE && target != null) {
      return Errno.EEXIST;
    }
    if (exchange && target == null) {
      return Errno.ENOENT;
    }
    if (isAbove(source, toParent)) {
      return Errno.EINVAL;
    }
    if (target != null && isAbove(target, fromParent)) {
      return exchange ? Errno.EINVAL : Errno.ENOTEMPTY;
    }
    if (toParent.links == 0) {
      return Errno.ENOENT;
    }
    if (target == null || source == target || exchange) {
      return null;
    }
    if (source.isDirectory() != target.isDirectory()) {
      return source.isDirectory() ? Errno.ENOTDIR : Errno.EISDIR;
    }
    return target.isDirectory() && !target.entries().names.isEmpty() ? Errno.ENOTEMPTY : null;
  }

  /** Whether a directory is the other one or lies above it. */
  private boolean isAbove(Inode above, Inode directory) {
    Inode current = directory;
    while (current != above) {
      long parent = current.entries().parent;
      if (parent == current.serial || !disk.inodes.has(parent)) {
        return false;
      }
      current = disk.inodes.get(parent);
    }
    return true;
  }

  /** Takes a block for a directory when one more entry needs it. */
  private void growFor(String operation, Inode directory, Descriptor descriptor, Name name)
      throws StorageException {
    int needed = 1 + directory.entries().names.size() / Directory.ENTRIES_PER_BLOCK;
    if (needed > directory.extraBlocks) {
      if (!disk.take()) {
        throw Disk.refusal(Errno.ENOSPC, operation, descriptor, name);
      }
      directory.extraBlocks++;
    }
  }

  private long change(SlotChange... changes) {
    long now = disk.now();
    for (SlotChange change : changes) {
      Inode directory = disk.inodes.get(change.directory());
      directory.attributes = directory.attributes.modified(now);
    }
    return disk.change(List.of(changes));
  }

  /** The inode to open, which is made when the flags say so. */
  Inode find(Descriptor directory, Name name, int flags, int mode) throws StorageException {
    Inode inode = disk.find(disk.directory(directory, "open"), name);
    boolean create = (flags & OpenFlag.CREATE) != 0;
    if (inode == null) {
      if (!create) {
        throw Disk.refusal(Errno.ENOENT, "open", directory, name);
      }
      return make("open", directory, name, FileType.REGULAR, mode, 0, null);
    }
    Errno refused = null;
    if (create && (flags & OpenFlag.EXCLUSIVE) != 0) {
      refused = Errno.EEXIST;
    } else if (create && inode.isDirectory()) {
      refused = Errno.EISDIR;
    }
    if (refused != null) {
      throw Disk.refusal(refused, "open", directory, name);
    }
    return inode;
  }
}
