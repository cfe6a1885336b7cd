package dev.vfo.overlay;

import static dev.vfo.overlay.BlockPool.BLOCK_BYTES;

import dev.vfo.RangeVisitor;
import dev.vfo.storage.StorageException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds each byte of a file: in the newest layer that has it, in memory or in the spill file, or at
 * home. Thread safe, as long as the caller holds the entry's lock.
 */
final class ContentReader {
  private final HomeTree home;

  ContentReader(HomeTree home) {
    this.home = home;
  }

  /** Where a byte comes from, and up to where the answer is the same. */
  private static final class Source {
    /** The delta that has it in a block, or null. */
    @Nullable EntryDelta delta;

    /**
     * Whether it is zero because it lies behind a cut; else, without a delta, it comes from home.
     */
    boolean zero;

    long to;
  }

  private static void find(List<EntryDelta> deltas, int count, long at, long limit, Source source) {
    source.zero = false;
    source.to = limit;
    for (int i = count - 1; i >= 0; i--) {
      EntryDelta delta = deltas.get(i);
      if (findIn(delta, at, source)) {
        source.delta = delta;
        return;
      }
      if (at >= delta.cutBytes || isInHole(delta, at, source)) {
        source.delta = delta;
        source.zero = true;
        return;
      }
      source.to = Math.min(source.to, delta.cutBytes);
    }
    source.delta = null;
  }

  // Likewise.
  private static boolean isInHole(EntryDelta delta, long at, Source source) {
    Holes holes = delta.holes;
    if (holes.isEmpty()) {
      return false;
    }
    long block = at / BLOCK_BYTES;
    if (holes.has(block)) {
      source.to = Math.min(source.to, holes.end(block) * BLOCK_BYTES);
      return true;
    }
    long limit = (source.to + BLOCK_BYTES - 1) / BLOCK_BYTES;
    long next = holes.next(block, limit);
    if (next < limit) {
      source.to = Math.min(source.to, next * BLOCK_BYTES);
    }
    return false;
  }

  // Narrows the range to where the delta's answer does not change.
  private static boolean findIn(EntryDelta delta, long at, Source source) {
    BlockMap blocks = delta.blocks;
    long block = at / BLOCK_BYTES;
    if (blocks.has(block)) {
      if (at >= blocks.validFrom(block) && at < blocks.validTo(block)) {
        source.to = Math.min(source.to, blocks.validTo(block));
        return true;
      }
      if (at < blocks.validFrom(block)) {
        source.to = Math.min(source.to, blocks.validFrom(block));
        return false;
      }
    }
    long limit = (source.to + BLOCK_BYTES - 1) / BLOCK_BYTES;
    long next = blocks.next(block + 1, limit);
    if (next < limit) {
      source.to = Math.min(source.to, blocks.validFrom(next));
    }
    return false;
  }

  /**
   * Fills the target from an offset of the file on, below its size.
   *
   * @param deltas the entry's, oldest first
   * @param count how many of them, from the oldest, are looked at
   */
  void copyOut(FileEntry entry, List<EntryDelta> deltas, int count, long from, MemorySegment target)
      throws StorageException {
    Source source = new Source();
    long to = from + target.byteSize();
    for (long at = from; at < to; at = source.to) {
      find(deltas, count, at, to, source);
      MemorySegment part = target.asSlice(at - from, source.to - at);
      if (source.zero) {
        part.fill((byte) 0);
      } else if (source.delta != null) {
        source.delta.blocks.copyOut(at / BLOCK_BYTES, at, part);
      } else if (entry.home() == null) {
        part.fill((byte) 0);
      } else {
        home.read(entry, at, part);
      }
    }
  }

  /**
   * The first offset from one on, below an end, that holds data, or that is in a hole; the end when
   * there is none. What a step has written counts as data.
   */
  long seek(FileEntry entry, long from, long end, boolean isHole) throws StorageException {
    Source source = new Source();
    List<EntryDelta> deltas = entry.deltas();
    for (long at = from; at < end; at = source.to) {
      find(deltas, deltas.size(), at, end, source);
      boolean isZero = source.zero || (source.delta == null && entry.home() == null);
      if (!isZero && source.delta == null) {
        long found = home.seek(entry, at, isHole);
        // Behind the end of the home file there is nothing but a hole.
        long place = found < 0 && isHole ? at : found;
        if (place >= 0 && place < source.to) {
          return place;
        }
      } else if (isZero == isHole) {
        return at;
      }
    }
    return end;
  }

  /** Shows a range of the file without copying it, below its size. */
  void visit(FileEntry entry, long from, long to, RangeVisitor visitor) throws StorageException {
    Source source = new Source();
    List<EntryDelta> deltas = entry.deltas();
    for (long at = from; at < to; at = source.to) {
      find(deltas, deltas.size(), at, to, source);
      visit(entry, at, source, visitor);
    }
  }

  private void visit(FileEntry entry, long at, Source source, RangeVisitor visitor)
      throws StorageException {
    long length = source.to - at;
    if (source.zero || (source.delta == null && entry.home() == null)) {
      visitor.zeros(at, length);
    } else if (source.delta != null) {
      visitBlock(source.delta.blocks, at, length, visitor);
    } else {
      HomeDescriptors.Lease lease = home.lease(entry);
      try {
        visitor.home(at, length, lease.fd());
      } finally {
        home.release(lease);
      }
    }
  }

  private static void visitBlock(BlockMap blocks, long at, long length, RangeVisitor visitor)
      throws StorageException {
    long block = at / BLOCK_BYTES;
    if (!blocks.isSpilled(block)) {
      visitor.memory(at, blocks.view(block, at, length));
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(length);
      blocks.copyOut(block, at, copy);
      visitor.memory(at, copy);
    }
  }
}
