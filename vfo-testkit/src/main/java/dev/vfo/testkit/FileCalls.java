package dev.vfo.testkit;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileSystemStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The calls on descriptors but for syncs. They check and answer as Linux does. */
final class FileCalls {
  private static final int ESPIPE = 29;
  private static final int ACCESS = OpenFlag.READ | OpenFlag.WRITE;
  private static final int COPY_BYTES = 1 << 16;
  private static final long MOUNT_DEVICE = 0x801;

  private final Disk disk;
  private final NameCalls names;

  FileCalls(Disk disk, NameCalls names) {
    this.disk = disk;
    this.names = names;
  }

  // Opening

  int open(Descriptor directory, Name name, int flags, int mode) throws StorageException {
    String path = Disk.pathOf(directory, name);
    checkFlags("open", path, flags);
    boolean isThere = disk.find(disk.directory(directory, "open"), name) != null;
    Inode inode = names.find(directory, name, flags, mode);
    return open("open", inode, isThere ? flags : flags & ~OpenFlag.TRUNCATE, path);
  }

  int reopen(Descriptor descriptor, int flags) throws StorageException {
    if ((flags & (OpenFlag.CREATE | OpenFlag.EXCLUSIVE)) != 0) {
      throw Disk.refusal(Errno.EINVAL, "reopen", descriptor);
    }
    checkFlags("reopen", descriptor.path, flags);
    return open("reopen", disk.inode(descriptor), flags, descriptor.path);
  }

  int openParent(Descriptor descriptor) throws StorageException {
    Inode directory = disk.directory(descriptor, "openParent");
    long parent = directory.entries().parent;
    if (!disk.inodes.has(parent)) {
      throw Disk.refusal(Errno.ENOENT, "openParent", descriptor);
    }
    int end = Math.max(0, descriptor.path.lastIndexOf('/'));
    String path = end == 0 ? "/" : descriptor.path.substring(0, end);
    int flags = OpenFlag.PATH | OpenFlag.DIRECTORY;
    checkFlags("openParent", path, flags);
    return open("openParent", disk.inodes.get(parent), flags, path);
  }

  int openDirectory(String operation, Inode directory, String path) throws StorageException {
    checkFlags(operation, path, OpenFlag.READ);
    return open(operation, directory, OpenFlag.READ, path);
  }

  /** What can be said before anything is looked up or made. */
  private void checkFlags(String operation, String path, int flags) throws StorageException {
    boolean sensible;
    if ((flags & OpenFlag.PATH) != 0) {
      sensible = (flags & ~(OpenFlag.PATH | OpenFlag.DIRECTORY)) == 0;
    } else {
      boolean create = (flags & OpenFlag.CREATE) != 0;
      sensible =
          (flags & ACCESS) != 0
              && ((flags & OpenFlag.WRITE) != 0 || (flags & OpenFlag.TRUNCATE) == 0)
              && (create || (flags & OpenFlag.EXCLUSIVE) == 0)
              && !(create && (flags & OpenFlag.DIRECTORY) != 0)
              && (disk.options.directIo() || (flags & OpenFlag.DIRECT) == 0);
    }
    if (!sensible) {
      throw new StorageException(
          Errno.EINVAL, operation, path + " with flags 0x" + Integer.toHexString(flags));
    }
    if (disk.descriptors.isFull()) {
      throw new StorageException(Errno.EMFILE, operation, path);
    }
  }

  private int open(String operation, Inode inode, int flags, String path) throws StorageException {
    Errno refused = refusalOfOpen(inode, flags);
    if (refused != null) {
      throw new StorageException(refused, operation, path);
    }
    if ((flags & OpenFlag.WRITE) != 0) {
      disk.checkWritable(operation, path);
    }
    if ((flags & OpenFlag.TRUNCATE) != 0 && inode.type == FileType.REGULAR) {
      inode.file().truncate(0, disk);
      modified(inode);
    }
    int number = disk.descriptors.nextNumber();
    Descriptor descriptor = new Descriptor(number, inode.serial, flags, path);
    descriptor.writeErrorsSeen = inode.writeErrors;
    descriptor.fileSystemErrorsSeen = disk.writeErrors;
    disk.descriptors.add(descriptor);
    inode.opens++;
    return number;
  }

  private static @Nullable Errno refusalOfOpen(Inode inode, int flags) {
    if ((flags & OpenFlag.DIRECTORY) != 0 && !inode.isDirectory()) {
      return Errno.ENOTDIR;
    }
    if ((flags & OpenFlag.PATH) != 0) {
      return null;
    }
    boolean write = (flags & OpenFlag.WRITE) != 0;
    return switch (inode.type) {
      case REGULAR -> null;
      case SYMLINK -> Errno.ELOOP;
      case DIRECTORY -> {
        if (write) {
          yield Errno.EISDIR;
        }
        yield (flags & OpenFlag.DIRECT) != 0 ? Errno.EINVAL : null;
      }
      case FIFO -> write && (flags & OpenFlag.READ) == 0 ? Errno.ENXIO : null;
      case SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE -> Errno.ENXIO;
    };
  }

  void close(Descriptor descriptor) {
    disk.descriptors.remove(descriptor.number);
    Inode inode = disk.inode(descriptor);
    inode.opens--;
    disk.releaseIfGone(inode);
  }

  // Content

  long read(Descriptor descriptor, MemorySegment target, long offset, long limit)
      throws StorageException {
    Inode inode = toRead("read", descriptor, offset);
    checkAligned("read", descriptor, target, offset);
    long count = inode.file().read(offset, target, Math.min(limit, target.byteSize()));
    if (count > 0) {
      accessed(inode);
    }
    return count;
  }

  private Inode toRead(String operation, Descriptor descriptor, long offset)
      throws StorageException {
    if (!descriptor.has(OpenFlag.READ)) {
      throw Disk.refusal(Errno.EBADF, operation, descriptor);
    }
    Inode inode = disk.inode(descriptor);
    if (inode.isDirectory()) {
      throw Disk.refusal(Errno.EISDIR, operation, descriptor);
    }
    return regular(operation, descriptor, inode, offset);
  }

  private Inode toWrite(String operation, Descriptor descriptor, long offset)
      throws StorageException {
    if (!descriptor.has(OpenFlag.WRITE)) {
      throw Disk.refusal(Errno.EBADF, operation, descriptor);
    }
    Inode inode = regular(operation, descriptor, disk.inode(descriptor), offset);
    disk.checkWritable(operation, descriptor.path);
    return inode;
  }

  private static Inode regular(String operation, Descriptor descriptor, Inode inode, long offset)
      throws StorageException {
    if (inode.type != FileType.REGULAR) {
      throw new StorageException(ESPIPE, operation, descriptor.toString());
    }
    if (offset < 0) {
      throw Disk.refusal(Errno.EINVAL, operation, descriptor);
    }
    return inode;
  }

  private static void checkAligned(
      String operation, Descriptor descriptor, MemorySegment memory, long offset)
      throws StorageException {
    if (descriptor.has(OpenFlag.DIRECT)
        && ((memory.address() | memory.byteSize() | offset) & (Page.BYTES - 1)) != 0) {
      throw Disk.refusal(Errno.EINVAL, operation, descriptor);
    }
  }

  long write(Descriptor descriptor, MemorySegment source, long offset, long limit)
      throws StorageException {
    Inode inode = toWrite("write", descriptor, offset);
    checkAligned("write", descriptor, source, offset);
    if (source.byteSize() == 0) {
      return 0;
    }
    long length = Math.min(Math.min(limit, source.byteSize()), FileContent.MAX_BYTES - offset);
    if (length <= 0) {
      throw Disk.refusal(Errno.EFBIG, "write", descriptor);
    }
    long count = inode.file().write(offset, source, length, disk);
    if (count == 0) {
      throw Disk.refusal(Errno.ENOSPC, "write", descriptor);
    }
    modified(inode);
    return count;
  }

  void truncate(Descriptor descriptor, long size) throws StorageException {
    Inode inode = disk.inode(descriptor);
    if (descriptor.isPlace()) {
      throw Disk.refusal(Errno.EBADF, "truncate", descriptor);
    }
    if (size < 0 || !descriptor.has(OpenFlag.WRITE) || inode.type != FileType.REGULAR) {
      throw Disk.refusal(Errno.EINVAL, "truncate", descriptor);
    }
    if (size > FileContent.MAX_BYTES) {
      throw Disk.refusal(Errno.EFBIG, "truncate", descriptor);
    }
    disk.checkWritable("truncate", descriptor.path);
    inode.file().truncate(size, disk);
    modified(inode);
  }

  void allocate(Descriptor descriptor, long offset, long length, boolean keepSize)
      throws StorageException {
    Inode inode = toWrite("allocate", descriptor, offset);
    if (length <= 0) {
      throw Disk.refusal(Errno.EINVAL, "allocate", descriptor);
    }
    if (length > FileContent.MAX_BYTES || offset + length > FileContent.MAX_BYTES) {
      throw Disk.refusal(Errno.EFBIG, "allocate", descriptor);
    }
    if (length / Page.BYTES > disk.space.totalBlocks()
        || !inode.file().reserve(offset, length, keepSize, disk)) {
      throw Disk.refusal(Errno.ENOSPC, "allocate", descriptor);
    }
    modified(inode);
  }

  void punchHole(Descriptor descriptor, long offset, long length) throws StorageException {
    Inode inode = toWrite("punchHole", descriptor, offset);
    if (length <= 0) {
      throw Disk.refusal(Errno.EINVAL, "punchHole", descriptor);
    }
    inode.file().punch(offset, length, disk);
    modified(inode);
  }

  long seekData(Descriptor descriptor, long offset) throws StorageException {
    return toSeek("seekData", descriptor, offset).file().seekData(offset);
  }

  long seekHole(Descriptor descriptor, long offset) throws StorageException {
    return toSeek("seekHole", descriptor, offset).file().seekHole(offset);
  }

  private Inode toSeek(String operation, Descriptor descriptor, long offset)
      throws StorageException {
    if (descriptor.isPlace()) {
      throw Disk.refusal(Errno.EBADF, operation, descriptor);
    }
    return regular(operation, descriptor, disk.inode(descriptor), offset);
  }

  long copyRange(Descriptor from, long fromOffset, Descriptor to, long toOffset, long length)
      throws StorageException {
    Inode source = toRead("copyRange", from, fromOffset);
    Inode target = toWrite("copyRange", to, toOffset);
    long count = Math.min(length, source.file().size() - fromOffset);
    boolean overlaps =
        source == target && fromOffset < toOffset + length && toOffset < fromOffset + length;
    if (length < 0 || overlaps) {
      throw Disk.refusal(Errno.EINVAL, "copyRange", to);
    }
    if (count <= 0) {
      return 0;
    }
    if (toOffset + count > FileContent.MAX_BYTES) {
      throw Disk.refusal(Errno.EFBIG, "copyRange", to);
    }
    long done = copy(source.file(), fromOffset, target.file(), toOffset, count);
    if (done == 0) {
      throw Disk.refusal(Errno.ENOSPC, "copyRange", to);
    }
    accessed(source);
    modified(target);
    return done;
  }

  private long copy(
      FileContent source, long fromOffset, FileContent target, long toOffset, long count) {
    MemorySegment buffer = MemorySegment.ofArray(new byte[(int) Math.min(COPY_BYTES, count)]);
    long done = 0;
    while (done < count) {
      long piece = Math.min(buffer.byteSize(), count - done);
      source.read(fromOffset + done, buffer, piece);
      long written = target.write(toOffset + done, buffer, piece, disk);
      done += written;
      if (written < piece) {
        break;
      }
    }
    return done;
  }

  private void modified(Inode inode) {
    long now = disk.now();
    Attributes attributes = inode.attributes.modified(now);
    if (attributes.xattrs().containsKey(AttributeCalls.CAPABILITY)) {
      attributes = attributes.withoutXattr(AttributeCalls.CAPABILITY, now);
    }
    inode.attributes = attributes;
  }

  private void accessed(Inode inode) {
    Attributes attributes = inode.attributes;
    boolean stale =
        attributes.accessNanos() <= attributes.modifyNanos()
            || attributes.accessNanos() <= attributes.changeNanos();
    if (stale && disk.options.accessTimes() && !disk.options.readOnly()) {
      inode.attributes = attributes.accessed(disk.now());
    }
  }

  // Description

  FileStat stat(Inode inode) {
    Attributes attributes = inode.attributes;
    return new FileStat(
        new FileIdentity(inode.number, inode.generation()),
        MOUNT_DEVICE,
        inode.type,
        attributes.mode(),
        inode.shownLinks(),
        attributes.uid(),
        attributes.gid(),
        inode.device,
        inode.shownSize(),
        inode.blocks() * (Page.BYTES / Page.SECTOR_BYTES),
        attributes.accessNanos(),
        attributes.modifyNanos(),
        attributes.changeNanos());
  }

  FileSystemStat fileSystemStat() {
    Space space = disk.space;
    return new FileSystemStat(
        disk.options.typeMagic(),
        disk.options.typeName(),
        Page.BYTES,
        space.freeBlocks() * Page.BYTES,
        space.totalBlocks() * Page.BYTES,
        space.freeInodes(),
        space.totalInodes(),
        Name.MAX_BYTES,
        disk.options.readOnly());
  }

  boolean tryLock(Descriptor descriptor) throws StorageException {
    if (descriptor.isPlace()) {
      throw Disk.refusal(Errno.EBADF, "tryLock", descriptor);
    }
    if (disk.descriptors.isLockedByOther(descriptor)) {
      return false;
    }
    descriptor.isLocked = true;
    return true;
  }
}
