package dev.vfo.overlay;

import static dev.vfo.overlay.BlockPool.BLOCK_BYTES;

import dev.vfo.RangeVisitor;
import dev.vfo.changes.EntryChange.Attributes;
import dev.vfo.changes.Extent;
import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the content of file entries: written blocks go into the active layer; a read
 * takes each byte from the newest layer that has it, and from home where none has. Thread safe;
 * reads of one file go on side by side.
 */
public final class FileContent {
  /** The largest size that a file may have, bytes: what ext4 can hold. */
  public static final long MAX_FILE_BYTES = (1L << 44) - BLOCK_BYTES;

  private static final int SET_USER_ID = 04000;
  private static final int SET_GROUP_ID = 02000;
  private static final int GROUP_EXECUTE = 00010;

  private final LayerStack layers;
  private final HomeTree home;
  private final LongSupplier clockNanos;
  private final Rights rights;

  /**
   * @param clockNanos nanoseconds since 1970
   * @param rights what this process may do
   */
  public FileContent(LayerStack layers, HomeTree home, LongSupplier clockNanos, Rights rights) {
    this.layers = layers;
    this.home = home;
    this.clockNanos = clockNanos;
    this.rights = rights;
  }

  /** Reads at an offset; returns the number of bytes, fewer only at the end of the file. */
  public long read(FileEntry entry, long offset, MemorySegment target) throws StorageException {
    entry.lock.readLock().lock();
    try {
      requireThere(entry);
      long size = entry.attributes().sizeBytes;
      if (offset >= size) {
        return 0;
      }
      long length = Math.min(target.byteSize(), size - offset);
      List<EntryDelta> deltas = entry.deltas();
      copyOut(entry, deltas, deltas.size() - 1, offset, offset + length, target, 0);
      return length;
    } finally {
      entry.lock.readLock().unlock();
    }
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

  private static void find(
      List<EntryDelta> deltas, int newest, long at, long limit, Source source) {
    source.zero = false;
    source.to = limit;
    for (int i = newest; i >= 0; i--) {
      EntryDelta delta = deltas.get(i);
      if (findIn(delta, at, source)) {
        source.delta = delta;
        return;
      }
      if (at >= delta.cutBytes) {
        source.delta = delta;
        source.zero = true;
        return;
      }
      source.to = Math.min(source.to, delta.cutBytes);
    }
    source.delta = null;
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

  private void copyOut(
      FileEntry entry,
      List<EntryDelta> deltas,
      int newest,
      long from,
      long to,
      MemorySegment target,
      long targetOffset)
      throws StorageException {
    Source source = new Source();
    for (long at = from; at < to; at = source.to) {
      find(deltas, newest, at, to, source);
      long place = targetOffset + (at - from);
      long length = source.to - at;
      if (source.zero) {
        target.asSlice(place, length).fill((byte) 0);
      } else if (source.delta != null) {
        source.delta.blocks.copyOut(at / BLOCK_BYTES, at, target, place, length);
      } else if (entry.home() == null) {
        target.asSlice(place, length).fill((byte) 0);
      } else {
        home.read(entry, at, target.asSlice(place, length));
      }
    }
  }

  /**
   * Walks over a range without copying it; the entry cannot change meanwhile. Returns the number of
   * bytes that there are.
   */
  public long ranges(FileEntry entry, long offset, long lengthBytes, RangeVisitor visitor)
      throws StorageException {
    entry.lock.readLock().lock();
    try {
      requireThere(entry);
      long end = Math.min(offset + lengthBytes, entry.attributes().sizeBytes);
      Source source = new Source();
      List<EntryDelta> deltas = entry.deltas();
      for (long at = offset; at < end; at = source.to) {
        find(deltas, deltas.size() - 1, at, end, source);
        visit(entry, at, source, visitor);
      }
      return Math.max(0, end - offset);
    } finally {
      entry.lock.readLock().unlock();
    }
  }

  private void visit(FileEntry entry, long at, Source source, RangeVisitor visitor)
      throws StorageException {
    long length = source.to - at;
    if (source.zero || (source.delta == null && entry.home() == null)) {
      visitor.zeros(at, length);
    } else if (source.delta != null) {
      visitor.memory(at, source.delta.blocks.view(at / BLOCK_BYTES, at, length));
    } else {
      HomeDescriptors.Lease lease = home.lease(entry);
      try {
        visitor.home(at, length, lease.fd());
      } finally {
        home.release(lease);
      }
    }
  }

  /**
   * Writes at an offset, or at the end when {@code append}.
   *
   * @return where the data begins in the file and how many bytes were taken; fewer than given only
   *     when the memory budget is used up, perhaps none
   */
  public Written write(FileEntry entry, long offset, boolean append, MemorySegment source)
      throws StorageException {
    layers.gate().lock();
    entry.lock.writeLock().lock();
    try {
      requireThere(entry);
      long from = append ? entry.attributes().sizeBytes : offset;
      if (from > MAX_FILE_BYTES - source.byteSize()) {
        throw new StorageException(Errno.EFBIG, "write", entry.toString());
      }
      if (source.byteSize() == 0) {
        return new Written(from, 0);
      }
      EntryDelta delta = layers.change(entry);
      long done = writeBlocks(entry, delta, from, source);
      if (done > 0) {
        touchWritten(delta, from + done);
      }
      return new Written(from, done);
    } finally {
      entry.lock.writeLock().unlock();
      layers.gate().unlock();
    }
  }

  /**
   * What a write did.
   *
   * @param offset where it began
   * @param lengthBytes how much it took
   */
  public record Written(long offset, long lengthBytes) {}

  private void touchWritten(EntryDelta delta, long end) {
    EntryAttributes attributes = delta.attributes;
    attributes.sizeBytes = Math.max(attributes.sizeBytes, end);
    clearSetId(delta);
    touchContent(delta);
  }

  private void touchContent(EntryDelta delta) {
    long now = clockNanos.getAsLong();
    delta.attributes.modifyNanos = now;
    delta.attributes.changeNanos = now;
    delta.changed |= Attributes.MODIFY_TIME;
  }

  // As the kernel does for all but user 0.
  private void clearSetId(EntryDelta delta) {
    int mode = delta.attributes.mode;
    if (rights.areAll() || (mode & (SET_USER_ID | SET_GROUP_ID)) == 0) {
      return;
    }
    int kept = mode & ~SET_USER_ID;
    if ((mode & GROUP_EXECUTE) != 0) {
      kept &= ~SET_GROUP_ID;
    }
    delta.attributes.mode = kept;
    delta.changed |= Attributes.MODE;
  }

  private long writeBlocks(FileEntry entry, EntryDelta delta, long from, MemorySegment source)
      throws StorageException {
    long end = from + source.byteSize();
    long at = from;
    while (at < end) {
      long block = at / BLOCK_BYTES;
      long to = Math.min(end, (block + 1) * BLOCK_BYTES);
      if (delta.blocks.has(block)) {
        closeGap(entry, delta, block, at, to);
        delta.blocks.widen(block, at, to);
      } else if (!delta.blocks.add(block, at, to)) {
        break;
      }
      delta.blocks.copyIn(block, source, at - from, at, to - at);
      at = to;
    }
    return at - from;
  }

  /**
   * Puts content into a layer that is loaded, beyond the memory budget if need be. One thread;
   * nobody else knows the layer yet.
   */
  void restore(FileEntry entry, EntryDelta delta, Extent extent) throws StorageException {
    long end = extent.offset() + extent.lengthBytes();
    long at = extent.offset();
    while (at < end) {
      long block = at / BLOCK_BYTES;
      long to = Math.min(end, (block + 1) * BLOCK_BYTES);
      if (delta.blocks.has(block)) {
        closeGap(entry, delta, block, at, to);
        delta.blocks.widen(block, at, to);
      } else {
        delta.blocks.addBeyondBudget(block, at, to);
      }
      delta.blocks.copyIn(block, extent.data(), at - extent.offset(), at, to - at);
      at = to;
    }
  }

  // A block has one valid range: what lies between it and the new data is read from below.
  private void closeGap(FileEntry entry, EntryDelta delta, long block, long at, long to)
      throws StorageException {
    long validFrom = delta.blocks.validFrom(block);
    long validTo = delta.blocks.validTo(block);
    long gapFrom = at > validTo ? validTo : to;
    long gapTo = at > validTo ? at : validFrom;
    if (gapFrom >= gapTo) {
      return;
    }
    MemorySegment gap = delta.blocks.view(block, gapFrom, gapTo - gapFrom);
    long oldTo = Math.clamp(delta.cutBytes, gapFrom, gapTo);
    List<EntryDelta> deltas = entry.deltas();
    int below = deltas.indexOf(delta) - 1;
    copyOut(entry, deltas, below, gapFrom, oldTo, gap, 0);
    gap.asSlice(oldTo - gapFrom).fill((byte) 0);
    delta.blocks.widen(block, gapFrom, gapTo);
  }

  /** Sets the size; what is added reads as zeros. */
  public void truncate(FileEntry entry, long sizeBytes) throws StorageException {
    resize(entry, sizeBytes, true);
  }

  /** Grows the size to at least this much, as allocating a range does. */
  public void grow(FileEntry entry, long sizeBytes) throws StorageException {
    resize(entry, sizeBytes, false);
  }

  private void resize(FileEntry entry, long sizeBytes, boolean shrink) throws StorageException {
    if (sizeBytes > MAX_FILE_BYTES) {
      throw new StorageException(Errno.EFBIG, "truncate", entry.toString());
    }
    layers.gate().lock();
    entry.lock.writeLock().lock();
    try {
      requireThere(entry);
      EntryDelta delta = layers.change(entry);
      if (sizeBytes < delta.attributes.sizeBytes && shrink) {
        delta.blocks.cut(sizeBytes);
        delta.cutBytes = Math.min(delta.cutBytes, sizeBytes);
      }
      if (shrink || sizeBytes > delta.attributes.sizeBytes) {
        delta.attributes.sizeBytes = sizeBytes;
      }
      clearSetId(delta);
      touchContent(delta);
    } finally {
      entry.lock.writeLock().unlock();
      layers.gate().unlock();
    }
  }

  private static void requireThere(FileEntry entry) throws StorageException {
    if (entry.dropped) {
      throw new StorageException(
          Errno.ESTALE, "use", entry + ", which was made in a step that was rolled back");
    }
  }
}
