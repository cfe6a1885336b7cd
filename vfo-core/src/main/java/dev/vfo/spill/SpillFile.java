package dev.vfo.spill;

import dev.vfo.journal.Crc32c;
import dev.vfo.journal.OpenFile;
import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * The file in the stage that holds the blocks of one layer which left memory. A block has a place,
 * a number from 1 on; place 0 is the header. Whoever puts a block there keeps its place and its
 * checksum. Thread safe; a place is used by who took it only.
 */
public final class SpillFile {
  /** Size of a block, bytes. */
  public static final int BLOCK_BYTES = 4096;

  private static final System.Logger LOG = System.getLogger("dev.vfo");

  private final SpillFolder folder;
  private final Name name;
  private final OpenFile file;
  private final SpillReader reader;

  /** Held for reading by all that uses the descriptor, for writing to close it. */
  private final ReentrantReadWriteLock use = new ReentrantReadWriteLock();

  private final BitSet taken = new BitSet();

  /** Before this one all are taken; guarded by {@link #taken}. */
  private int firstFree = 1;

  /** Length; changed under the monitor of {@link #taken}. */
  private volatile long sizeBytes;

  private boolean closed;
  private boolean nameIsDurable;
  private volatile @Nullable StorageException damage;

  SpillFile(SpillFolder folder, Name name, OpenFile file, long sizeBytes) {
    this.folder = folder;
    this.name = name;
    this.file = file;
    this.reader = new SpillReader(file, name);
    this.sizeBytes = sizeBytes;
    taken.set(0);
  }

  /**
   * Takes places for blocks that are going to be written; disk space is allocated for them.
   *
   * @return ascending
   * @throws StorageException ENOSPC when there is no room; nothing is taken then
   */
  public int[] take(int count) throws StorageException {
    Lock using = using("grow");
    try {
      synchronized (taken) {
        int[] places = new int[count];
        int next = firstFree;
        for (int i = 0; i < count; i++) {
          places[i] = taken.nextClearBit(next);
          next = places[i] + 1;
        }
        grow(offset(next));
        for (int place : places) {
          taken.set(place);
        }
        firstFree = next;
        return places;
      }
    } finally {
      using.unlock();
    }
  }

  private void grow(long wantedBytes) throws StorageException {
    long more = wantedBytes - sizeBytes;
    if (more > 0) {
      folder.requireRoom(more, name);
      file.storage().allocate(file.fd(), sizeBytes, more, false);
      folder.add(more);
      sizeBytes = wantedBytes;
    }
  }

  /** Gives places back whose content nobody needs; others may take them. */
  public void free(int place) {
    synchronized (taken) {
      taken.clear(place);
      firstFree = Math.min(firstFree, place);
    }
  }

  /** Writes blocks to places that are taken and follow each other. */
  public void write(int firstPlace, MemorySegment blocks) throws StorageException {
    Lock using = using("write");
    try {
      file.write(blocks, offset(firstPlace), 1);
    } finally {
      using.unlock();
    }
  }

  /**
   * Reads a part of a block back, the one that the checksum is of.
   *
   * @param from where in the block it begins
   * @throws StorageException EIO when it is not what was written; the file is damaged then
   */
  public void read(int place, int from, MemorySegment target, int checksum)
      throws StorageException {
    Lock using = using("read");
    try {
      long at = reader.read(offset(place) + from, target, new int[] {checksum}, 0);
      if (at >= 0) {
        StorageException e = reader.damaged(at);
        damage = e;
        throw e;
      }
    } finally {
      using.unlock();
    }
  }

  /** Where a place is in the file, bytes. */
  public static long offset(int place) {
    return (long) place * BLOCK_BYTES;
  }

  /** The checksum that a part of a block is to have when it is read back. */
  public static int checksum(MemorySegment bytes) {
    return Crc32c.of(bytes);
  }

  /**
   * Makes all that is in it durable, with the file's name; costs nothing when no place is taken.
   *
   * @throws StorageException when it could not be done; the file is damaged then (C8), and says so
   *     again
   */
  public void sync() throws StorageException {
    Lock using = using("sync");
    try {
      StorageException before = damage;
      if (before != null) {
        throw before;
      }
      if (isEmpty()) {
        return;
      }
      file.storage().sync(file.fd());
      if (!nameIsDurable) {
        folder.sync();
        nameIsDurable = true;
      }
    } catch (StorageException e) {
      damage = e;
      throw e;
    } finally {
      using.unlock();
    }
  }

  private boolean isEmpty() {
    synchronized (taken) {
      return taken.nextSetBit(1) < 0;
    }
  }

  /** Why what is in it cannot be relied on any more, or null. */
  public @Nullable StorageException damage() {
    return damage;
  }

  /** Length, bytes. */
  public long sizeBytes() {
    return sizeBytes;
  }

  private Lock using(String what) throws StorageException {
    Lock lock = use.readLock();
    lock.lock();
    if (closed) {
      lock.unlock();
      throw new StorageException(Errno.EBADF, what, ".vfo/stage/" + name + ", which is closed");
    }
    return lock;
  }

  /** Closes it, and leaves it where it is. */
  public void close() {
    use.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        folder.forget(this);
        file.close();
      }
    } catch (StorageException e) {
      // Of what was needed of it the sync has told.
      LOG.log(System.Logger.Level.WARNING, ".vfo/stage/" + name + " could not be closed", e);
    } finally {
      use.writeLock().unlock();
    }
  }

  /** Closes and removes it: nobody needs it any more. */
  public void remove() {
    close();
    try {
      folder.remove(name);
    } catch (StorageException e) {
      // It is only space; it is removed when a later layer is applied, or at open.
      LOG.log(System.Logger.Level.WARNING, ".vfo/stage/" + name + " could not be removed", e);
    }
  }
}
