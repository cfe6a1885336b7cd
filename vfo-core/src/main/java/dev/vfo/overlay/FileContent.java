package dev.vfo.overlay;

import static dev.vfo.overlay.BlockPool.BLOCK_BYTES;

import dev.vfo.RangeVisitor;
import dev.vfo.changes.EntryChange.Attributes;
import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.LongSupplier;

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
  private final GrowingFiles growing;
  private final ContentReader reader;
  private final BlockEdits edits;
  private final LongSupplier clockNanos;
  private final FileXattrs xattrs;
  private final Rights rights;

  /**
   * @param growing takes what is appended to files that only grow
   * @param clockNanos nanoseconds since 1970
   * @param xattrs the capabilities of files
   * @param rights what this process may do
   */
  public FileContent(
      LayerStack layers,
      HomeTree home,
      GrowingFiles growing,
      LongSupplier clockNanos,
      FileXattrs xattrs,
      Rights rights) {
    this.layers = layers;
    this.growing = growing;
    this.reader = new ContentReader(home);
    this.edits = new BlockEdits(layers, reader);
    this.clockNanos = clockNanos;
    this.xattrs = xattrs;
    this.rights = rights;
  }

  /** Reads at an offset; returns the number of bytes, fewer only at the end of the file. */
  public long read(FileEntry entry, long offset, MemorySegment target) throws StorageException {
    entry.lock.readLock().lock();
    try {
      entry.requireThere();
      long size = entry.attributes().sizeBytes;
      if (offset >= size) {
        return 0;
      }
      long length = Math.min(target.byteSize(), size - offset);
      List<EntryDelta> deltas = entry.deltas();
      reader.copyOut(entry, deltas, deltas.size(), offset, target.asSlice(0, length));
      return length;
    } finally {
      entry.lock.readLock().unlock();
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
      entry.requireThere();
      long end = Math.min(offset + lengthBytes, entry.attributes().sizeBytes);
      reader.visit(entry, offset, end, visitor);
      return Math.max(0, end - offset);
    } finally {
      entry.lock.readLock().unlock();
    }
  }

  /**
   * The first offset from one on that holds data, or with {@code isHole} that is in a hole; the end
   * of the file counts as one.
   *
   * @throws StorageException ENXIO when the offset is not in the file, or no data follows
   */
  public long seek(FileEntry entry, long offset, boolean isHole) throws StorageException {
    entry.lock.readLock().lock();
    try {
      entry.requireThere();
      long size = entry.attributes().sizeBytes;
      long found = offset < 0 || offset >= size ? size : reader.seek(entry, offset, size, isHole);
      if (found == size && (offset < 0 || offset >= size || !isHole)) {
        throw new StorageException(Errno.ENXIO, "seek", entry + ", from " + offset);
      }
      return found;
    } finally {
      entry.lock.readLock().unlock();
    }
  }

  /**
   * Writes at an offset, or at the end when {@code append}.
   *
   * @return where the data begins in the file and how many bytes were taken; fewer than given when
   *     something went wrong behind these, which the call for the rest will say
   * @throws StorageException when nothing was taken: ENOSPC when blocks have to leave memory and
   *     the disk has no room for them
   */
  public Written write(FileEntry entry, long offset, boolean append, MemorySegment source)
      throws StorageException {
    return write(entry, offset, append, source, false);
  }

  /**
   * Writes at an offset likewise what was written some time ago: of the attributes, the size alone
   * changes, as far as we may keep the others.
   */
  public Written writeBack(FileEntry entry, long offset, MemorySegment source)
      throws StorageException {
    return write(entry, offset, false, source, true);
  }

  private Written write(
      FileEntry entry, long offset, boolean append, MemorySegment source, boolean isBack)
      throws StorageException {
    layers.gate().lock();
    entry.lock.writeLock().lock();
    try {
      entry.requireThere();
      long from = append ? entry.attributes().sizeBytes : offset;
      if (from > MAX_FILE_BYTES - source.byteSize()) {
        throw new StorageException(Errno.EFBIG, "write", entry.toString());
      }
      if (source.byteSize() == 0) {
        return new Written(from, 0);
      }
      if (entry.grows()) {
        return grow(entry, from, source);
      }
      EntryDelta delta = layers.change(entry);
      if (isBack) {
        keepCapability(delta);
      }
      long done = edits.write(entry, delta, from, source);
      if (done > 0) {
        if (isBack) {
          touchWrittenBack(delta, from + done);
        } else {
          touchWritten(delta, from + done);
        }
      }
      return new Written(from, done);
    } finally {
      entry.lock.writeLock().unlock();
      layers.gate().unlock();
    }
  }

  // Past the layers: no step takes it back.
  private Written grow(FileEntry entry, long from, MemorySegment source) throws StorageException {
    layers.requireNotFrozen();
    long end = entry.attributes().sizeBytes;
    if (from != end) {
      throw new StorageException(
          Errno.EPERM, "write", entry + " at " + from + ": it only grows, at " + end);
    }
    return new Written(from, growing.append(entry, source));
  }

  /**
   * What a write did.
   *
   * @param offset where it began
   * @param lengthBytes how much it took
   */
  public record Written(long offset, long lengthBytes) {}

  private void touchWritten(EntryDelta delta, long end) {
    grow(delta, end);
    clearSetId(delta);
    touchContent(delta);
  }

  // Mode and times are set whenever content is applied; but what we may not set goes now, as with
  // any other write.
  private void touchWrittenBack(EntryDelta delta, long end) {
    grow(delta, end);
    if (!rights.areAll()) {
      delta.clearCapability();
    }
    if (!rights.isOwner(delta.entry)) {
      clearSetId(delta);
    }
    delta.wasWritten = true;
  }

  // The applier's own write will take it away, so it is to be set again.
  private void keepCapability(EntryDelta delta) throws StorageException {
    if (delta.wasWritten || !rights.areAll()) {
      return;
    }
    byte[] capability = xattrs.capability(delta.entry);
    if (capability != null) {
      delta.setXattr(FileXattrs.CAPABILITY, capability);
    }
  }

  private static void grow(EntryDelta delta, long end) {
    delta.attributes.sizeBytes = Math.max(delta.attributes.sizeBytes, end);
  }

  private void touchContent(EntryDelta delta) {
    delta.wasWritten = true;
    delta.clearCapability();
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
      entry.requireThere();
      EntryDelta delta = layers.change(entry);
      if (sizeBytes < delta.attributes.sizeBytes && shrink) {
        edits.cut(delta, sizeBytes);
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

  /**
   * Makes a range zeros, and its blocks holes when the layer is applied.
   *
   * @param sizeBytes what the file's size is to be at least
   */
  public void punch(FileEntry entry, long offset, long lengthBytes, long sizeBytes)
      throws StorageException {
    if (sizeBytes > MAX_FILE_BYTES) {
      throw new StorageException(Errno.EFBIG, "punch", entry.toString());
    }
    layers.gate().lock();
    entry.lock.writeLock().lock();
    try {
      entry.requireThere();
      EntryDelta delta = layers.change(entry);
      EntryAttributes attributes = delta.attributes;
      long end = Math.min(attributes.sizeBytes, offset + Math.min(lengthBytes, MAX_FILE_BYTES));
      if (offset < end) {
        edits.punch(entry, delta, offset, end);
      }
      attributes.sizeBytes = Math.max(attributes.sizeBytes, sizeBytes);
      clearSetId(delta);
      touchContent(delta);
    } finally {
      entry.lock.writeLock().unlock();
      layers.gate().unlock();
    }
  }

  /** What puts content into layers that are loaded. */
  BlockEdits edits() {
    return edits;
  }
}
