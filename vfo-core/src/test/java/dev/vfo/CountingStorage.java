package dev.vfo;

import dev.vfo.storage.DirectoryVisitor;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.harness.ForwardingStorage;
import java.lang.foreign.MemorySegment;

/** Counts what the engine asks of a storage. For one thread. */
final class CountingStorage extends ForwardingStorage {
  private Counts counts = new Counts(0, 0, 0, 0, 0);

  /**
   * What was asked for.
   *
   * @param calls all calls
   * @param changes those that can change the disk or make it durable
   * @param bytesRead bytes that reads returned
   * @param bytesWritten bytes that writes took
   * @param namesSeen names that lists of directories told
   */
  record Counts(long calls, long changes, long bytesRead, long bytesWritten, long namesSeen) {
    Counts minus(Counts before) {
      return new Counts(
          calls - before.calls,
          changes - before.changes,
          bytesRead - before.bytesRead,
          bytesWritten - before.bytesWritten,
          namesSeen - before.namesSeen);
    }

    Counts plus(Counts more) {
      return new Counts(
          calls + more.calls,
          changes + more.changes,
          bytesRead + more.bytesRead,
          bytesWritten + more.bytesWritten,
          namesSeen + more.namesSeen);
    }
  }

  CountingStorage(Storage target) {
    super(target);
  }

  /** All since it was made. */
  Counts counts() {
    return counts;
  }

  @Override
  protected <T> T forward(Request<T> request, boolean changes) throws StorageException {
    counts = counts.plus(new Counts(1, changes ? 1 : 0, 0, 0, 0));
    return super.forward(request, changes);
  }

  @Override
  public long read(int fd, MemorySegment target, long offset) throws StorageException {
    long count = super.read(fd, target, offset);
    counts = counts.plus(new Counts(0, 0, count, 0, 0));
    return count;
  }

  @Override
  public long write(int fd, MemorySegment source, long offset) throws StorageException {
    long count = super.write(fd, source, offset);
    counts = counts.plus(new Counts(0, 0, 0, count, 0));
    return count;
  }

  @Override
  public void list(int directory, DirectoryVisitor visitor) throws StorageException {
    super.list(
        directory,
        (name, inode, type) -> {
          counts = counts.plus(new Counts(0, 0, 0, 0, 1));
          return visitor.visit(name, inode, type);
        });
  }
}
