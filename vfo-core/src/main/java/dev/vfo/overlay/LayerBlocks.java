package dev.vfo.overlay;

import dev.vfo.VfoException;
import dev.vfo.spill.SpillFile;
import dev.vfo.spill.SpillFolder;
import dev.vfo.storage.StorageException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * Where the blocks of one layer are: in memory, and those that had to leave it in the spill file of
 * the layer, which is made when it is needed first. Thread safe.
 */
final class LayerBlocks {
  private final long layer;
  private final BlockPool pool;
  private final SpillFolder folder;

  /** Whose turn it is to give memory back; guarded by itself. */
  private final Deque<BlockMap> turns = new ArrayDeque<>();

  private volatile @Nullable SpillFile file;
  private volatile boolean pinned;

  LayerBlocks(long layer, BlockPool pool, SpillFolder folder) {
    this.layer = layer;
    this.pool = pool;
    this.folder = folder;
  }

  BlockPool pool() {
    return pool;
  }

  /** Takes note of a map that has a block in memory now. */
  void enter(BlockMap map) {
    synchronized (turns) {
      if (!map.hasTurn) {
        map.hasTurn = true;
        turns.add(map);
      }
    }
  }

  private @Nullable BlockMap next() {
    synchronized (turns) {
      BlockMap map = turns.poll();
      if (map != null) {
        map.hasTurn = false;
      }
      return map;
    }
  }

  private int turns() {
    synchronized (turns) {
      return turns.size();
    }
  }

  /**
   * Keeps the blocks where they are from now on, in memory and in the file: somebody has noted
   * where. Who spills a block holds its entry's lock, and so is through with it when that can be
   * had.
   */
  void pin() {
    pinned = true;
  }

  /** Ends that: what was noted is forgotten. */
  void unpin() {
    pinned = false;
  }

  /**
   * Moves some blocks from memory to the spill file, of one file entry, in turn. An entry that
   * somebody else is at work on is passed over, so nobody waits here: the caller holds an entry's
   * lock already.
   *
   * @return whether there were any
   */
  boolean spillSome() throws StorageException {
    for (int left = turns(); left > 0 && !pinned; left--) {
      BlockMap map = next();
      if (map == null) {
        return false;
      }
      if (spillSome(map)) {
        return true;
      }
    }
    return false;
  }

  private boolean spillSome(BlockMap map) throws StorageException {
    Lock lock = map.lock();
    if (!lock.tryLock()) {
      enter(map);
      return false;
    }
    try {
      return !pinned && map.spill(pool.batchBlocks());
    } finally {
      if (map.isInMemory()) {
        enter(map);
      }
      lock.unlock();
    }
  }

  /** The spill file, made if it is not there yet. */
  synchronized SpillFile fileForChange() throws StorageException {
    SpillFile known = file;
    if (known == null) {
      known = folder.create(layer);
      file = known;
    }
    return known;
  }

  /** Opens the spill file that a committed layer has. */
  synchronized void openFile() throws StorageException, VfoException {
    if (file == null) {
      file = folder.open(layer);
    }
  }

  /** The spill file, which is there because a block is in it. */
  SpillFile file() {
    SpillFile known = file;
    if (known == null) {
      throw new IllegalStateException("layer " + layer + " has no spill file");
    }
    return known;
  }

  /** Gives the place of a block up; while they are noted no other block gets it. */
  void free(int place) {
    if (!pinned) {
      file().free(place);
    }
  }

  /** Makes durable what is in the spill file. */
  void sync() throws StorageException {
    SpillFile known = file;
    if (known != null) {
      known.sync();
    }
  }

  /** Closes the spill file; nobody has a block in it any more. */
  void close() {
    SpillFile known = file;
    if (known != null) {
      known.close();
    }
  }

  /** Removes the spill file; nobody has a block in it any more. */
  void remove() {
    SpillFile known = file;
    if (known != null) {
      known.remove();
    }
  }
}
