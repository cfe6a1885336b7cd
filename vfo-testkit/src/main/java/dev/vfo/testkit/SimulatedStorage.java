package dev.vfo.testkit;

import dev.vfo.storage.DirectoryVisitor;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileSystemStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.Faults.Kind;
import dev.vfo.testkit.Faults.Verdict;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A file system in memory that keeps what is durable apart from what is not, fails where it is told
 * to, and shows what a power loss can leave: exactly what C1.. in {@code docs/guarantees.md} allow.
 *
 * <p>It is one tree. A call goes from here, where it is counted, traced and perhaps spoiled ({@link
 * Faults}), to {@link NameCalls}, {@link FileCalls}, {@link SyncCalls} or {@link AttributeCalls},
 * which answer as Linux does for its user 0 and change the {@link Disk}: names and their pending
 * operations ({@link NameLog}, {@link NameOrder}), contents ({@link FileContent}), descriptors and
 * space. {@link #crash} makes another storage out of it ({@link CrashMaterializer}, {@link
 * CrashPolicy}) and leaves this one as it is, so that one state can be crashed often. {@link #fork}
 * is cheap too.
 *
 * <p>Deterministic: the same options and calls give the same answers, the same crash seed the same
 * outcome. Safe for use by many threads.
 */
public final class SimulatedStorage implements Storage {
  /** What a call does. */
  @FunctionalInterface
  private interface Body<T> {
    T run(Verdict verdict) throws StorageException;
  }

  /** What a call without a result does. */
  @FunctionalInterface
  private interface Action {
    void run() throws StorageException;
  }

  private record Listed(Name name, long inode, FileType type) {}

  private final Object lock = new Object();
  private final Disk disk;
  private final NameCalls names;
  private final FileCalls files;
  private final SyncCalls syncs;
  private final AttributeCalls attributes;
  private final Faults faults = new Faults(lock);
  private final Trace trace = new Trace();

  /** An empty file system with {@link SimulationOptions#defaults}. */
  public SimulatedStorage() {
    this(SimulationOptions.defaults());
  }

  /** An empty file system: a root directory with mode 0755. */
  public SimulatedStorage(SimulationOptions options) {
    this(Disk.empty(options), 0);
  }

  private SimulatedStorage(Disk disk, int traceLimit) {
    this.disk = disk;
    this.names = new NameCalls(disk);
    this.files = new FileCalls(disk, names);
    this.syncs = new SyncCalls(disk);
    this.attributes = new AttributeCalls(disk, names);
    trace.setLimit(traceLimit);
  }

  // What tests do with it

  /** A storage in the same state, descriptors and all, but without faults and counts. */
  public SimulatedStorage fork() {
    synchronized (lock) {
      return new SimulatedStorage(disk.copy(), trace.limit());
    }
  }

  /**
   * What is found after a power loss, see {@link CrashMode#RANDOM}. This storage stays as it is.
   */
  public SimulatedStorage crash(long seed) {
    return crash(CrashMode.RANDOM, seed);
  }

  /**
   * What is found after a power loss: a storage without descriptors and locks, all of which is
   * durable. This storage stays as it is. Faults and counts are new.
   */
  public SimulatedStorage crash(CrashMode mode, long seed) {
    synchronized (lock) {
      return new SimulatedStorage(new CrashMaterializer(disk, mode, seed).run(), trace.limit());
    }
  }

  /**
   * What is found when the process died but the system did not (C15): nothing is lost, what was not
   * synced still is not, and no descriptor is open. This storage stays as it is. Faults and counts
   * are new.
   */
  public SimulatedStorage killProcess() {
    SimulatedStorage copy = fork();
    for (Descriptor descriptor : copy.disk.descriptors.all()) {
      copy.files.close(descriptor);
    }
    return copy;
  }

  /** The faults to come, and the counts of calls. */
  public Faults faults() {
    return faults;
  }

  /** Number of calls so far, see {@link Faults#callCount}. */
  public long callCount() {
    return faults.callCount();
  }

  /** Starts to keep the last calls as text; 0 stops. Costs a few microseconds a call. */
  public void trace(int calls) {
    synchronized (lock) {
      trace.setLimit(calls);
    }
  }

  /** The last calls, oldest first, each with its number and how it ended. */
  public List<String> traceLines() {
    synchronized (lock) {
      return trace.lines();
    }
  }

  /**
   * Makes a directory at an outside path, with mode 0755, and those above it as needed. Everything
   * in the tree is durable afterwards. Not counted as a call.
   */
  public void makeDirectory(Path path) throws StorageException {
    synchronized (lock) {
      new PathWalk(disk, "makeDirectory", path).madeDirectory(names);
      syncs.syncEverything();
    }
  }

  /** Sets how much can still be allocated. What has been freed is free for good then. */
  public void setAvailableBytes(long bytes) {
    synchronized (lock) {
      disk.commitFreed();
      disk.space.setFreeBlocks(bytes / Page.BYTES);
    }
  }

  /** Sets how many files can still be made. */
  public void setAvailableInodes(long count) {
    synchronized (lock) {
      disk.commitFreed();
      disk.space.setFreeInodes(count);
    }
  }

  /**
   * Mounts it read-only, or not. Files that are open for writing can then not be written either.
   */
  public void setReadOnly(boolean readOnly) {
    synchronized (lock) {
      disk.options = disk.options.withReadOnly(readOnly);
    }
  }

  /** Number of descriptors that are open. */
  public int openDescriptors() {
    synchronized (lock) {
      return disk.descriptors.all().size();
    }
  }

  /**
   * The open descriptors, each as its number with the path by which it was opened; to find leaks.
   */
  public List<String> describeDescriptors() {
    synchronized (lock) {
      return disk.descriptors.all().stream().map(Descriptor::toString).toList();
    }
  }

  /** Number of name operations that are not durable. */
  public int pendingNameOperations() {
    synchronized (lock) {
      return disk.log.pending().size();
    }
  }

  /** Bytes in use, in blocks of 4 KiB. */
  public long usedBytes() {
    synchronized (lock) {
      return disk.space.usedBlocks() * Page.BYTES;
    }
  }

  /**
   * Checks the structure; throws IllegalStateException with what is wrong. For tests of the
   * simulator itself.
   */
  public void check() {
    synchronized (lock) {
      new DiskCheck(disk).run();
    }
  }

  // The way of a call

  private <T> T call(Call call, Body<T> body) throws StorageException {
    synchronized (lock) {
      Verdict verdict = admit(call);
      String text = trace.isOn() ? call.text(disk) : "";
      try {
        T result = perform(call, verdict, body);
        note(text, result instanceof Number || result instanceof Boolean ? " = " + result : "");
        return result;
      } catch (StorageException e) {
        note(text, " = " + e.errno());
        throw e;
      } catch (SimulatedCrash e) {
        note(text, " = CRASH");
        throw e;
      }
    }
  }

  private void run(Call call, Action action) throws StorageException {
    call(
        call,
        verdict -> {
          action.run();
          return "";
        });
  }

  /** Counts a call, and finds out what is to happen to it. */
  private Verdict admit(Call call) {
    if (faults.isCrashed()) {
      throw new SimulatedCrash(call.operation().method() + " after the crash");
    }
    String paths = faults.needsPath() ? call.paths(disk) : "";
    Verdict verdict = faults.next(call.operation(), call.changesDisk(), paths);
    if (!verdict.is(Kind.PROCEED)) {
      // Else the same fault would be decided in the same way at each call of a history.
      disk.chance.stir(faults.callCount());
    }
    if (faults.takeWriteBackFailure()) {
      syncs.failWriteBack();
    }
    return verdict;
  }

  private <T> T perform(Call call, Verdict verdict, Body<T> body) throws StorageException {
    return switch (verdict.kind()) {
      case PROCEED, SHORT -> body.run(verdict);
      case FAIL -> {
        fail(call, verdict, body);
        throw new StorageException(
            verdict.errno(), call.operation().method(), call.paths(disk) + " (injected)");
      }
      case FAIL_AFTER -> {
        body.run(verdict);
        throw new StorageException(
            verdict.errno(), call.operation().method(), call.paths(disk) + " (injected)");
      }
      case CRASH -> {
        SimulatedCrash crash = new SimulatedCrash(faults.callCount() + ": " + call.text(disk));
        boolean done = call.operation() == Operation.WRITE || disk.chance.coin();
        if (done) {
          runIfPossible(verdict, body);
        }
        throw crash;
      }
    };
  }

  /** What a call that is made to fail does all the same. */
  private <T> void fail(Call call, Verdict verdict, Body<T> body) throws StorageException {
    switch (call.operation()) {
      case SYNC, DATA_SYNC ->
          syncs.failSync(call.operation().method(), descriptor(call.fd(), call.operation()));
      case SYNC_FILE_SYSTEM -> syncs.failSyncFileSystem(descriptor(call.fd(), call.operation()));
      case WRITE -> {
        if (verdict.errno() == Errno.EIO && disk.chance.coin()) {
          body.run(verdict);
        }
      }
      default -> {}
    }
  }

  private static <T> void runIfPossible(Verdict verdict, Body<T> body) {
    try {
      body.run(verdict);
    } catch (StorageException e) {
      // The call was refused, so it had no effect; its caller gets the crash either way.
    }
  }

  private void note(String text, String result) {
    if (trace.isOn()) {
      trace.add(faults.callCount() + ": " + text + result);
    }
  }

  private Descriptor descriptor(int fd, Operation operation) throws StorageException {
    return disk.descriptor(fd, operation.method());
  }

  /** How much of a transfer is to be done. */
  private static long limit(Verdict verdict, Descriptor descriptor, long length) {
    if (!verdict.is(Kind.SHORT)) {
      return length;
    }
    long unit = descriptor.has(OpenFlag.DIRECT) ? Page.BYTES : 1;
    return length <= unit ? length : Math.max(1, length / unit / 2) * unit;
  }

  private static void checkNative(MemorySegment memory) {
    if (!memory.isNative()) {
      throw new IllegalArgumentException("not native memory: " + memory);
    }
  }

  // Storage

  @Override
  public int openRoot(Path path) throws StorageException {
    return call(
        Call.of(Operation.OPEN_ROOT, -1),
        verdict -> {
          Inode directory = new PathWalk(disk, "openRoot", path).directory();
          return files.openDirectory("openRoot", directory, path.toString());
        });
  }

  @Override
  public int open(int directory, Name name, int flags, int mode) throws StorageException {
    return call(
        Call.of(Operation.OPEN, directory, name, flags, mode),
        verdict -> files.open(descriptor(directory, Operation.OPEN), name, flags, mode));
  }

  @Override
  public int reopen(int fd, int flags) throws StorageException {
    return call(
        Call.of(Operation.REOPEN, fd, flags, 0),
        verdict -> files.reopen(descriptor(fd, Operation.REOPEN), flags));
  }

  @Override
  public int openParent(int directory) throws StorageException {
    return call(
        Call.of(Operation.OPEN_PARENT, directory),
        verdict -> files.openParent(descriptor(directory, Operation.OPEN_PARENT)));
  }

  @Override
  public void close(int fd) throws StorageException {
    run(Call.of(Operation.CLOSE, fd), () -> files.close(descriptor(fd, Operation.CLOSE)));
  }

  @Override
  public long read(int fd, MemorySegment target, long offset) throws StorageException {
    checkNative(target);
    return call(
        Call.of(Operation.READ, fd, offset, target.byteSize()),
        verdict -> {
          Descriptor descriptor = descriptor(fd, Operation.READ);
          long limit = limit(verdict, descriptor, target.byteSize());
          return files.read(descriptor, target, offset, limit);
        });
  }

  @Override
  public long write(int fd, MemorySegment source, long offset) throws StorageException {
    checkNative(source);
    return call(
        Call.of(Operation.WRITE, fd, offset, source.byteSize()),
        verdict -> {
          Descriptor descriptor = descriptor(fd, Operation.WRITE);
          long limit = limit(verdict, descriptor, source.byteSize());
          if (verdict.is(Kind.FAIL)) {
            limit = 1L + disk.chance.below((int) Math.min(limit, Integer.MAX_VALUE));
          }
          long count = files.write(descriptor, source, offset, limit);
          afterWrite(verdict, descriptor, offset, count);
          return count;
        });
  }

  private void afterWrite(Verdict verdict, Descriptor descriptor, long offset, long count) {
    switch (verdict.kind()) {
      case PROCEED, SHORT, FAIL_AFTER -> syncs.syncWritten(descriptor, offset, count);
      case FAIL -> {
        if (descriptor.has(OpenFlag.DATA_SYNC)) {
          syncs.dropDirtyData(disk.inode(descriptor));
        }
      }
      case CRASH -> {
        // Not durable, even through an O_DSYNC descriptor: it may tear.
      }
    }
  }

  @Override
  public void truncate(int fd, long sizeBytes) throws StorageException {
    run(
        Call.of(Operation.TRUNCATE, fd, sizeBytes, 0),
        () -> files.truncate(descriptor(fd, Operation.TRUNCATE), sizeBytes));
  }

  @Override
  public void allocate(int fd, long offset, long lengthBytes, boolean keepSize)
      throws StorageException {
    run(
        Call.of(Operation.ALLOCATE, fd, offset, lengthBytes),
        () -> files.allocate(descriptor(fd, Operation.ALLOCATE), offset, lengthBytes, keepSize));
  }

  @Override
  public void punchHole(int fd, long offset, long lengthBytes) throws StorageException {
    run(
        Call.of(Operation.PUNCH_HOLE, fd, offset, lengthBytes),
        () -> files.punchHole(descriptor(fd, Operation.PUNCH_HOLE), offset, lengthBytes));
  }

  @Override
  public long seekData(int fd, long offset) throws StorageException {
    return call(
        Call.of(Operation.SEEK_DATA, fd, offset, 0),
        verdict -> files.seekData(descriptor(fd, Operation.SEEK_DATA), offset));
  }

  @Override
  public long seekHole(int fd, long offset) throws StorageException {
    return call(
        Call.of(Operation.SEEK_HOLE, fd, offset, 0),
        verdict -> files.seekHole(descriptor(fd, Operation.SEEK_HOLE), offset));
  }

  @Override
  public long copyRange(int from, long fromOffset, int to, long toOffset, long lengthBytes)
      throws StorageException {
    return call(
        Call.copy(from, fromOffset, to, lengthBytes),
        verdict -> {
          Descriptor source = descriptor(from, Operation.COPY_RANGE);
          Descriptor target = descriptor(to, Operation.COPY_RANGE);
          long limit = limit(verdict, target, lengthBytes);
          long count = files.copyRange(source, fromOffset, target, toOffset, limit);
          afterWrite(verdict, target, toOffset, count);
          return count;
        });
  }

  @Override
  public void dataSync(int fd) throws StorageException {
    run(
        Call.of(Operation.DATA_SYNC, fd),
        () -> syncs.sync("dataSync", descriptor(fd, Operation.DATA_SYNC), true));
  }

  @Override
  public void sync(int fd) throws StorageException {
    run(
        Call.of(Operation.SYNC, fd),
        () -> syncs.sync("sync", descriptor(fd, Operation.SYNC), false));
  }

  @Override
  public void syncFileSystem(int fd) throws StorageException {
    run(
        Call.of(Operation.SYNC_FILE_SYSTEM, fd),
        () -> syncs.syncFileSystem(descriptor(fd, Operation.SYNC_FILE_SYSTEM)));
  }

  @Override
  public FileStat stat(int fd) throws StorageException {
    return call(
        Call.of(Operation.STAT, fd),
        verdict -> files.stat(disk.inode(descriptor(fd, Operation.STAT))));
  }

  @Override
  public FileStat stat(int directory, Name name) throws StorageException {
    return call(
        Call.of(Operation.STAT, directory, name),
        verdict -> {
          Descriptor descriptor = descriptor(directory, Operation.STAT);
          return files.stat(names.existing("stat", descriptor, name));
        });
  }

  @Override
  public void list(int directory, DirectoryVisitor visitor) throws StorageException {
    // Not under the lock: the visitor may call the storage, or wait for another thread that does.
    for (Listed entry : call(Call.of(Operation.LIST, directory), verdict -> listed(directory))) {
      if (!visitor.visit(entry.name(), entry.inode(), entry.type())) {
        return;
      }
    }
  }

  /** The entries in an order that has nothing to do with their names, but is always the same. */
  private List<Listed> listed(int fd) throws StorageException {
    Descriptor descriptor = descriptor(fd, Operation.LIST);
    Inode directory = disk.directory(descriptor, "list");
    if (descriptor.isPlace()) {
      throw Disk.refusal(Errno.EBADF, "list", descriptor);
    }
    List<Listed> entries = new ArrayList<>();
    for (Map.Entry<Name, Long> entry : directory.entries().names.entries()) {
      Inode inode = disk.inodes.get(entry.getValue());
      entries.add(new Listed(entry.getKey(), inode.number, inode.type));
    }
    long seed = disk.options.seed();
    entries.sort((first, second) -> {
      int order =
          Long.compare(
              Chance.seed(seed, first.name().hashCode()),
              Chance.seed(seed, second.name().hashCode()));
      return order != 0 ? order : first.name().compareTo(second.name());
    });
    return entries;
  }

  @Override
  public void makeDirectory(int directory, Name name, int mode) throws StorageException {
    run(
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
    run(
        Call.of(Operation.MAKE_NODE, directory, name),
        () -> names.makeNode(descriptor(directory, Operation.MAKE_NODE), name, type, mode, device));
  }

  @Override
  public void makeSymlink(int directory, Name name, byte[] target) throws StorageException {
    run(
        Call.of(Operation.MAKE_SYMLINK, directory, name),
        () -> names.makeSymlink(descriptor(directory, Operation.MAKE_SYMLINK), name, target));
  }

  @Override
  public byte[] readSymlink(int directory, Name name) throws StorageException {
    return call(
        Call.of(Operation.READ_SYMLINK, directory, name),
        verdict -> names.readSymlink(descriptor(directory, Operation.READ_SYMLINK), name));
  }

  @Override
  public void link(int fromDirectory, Name from, int toDirectory, Name to) throws StorageException {
    run(
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
    run(
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
    run(
        Call.of(Operation.UNLINK, directory, name),
        () -> names.unlink(descriptor(directory, Operation.UNLINK), name));
  }

  @Override
  public void removeDirectory(int directory, Name name) throws StorageException {
    run(
        Call.of(Operation.REMOVE_DIRECTORY, directory, name),
        () -> names.removeDirectory(descriptor(directory, Operation.REMOVE_DIRECTORY), name));
  }

  @Override
  public void changeMode(int directory, Name name, int mode) throws StorageException {
    run(
        Call.of(Operation.CHANGE_MODE, directory, name, mode, 0),
        () -> attributes.changeMode(descriptor(directory, Operation.CHANGE_MODE), name, mode));
  }

  @Override
  public void changeOwner(int directory, Name name, int uid, int gid) throws StorageException {
    run(
        Call.of(Operation.CHANGE_OWNER, directory, name, uid, gid),
        () ->
            attributes.changeOwner(descriptor(directory, Operation.CHANGE_OWNER), name, uid, gid));
  }

  @Override
  public void setTimes(int directory, Name name, long accessNanos, long modifyNanos)
      throws StorageException {
    run(
        Call.of(Operation.SET_TIMES, directory, name, accessNanos, modifyNanos),
        () ->
            attributes.setTimes(
                descriptor(directory, Operation.SET_TIMES), name, accessNanos, modifyNanos));
  }

  @Override
  public void changeMode(int fd, int mode) throws StorageException {
    run(
        Call.of(Operation.CHANGE_MODE, fd, mode, 0),
        () -> attributes.changeMode(descriptor(fd, Operation.CHANGE_MODE), mode));
  }

  @Override
  public void changeOwner(int fd, int uid, int gid) throws StorageException {
    run(
        Call.of(Operation.CHANGE_OWNER, fd, uid, gid),
        () -> attributes.changeOwner(descriptor(fd, Operation.CHANGE_OWNER), uid, gid));
  }

  @Override
  public void setTimes(int fd, long accessNanos, long modifyNanos) throws StorageException {
    run(
        Call.of(Operation.SET_TIMES, fd, accessNanos, modifyNanos),
        () -> attributes.setTimes(descriptor(fd, Operation.SET_TIMES), accessNanos, modifyNanos));
  }

  @Override
  public byte[] getXattr(int directory, Name name, String attribute) throws StorageException {
    return call(
        Call.of(Operation.GET_XATTR, directory, name),
        verdict ->
            attributes.getXattr(descriptor(directory, Operation.GET_XATTR), name, attribute));
  }

  @Override
  public void setXattr(int directory, Name name, String attribute, byte[] value)
      throws StorageException {
    run(
        Call.of(Operation.SET_XATTR, directory, name),
        () ->
            attributes.setXattr(
                descriptor(directory, Operation.SET_XATTR), name, attribute, value));
  }

  @Override
  public void removeXattr(int directory, Name name, String attribute) throws StorageException {
    run(
        Call.of(Operation.REMOVE_XATTR, directory, name),
        () ->
            attributes.removeXattr(descriptor(directory, Operation.REMOVE_XATTR), name, attribute));
  }

  @Override
  public List<String> listXattrs(int directory, Name name) throws StorageException {
    return call(
        Call.of(Operation.LIST_XATTRS, directory, name),
        verdict -> attributes.listXattrs(descriptor(directory, Operation.LIST_XATTRS), name));
  }

  @Override
  public FileSystemStat fileSystemStat(int fd) throws StorageException {
    return call(
        Call.of(Operation.FILE_SYSTEM_STAT, fd),
        verdict -> {
          descriptor(fd, Operation.FILE_SYSTEM_STAT);
          return files.fileSystemStat();
        });
  }

  @Override
  public boolean tryLock(int fd) throws StorageException {
    return call(
        Call.of(Operation.TRY_LOCK, fd),
        verdict -> files.tryLock(descriptor(fd, Operation.TRY_LOCK)));
  }

  @Override
  public void requireAccess(int fd, int rights) throws StorageException {
    run(
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
