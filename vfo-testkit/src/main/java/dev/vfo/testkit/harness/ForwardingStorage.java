package dev.vfo.testkit.harness;

import dev.vfo.storage.DirectoryVisitor;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileSystemStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * A storage that hands every call on to another one. Subclasses override a method to change what it
 * does, or {@link #forward} to come between every call. As thread safe as what it hands on to.
 */
public class ForwardingStorage implements Storage {
  private final Storage target;

  /** A call with its arguments, to be made on any storage. */
  @FunctionalInterface
  protected interface Request<T> {
    /** Makes the call. */
    T on(Storage storage) throws StorageException;
  }

  /** A call without a result. */
  @FunctionalInterface
  private interface Command {
    void on(Storage storage) throws StorageException;
  }

  /** A storage that is like {@code target}. */
  public ForwardingStorage(Storage target) {
    this.target = target;
  }

  /** What the calls are handed on to. */
  protected final Storage target() {
    return target;
  }

  /**
   * Hands a call on; all calls but those for the user's and group's number come through here.
   *
   * @param changes whether it can change what is on the disk, or make it durable
   */
  protected <T> T forward(Request<T> request, boolean changes) throws StorageException {
    return request.on(target);
  }

  private void run(Command command, boolean changes) throws StorageException {
    Boolean _ =
        forward(
            storage -> {
              command.on(storage);
              return true;
            },
            changes);
  }

  @Override
  public int openRoot(Path path) throws StorageException {
    return forward(storage -> storage.openRoot(path), false);
  }

  @Override
  public int open(int directory, Name name, int flags, int mode) throws StorageException {
    return forward(
        storage -> storage.open(directory, name, flags, mode),
        (flags & (OpenFlag.CREATE | OpenFlag.TRUNCATE)) != 0);
  }

  @Override
  public int reopen(int fd, int flags) throws StorageException {
    return forward(storage -> storage.reopen(fd, flags), false);
  }

  @Override
  public void close(int fd) throws StorageException {
    run(storage -> storage.close(fd), false);
  }

  @Override
  public long read(int fd, MemorySegment target, long offset) throws StorageException {
    return forward(storage -> storage.read(fd, target, offset), false);
  }

  @Override
  public long write(int fd, MemorySegment source, long offset) throws StorageException {
    return forward(storage -> storage.write(fd, source, offset), true);
  }

  @Override
  public void truncate(int fd, long sizeBytes) throws StorageException {
    run(storage -> storage.truncate(fd, sizeBytes), true);
  }

  @Override
  public void allocate(int fd, long offset, long lengthBytes, boolean keepSize)
      throws StorageException {
    run(storage -> storage.allocate(fd, offset, lengthBytes, keepSize), true);
  }

  @Override
  public void punchHole(int fd, long offset, long lengthBytes) throws StorageException {
    run(storage -> storage.punchHole(fd, offset, lengthBytes), true);
  }

  @Override
  public long seekData(int fd, long offset) throws StorageException {
    return forward(storage -> storage.seekData(fd, offset), false);
  }

  @Override
  public long seekHole(int fd, long offset) throws StorageException {
    return forward(storage -> storage.seekHole(fd, offset), false);
  }

  @Override
  public long copyRange(int from, long fromOffset, int to, long toOffset, long lengthBytes)
      throws StorageException {
    return forward(storage -> storage.copyRange(from, fromOffset, to, toOffset, lengthBytes), true);
  }

  @Override
  public void dataSync(int fd) throws StorageException {
    run(storage -> storage.dataSync(fd), true);
  }

  @Override
  public void sync(int fd) throws StorageException {
    run(storage -> storage.sync(fd), true);
  }

  @Override
  public void syncFileSystem(int fd) throws StorageException {
    run(storage -> storage.syncFileSystem(fd), true);
  }

  @Override
  public FileStat stat(int fd) throws StorageException {
    return forward(storage -> storage.stat(fd), false);
  }

  @Override
  public FileStat stat(int directory, Name name) throws StorageException {
    return forward(storage -> storage.stat(directory, name), false);
  }

  @Override
  public void list(int directory, DirectoryVisitor visitor) throws StorageException {
    run(storage -> storage.list(directory, visitor), false);
  }

  @Override
  public void makeDirectory(int directory, Name name, int mode) throws StorageException {
    run(storage -> storage.makeDirectory(directory, name, mode), true);
  }

  @Override
  public void makeNode(int directory, Name name, FileType type, int mode, long device)
      throws StorageException {
    run(storage -> storage.makeNode(directory, name, type, mode, device), true);
  }

  @Override
  public void makeSymlink(int directory, Name name, byte[] target) throws StorageException {
    run(storage -> storage.makeSymlink(directory, name, target), true);
  }

  @Override
  public byte[] readSymlink(int directory, Name name) throws StorageException {
    return forward(storage -> storage.readSymlink(directory, name), false);
  }

  @Override
  public void link(int fromDirectory, Name from, int toDirectory, Name to) throws StorageException {
    run(storage -> storage.link(fromDirectory, from, toDirectory, to), true);
  }

  @Override
  public void rename(int fromDirectory, Name from, int toDirectory, Name to, RenameMode mode)
      throws StorageException {
    run(storage -> storage.rename(fromDirectory, from, toDirectory, to, mode), true);
  }

  @Override
  public void unlink(int directory, Name name) throws StorageException {
    run(storage -> storage.unlink(directory, name), true);
  }

  @Override
  public void removeDirectory(int directory, Name name) throws StorageException {
    run(storage -> storage.removeDirectory(directory, name), true);
  }

  @Override
  public void changeMode(int directory, Name name, int mode) throws StorageException {
    run(storage -> storage.changeMode(directory, name, mode), true);
  }

  @Override
  public void changeOwner(int directory, Name name, int uid, int gid) throws StorageException {
    run(storage -> storage.changeOwner(directory, name, uid, gid), true);
  }

  @Override
  public void setTimes(int directory, Name name, long accessNanos, long modifyNanos)
      throws StorageException {
    run(storage -> storage.setTimes(directory, name, accessNanos, modifyNanos), true);
  }

  @Override
  public void changeMode(int fd, int mode) throws StorageException {
    run(storage -> storage.changeMode(fd, mode), true);
  }

  @Override
  public void changeOwner(int fd, int uid, int gid) throws StorageException {
    run(storage -> storage.changeOwner(fd, uid, gid), true);
  }

  @Override
  public void setTimes(int fd, long accessNanos, long modifyNanos) throws StorageException {
    run(storage -> storage.setTimes(fd, accessNanos, modifyNanos), true);
  }

  @Override
  public byte[] getXattr(int directory, Name name, String attribute) throws StorageException {
    return forward(storage -> storage.getXattr(directory, name, attribute), false);
  }

  @Override
  public void setXattr(int directory, Name name, String attribute, byte[] value)
      throws StorageException {
    run(storage -> storage.setXattr(directory, name, attribute, value), true);
  }

  @Override
  public void removeXattr(int directory, Name name, String attribute) throws StorageException {
    run(storage -> storage.removeXattr(directory, name, attribute), true);
  }

  @Override
  public byte[] getXattr(int fd, String attribute) throws StorageException {
    return forward(storage -> storage.getXattr(fd, attribute), false);
  }

  @Override
  public void setXattr(int fd, String attribute, byte[] value) throws StorageException {
    run(storage -> storage.setXattr(fd, attribute, value), true);
  }

  @Override
  public void removeXattr(int fd, String attribute) throws StorageException {
    run(storage -> storage.removeXattr(fd, attribute), true);
  }

  @Override
  public List<String> listXattrs(int fd) throws StorageException {
    return forward(storage -> storage.listXattrs(fd), false);
  }

  @Override
  public List<String> listXattrs(int directory, Name name) throws StorageException {
    return forward(storage -> storage.listXattrs(directory, name), false);
  }

  @Override
  public FileSystemStat fileSystemStat(int fd) throws StorageException {
    return forward(storage -> storage.fileSystemStat(fd), false);
  }

  @Override
  public boolean tryLock(int fd) throws StorageException {
    return forward(storage -> storage.tryLock(fd), false);
  }

  @Override
  public int openParent(int directory) throws StorageException {
    return forward(storage -> storage.openParent(directory), false);
  }

  @Override
  public void requireAccess(int fd, int rights) throws StorageException {
    run(storage -> storage.requireAccess(fd, rights), false);
  }

  @Override
  public int effectiveUid() {
    return target.effectiveUid();
  }

  @Override
  public int effectiveGid() {
    return target.effectiveGid();
  }

  @Override
  public Set<Integer> groups() {
    return target.groups();
  }
}
