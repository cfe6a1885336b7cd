package dev.vfo.overlay;

import dev.vfo.storage.FileStat;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Writes to home files that only grow, past the layers. Thread safe. */
public final class GrowingFiles {
  private static final long PIECE_BYTES = 64 << 10;

  private final Storage storage;
  private final HomeTree home;

  /** Those of a home. */
  public GrowingFiles(Storage storage, HomeTree home) {
    this.storage = storage;
    this.home = home;
  }

  /**
   * Makes a file in a home directory, durably.
   *
   * @throws StorageException EEXIST when home has the name, also if layers take it away
   */
  public void create(FileEntry directory, Name name, int mode, int uid, int gid)
      throws StorageException {
    home.withPath(
        directory,
        place -> {
          int flags = OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.EXCLUSIVE;
          int fd = storage.open(place, name, flags, mode);
          try {
            if (uid != storage.effectiveUid() || gid != storage.effectiveGid()) {
              storage.changeOwner(fd, uid, gid);
            }
            storage.sync(fd);
          } finally {
            storage.close(fd);
          }
          syncDirectory(place);
          return name;
        });
  }

  private void syncDirectory(int place) throws StorageException {
    int fd = storage.reopen(place, OpenFlag.READ | OpenFlag.DIRECTORY);
    try {
      storage.sync(fd);
    } finally {
      storage.close(fd);
    }
  }

  /**
   * Appends to a file, at once. The caller holds its entry's lock for writing.
   *
   * @return how many bytes were taken; fewer than given when something went wrong behind these
   */
  long append(FileEntry entry, MemorySegment source) throws StorageException {
    HomeDescriptors.Lease lease = home.lease(entry);
    try {
      int fd = storage.reopen(lease.fd(), OpenFlag.WRITE);
      try {
        long done = append(fd, source);
        FileStat stat = storage.stat(fd);
        entry.measured(stat, 0);
        return done;
      } finally {
        storage.close(fd);
      }
    } finally {
      home.release(lease);
    }
  }

  private long append(int fd, MemorySegment source) throws StorageException {
    long end = storage.stat(fd).sizeBytes();
    long done = 0;
    // The kernel needs memory off the heap.
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment piece = arena.allocate(Math.min(source.byteSize(), PIECE_BYTES));
      while (done < source.byteSize()) {
        long length = Math.min(piece.byteSize(), source.byteSize() - done);
        MemorySegment.copy(source, done, piece, 0, length);
        done += storage.write(fd, piece.asSlice(0, length), end + done);
      }
    } catch (StorageException e) {
      if (done == 0) {
        throw e;
      }
    }
    return done;
  }
}
