package dev.vfo.testkit;

import dev.vfo.storage.DirectoryVisitor;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileSystemStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The calls of {@link SimulatedStorage}: each says what it is, goes through the {@link CallGate},
 * and is done by the class that knows that part of a file system. Safe for use by many threads.
 */
abstract class SimulatedCalls implements Storage {
  final Disk disk;
  final NameCalls names;
  final FileCalls files;
  final SyncCalls syncs;
  private final AttributeCalls attributes;
  private final Transfers transfers;
  private final CallGate gate;

  /**
   * @param lock guards all the others
   */
  SimulatedCalls(Object lock, Disk disk, Faults faults, Trace trace) {
    this.disk = disk;
    this.names = new NameCalls(disk);
    this.files = new FileCalls(disk, names);
    this.syncs = new SyncCalls(disk);
    this.attributes = new AttributeCalls(disk, names);
    this.transfers = new Transfers(disk, files, syncs);
    this.gate = new CallGate(lock, disk, syncs, faults, trace);
  }

  private Descriptor descriptor(int fd, Operation operation) throws StorageException {
    return disk.descriptor(fd, operation.method());
  }

  private static void checkNative(MemorySegment memory) {
    if (!memory.isNative()) {
      throw new IllegalArgumentException("not native memory: " + memory);
    }
  }

  @Override
  public int openRoot(Path path) throws StorageException {
    return gate.call(
        Call.of(Operation.OPEN_ROOT, -1),
        verdict -> {
          Inode directory = new PathWalk(disk, "openRoot", path).directory();
          return files.openDirectory("openRoot", directory, path.toString());
        });
  }

  @Override
  public int open(int directory, Name name, int flags, int mode) throws StorageException {
    return gate.call(
        Call.of(Operation.OPEN, directory, name, flags, mode),
        verdict -> files.open(descriptor(directory, Operation.OPEN), name, flags, mode));
  }

  @Override
  public int reopen(int fd, int flags) throws StorageException {
    return gate.call(
        Call.of(Operation.REOPEN, fd, flags, 0),
        verdict -> files.reopen(descriptor(fd, Operation.REOPEN), flags));
  }

  @Override
  public int openParent(int directory) throws StorageException {
    return gate.call(
        Call.of(Operation.OPEN_PARENT, directory),
        verdict -> files.openParent(descriptor(directory, Operation.OPEN_PARENT)));
  }

  @Override
  public void close(int fd) throws StorageException {
    gate.run(Call.of(Operation.CLOSE, fd), () -> files.close(descriptor(fd, Operation.CLOSE)));
  }

  @Override
  public long read(int fd, MemorySegment target, long offset) throws StorageException {
    checkNative(target);
    return gate.call(
        Call.of(Operation.READ, fd, offset, target.byteSize()),
        verdict -> transfers.read(verdict, descriptor(fd, Operation.READ), target, offset));
  }

  @Override
  public long write(int fd, MemorySegment source, long offset) throws StorageException {
    checkNative(source);
    return gate.call(
        Call.of(Operation.WRITE, fd, offset, source.byteSize()),
        verdict -> transfers.write(verdict, descriptor(fd, Operation.WRITE), source, offset));
  }

  @Override
  public void truncate(int fd, long sizeBytes) throws StorageException {
    gate.run(
        Call.of(Operation.TRUNCATE, fd, sizeBytes, 0),
        () -> files.truncate(descriptor(fd, Operation.TRUNCATE), sizeBytes));
  }

  @Override
  public void allocate(int fd, long offset, long lengthBytes, boolean keepSize)
      throws StorageException {
    gate.run(
        Call.of(Operation.ALLOCATE, fd, offset, lengthBytes),
        () -> files.allocate(descriptor(fd, Operation.ALLOCATE), offset, lengthBytes, keepSize));
  }

  @Override
  public void punchHole(int fd, long offset, long lengthBytes) throws StorageException {
    gate.run(
        Call.of(Operation.PUNCH_HOLE, fd, offset, lengthBytes),
        () -> files.punchHole(descriptor(fd, Operation.PUNCH_HOLE), offset, lengthBytes));
  }

  @Override
  public long seekData(int fd, long offset) throws StorageException {
    return gate.call(
        Call.of(Operation.SEEK_DATA, fd, offset, 0),
        verdict -> files.seekData(descriptor(fd, Operation.SEEK_DATA), offset));
  }

  @Override
  public long seekHole(int fd, long offset) throws StorageException {
    return gate.call(
        Call.of(Operation.SEEK_HOLE, fd, offset, 0),
        verdict -> files.seekHole(descriptor(fd, Operation.SEEK_HOLE), offset));
  }

  @Override
  public long copyRange(int from, long fromOffset, int to, long toOffset, long lengthBytes)
      throws StorageException {
    return gate.call(
        Call.copy(from, fromOffset, to, lengthBytes),
        verdict -> {
          Descriptor source = descriptor(from, Operation.COPY_RANGE);
          Descriptor target = descriptor(to, Operation.COPY_RANGE);
          return transfers.copyRange(verdict, source, fromOffset, target, toOffset, lengthBytes);
        });
  }

  @Override
  public void dataSync(int fd) throws StorageException {
    gate.run(
        Call.of(Operation.DATA_SYNC, fd),
        () -> syncs.sync("dataSync", descriptor(fd, Operation.DATA_SYNC), true));
  }

  @Override
  public void sync(int fd) throws StorageException {
    gate.run(
        Call.of(Operation.SYNC, fd),
        () -> syncs.sync("sync", descriptor(fd, Operation.SYNC), false));
  }

  @Override
  public void syncFileSystem(int fd) throws StorageException {
    gate.run(
        Call.of(Operation.SYNC_FILE_SYSTEM, fd),
        () -> syncs.syncFileSystem(descriptor(fd, Operation.SYNC_FILE_SYSTEM)));
  }

  @Override
  public FileStat stat(int fd) throws StorageException {
    return gate.call(
        Call.of(Operation.STAT, fd),
        verdict -> files.stat(disk.inode(descriptor(fd, Operation.STAT))));
  }

  @Override
  public FileStat stat(int directory, Name name) throws StorageException {
    return gate.call(
        Call.of(Operation.STAT, directory, name),
        verdict -> {
          Descriptor descriptor = descriptor(directory, Operation.STAT);
          return files.stat(names.existing("stat", descriptor, name));
        });
  }

  @Override
  public void list(int directory, DirectoryVisitor visitor) throws StorageException {
    // Not under the lock: the visitor may call the storage, or wait for another thread that does.
    List<Listing.Item> items =
        gate.call(
            Call.of(Operation.LIST, directory),
            verdict -> Listing.of(disk, descriptor(directory, Operation.LIST)));
    for (Listing.Item entry : items) {
      if (!visitor.visit(entry.name(), entry.inode(), entry.type())) {
        return;
      }
    }
  }

  @Override
  public void makeDirectory(int directory, Name name, int mode) throws StorageException {
    gate.run(
        Call.of(Operation.MAKE_DIRECTORY, directory, name, mode, 0),
        () -> make(directory, Operation.MAKE_DIRECTORY, name, FileType.DIRECTORY, mode));
  }

  private void make(int fd, Operation operation, Name name, FileType type, int mode)
      throws StorageException {
    names.make(operation.method(), descriptor(fd, operation), name, type, mode, 0, null);
  }

  @Override
  public void makeNode(int directory, Name name, FileType type, int mode, long device)
      throws StorageException {
    gate.run(
        Call.of(Operation.MAKE_NODE, directory, name),
        () -> names.makeNode(descriptor(directory, Operation.MAKE_NODE), name, type, mode, device));
  }

  @Override
  public void makeSymlink(int directory, Name name, byte[] target) throws StorageException {
    gate.run(
        Call.of(Operation.MAKE_SYMLINK, directory, name),
        () -> names.makeSymlink(descriptor(directory, Operation.MAKE_SYMLINK), name, target));
  }

  @Override
  public byte[] readSymlink(int directory, Name name) throws StorageException {
    return gate.call(
        Call.of(Operation.READ_SYMLINK, directory, name),
        verdict -> names.readSymlink(descriptor(directory, Operation.READ_SYMLINK), name));
  }

  @Override
  public void link(int fromDirectory, Name from, int toDirectory, Name to) throws StorageException {
    gate.run(
        Call.of(Operation.LINK, fromDirectory, from, toDirectory, to),
        () ->
            names.link(
                descriptor(fromDirectory, Operation.LINK),
                from,
                descriptor(toDirectory, Operation.LINK),
                to));
  }

  @Override
  public void rename(int fromDirectory, Name from, int toDirectory, Name to, RenameMode mode)
      throws StorageException {
    gate.run(
        Call.of(Operation.RENAME, fromDirectory, from, toDirectory, to),
        () ->
            names.rename(
                descriptor(fromDirectory, Operation.RENAME),
                from,
                descriptor(toDirectory, Operation.RENAME),
                to,
                mode));
  }

  @Override
  public void unlink(int directory, Name name) throws StorageException {
    gate.run(
        Call.of(Operation.UNLINK, directory, name),
        () -> names.unlink(descriptor(directory, Operation.UNLINK), name));
  }

  @Override
  public void removeDirectory(int directory, Name name) throws StorageException {
    gate.run(
        Call.of(Operation.REMOVE_DIRECTORY, directory, name),
        () -> names.removeDirectory(descriptor(directory, Operation.REMOVE_DIRECTORY), name));
  }

  @Override
  public void changeMode(int directory, Name name, int mode) throws StorageException {
    gate.run(
        Call.of(Operation.CHANGE_MODE, directory, name, mode, 0),
        () -> attributes.changeMode(descriptor(directory, Operation.CHANGE_MODE), name, mode));
  }

  @Override
  public void changeOwner(int directory, Name name, int uid, int gid) throws StorageException {
    gate.run(
        Call.of(Operation.CHANGE_OWNER, directory, name, uid, gid),
        () ->
            attributes.changeOwner(descriptor(directory, Operation.CHANGE_OWNER), name, uid, gid));
  }

  @Override
  public void setTimes(int directory, Name name, long accessNanos, long modifyNanos)
      throws StorageException {
    gate.run(
        Call.of(Operation.SET_TIMES, directory, name, accessNanos, modifyNanos),
        () ->
            attributes.setTimes(
                descriptor(directory, Operation.SET_TIMES), name, accessNanos, modifyNanos));
  }

  @Override
  public void changeMode(int fd, int mode) throws StorageException {
    gate.run(
        Call.of(Operation.CHANGE_MODE, fd, mode, 0),
        () -> attributes.changeMode(descriptor(fd, Operation.CHANGE_MODE), mode));
  }

  @Override
  public void changeOwner(int fd, int uid, int gid) throws StorageException {
    gate.run(
        Call.of(Operation.CHANGE_OWNER, fd, uid, gid),
        () -> attributes.changeOwner(descriptor(fd, Operation.CHANGE_OWNER), uid, gid));
  }

  @Override
  public void setTimes(int fd, long accessNanos, long modifyNanos) throws StorageException {
    gate.run(
        Call.of(Operation.SET_TIMES, fd, accessNanos, modifyNanos),
        () -> attributes.setTimes(descriptor(fd, Operation.SET_TIMES), accessNanos, modifyNanos));
  }

  @Override
  public byte[] getXattr(int directory, Name name, String attribute) throws StorageException {
    return gate.call(
        Call.of(Operation.GET_XATTR, directory, name),
        verdict ->
            attributes.getXattr(descriptor(directory, Operation.GET_XATTR), name, attribute));
  }

  @Override
  public void setXattr(int directory, Name name, String attribute, byte[] value)
      throws StorageException {
    gate.run(
        Call.of(Operation.SET_XATTR, directory, name),
        () ->
            attributes.setXattr(
                descriptor(directory, Operation.SET_XATTR), name, attribute, value));
  }

  @Override
  public void removeXattr(int directory, Name name, String attribute) throws StorageException {
    gate.run(
        Call.of(Operation.REMOVE_XATTR, directory, name),
        () ->
            attributes.removeXattr(descriptor(directory, Operation.REMOVE_XATTR), name, attribute));
  }

  @Override
  public byte[] getXattr(int fd, String attribute) throws StorageException {
    return gate.call(
        Call.of(Operation.GET_XATTR, fd),
        verdict -> attributes.getXattr(descriptor(fd, Operation.GET_XATTR), attribute));
  }

  @Override
  public void setXattr(int fd, String attribute, byte[] value) throws StorageException {
    gate.run(
        Call.of(Operation.SET_XATTR, fd),
        () -> attributes.setXattr(descriptor(fd, Operation.SET_XATTR), attribute, value));
  }

  @Override
  public void removeXattr(int fd, String attribute) throws StorageException {
    gate.run(
        Call.of(Operation.REMOVE_XATTR, fd),
        () -> attributes.removeXattr(descriptor(fd, Operation.REMOVE_XATTR), attribute));
  }

  @Override
  public List<String> listXattrs(int fd) throws StorageException {
    return gate.call(
        Call.of(Operation.LIST_XATTRS, fd),
        verdict -> attributes.listXattrs(descriptor(fd, Operation.LIST_XATTRS)));
  }

  @Override
  public List<String> listXattrs(int directory, Name name) throws StorageException {
    return gate.call(
        Call.of(Operation.LIST_XATTRS, directory, name),
        verdict -> attributes.listXattrs(descriptor(directory, Operation.LIST_XATTRS), name));
  }

  @Override
  public FileSystemStat fileSystemStat(int fd) throws StorageException {
    return gate.call(
        Call.of(Operation.FILE_SYSTEM_STAT, fd),
        verdict -> {
          descriptor(fd, Operation.FILE_SYSTEM_STAT);
          return files.fileSystemStat();
        });
  }

  @Override
  public boolean tryLock(int fd) throws StorageException {
    return gate.call(
        Call.of(Operation.TRY_LOCK, fd),
        verdict -> files.tryLock(descriptor(fd, Operation.TRY_LOCK)));
  }

  @Override
  public void requireAccess(int fd, int rights) throws StorageException {
    gate.run(
        Call.of(Operation.REQUIRE_ACCESS, fd, rights, 0),
        () -> attributes.requireAccess(descriptor(fd, Operation.REQUIRE_ACCESS), rights));
  }

  @Override
  public int effectiveUid() {
    return disk.options.uid();
  }

  @Override
  public int effectiveGid() {
    return disk.options.gid();
  }

  @Override
  public Set<Integer> groups() {
    return Set.of(disk.options.gid());
  }
}
