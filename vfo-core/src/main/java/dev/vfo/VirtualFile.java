package dev.vfo;

import dev.vfo.checkpoint.Engine;
import dev.vfo.checkpoint.Rollbacks.Rollback;
import dev.vfo.overlay.FileContent;
import dev.vfo.overlay.FileEntry;
import dev.vfo.storage.Errno;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An open file of a tree, with an offset of its own for sequential reads and writes. It survives
 * checkpoints, and a rollback when it is older than the dropped step: it then has the offset of the
 * last checkpoint again. Thread safe; sequential calls of several threads follow one another.
 */
public final class VirtualFile implements AutoCloseable {
  private static final int PIECE_BYTES = 1 << 20;

  private final EntryOperations operations;
  private final Engine engine;
  private final FileEntry entry;
  private final int flags;
  private final boolean append;
  private final long openedInLayer;
  private final OffsetHistory offset;
  private final AtomicBoolean closed = new AtomicBoolean();
  private int rollbacksSeen;
  private boolean stale;

  VirtualFile(
      EntryOperations operations, Engine engine, FileEntry entry, int flags, boolean append) {
    this.operations = operations;
    this.engine = engine;
    this.entry = entry;
    this.flags = flags;
    this.append = append;
    this.rollbacksSeen = engine.rollbacks().count();
    this.openedInLayer = engine.activeLayer();
    this.offset = new OffsetHistory(openedInLayer);
  }

  /** Number of the entry that is open. */
  public long number() {
    return entry.number();
  }

  /**
   * Reads at the file's own offset and moves it.
   *
   * @return number of bytes, or -1 at the end of the file
   */
  public synchronized int read(ByteBuffer target) throws IOException {
    use(OpenFlag.READ, "read");
    int count = read(target, offset.value());
    if (count > 0) {
      offset.set(engine.activeLayer(), offset.value() + count);
    }
    return count;
  }

  /**
   * Reads at an offset, bytes from the start.
   *
   * @return number of bytes, or -1 at or behind the end of the file
   */
  public int read(ByteBuffer target, long position) throws IOException {
    use(OpenFlag.READ, "read");
    requireNotNegative(position);
    if (!target.hasRemaining()) {
      return 0;
    }
    int total = 0;
    if (target.isDirect()) {
      total = (int) content(position, MemorySegment.ofBuffer(target));
    } else {
      total = readToHeap(MemorySegment.ofBuffer(target), position);
    }
    target.position(target.position() + total);
    return total == 0 ? -1 : total;
  }

  // Home files are read by the kernel, which needs memory off the heap.
  private int readToHeap(MemorySegment target, long position) throws IOException {
    long size = target.byteSize();
    long done = 0;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment piece = arena.allocate(Math.min(size, PIECE_BYTES));
      while (done < size) {
        MemorySegment part = piece.asSlice(0, Math.min(piece.byteSize(), size - done));
        long count = content(position + done, part);
        MemorySegment.copy(part, 0, target, done, count);
        done += count;
        if (count < part.byteSize()) {
          break;
        }
      }
    }
    return (int) done;
  }

  private long content(long position, MemorySegment target) throws IOException {
    return engine.run(() -> engine.content().read(entry, position, target));
  }

  /**
   * Shows where the bytes of a range are, without copying them: in memory, nowhere (zeros), or in a
   * home file.
   *
   * @return number of bytes, fewer only at the end of the file
   */
  public long ranges(long position, long lengthBytes, RangeVisitor visitor) throws IOException {
    use(OpenFlag.READ, "read");
    requireNotNegative(position);
    return engine.run(() -> engine.content().ranges(entry, position, lengthBytes, visitor));
  }

  /**
   * Writes all that remains at the file's own offset, or with APPEND at the end, and moves the
   * offset.
   */
  public synchronized int write(ByteBuffer source) throws IOException {
    use(OpenFlag.WRITE, "write");
    int start = source.position();
    long end = writeAll(source, offset.value(), append);
    offset.set(engine.activeLayer(), end);
    return source.position() - start;
  }

  /** Writes all that remains at an offset; with APPEND at the end all the same, as Linux does. */
  public int write(ByteBuffer source, long position) throws IOException {
    use(OpenFlag.WRITE, "write");
    requireNotNegative(position);
    int start = source.position();
    writeAll(source, position, append);
    return source.position() - start;
  }

  private long writeAll(ByteBuffer source, long position, boolean atEnd) throws IOException {
    long at = position;
    while (source.hasRemaining()) {
      ByteBuffer piece = source.slice();
      piece.limit(Math.min(piece.limit(), PIECE_BYTES));
      FileContent.Written written = writePiece(MemorySegment.ofBuffer(piece), at, atEnd);
      source.position(source.position() + (int) written.lengthBytes());
      at = written.offset() + written.lengthBytes();
    }
    operations.fireEntry(entry.number());
    return at;
  }

  private FileContent.Written writePiece(MemorySegment piece, long at, boolean atEnd)
      throws IOException {
    FileContent.Written written = write(at, atEnd, piece);
    if (written.lengthBytes() > 0) {
      return written;
    }
    // The budget is used up; what is committed gives its memory back once it is in the root.
    engine.awaitApplied();
    written = write(at, atEnd, piece);
    if (written.lengthBytes() == 0) {
      throw new StorageException(
          Errno.ENOMEM,
          "write",
          entry
              + " (the step is larger than the memory budget: checkpoint more often, or raise it)");
    }
    return written;
  }

  private FileContent.Written write(long at, boolean atEnd, MemorySegment piece)
      throws IOException {
    return engine.run(() -> engine.content().write(entry, at, atEnd, piece));
  }

  /** The file's own offset, bytes. */
  public synchronized long position() throws IOException {
    use(0, "seek");
    return offset.value();
  }

  /** Sets the file's own offset; it may lie behind the end. */
  public synchronized void position(long position) throws IOException {
    use(0, "seek");
    requireNotNegative(position);
    offset.set(engine.activeLayer(), position);
  }

  /** Size, bytes. */
  public long size() throws IOException {
    return stat().sizeBytes();
  }

  /** The attributes. */
  public EntryStat stat() throws IOException {
    use(0, "stat");
    return engine.run(() -> engine.attributes().stat(entry));
  }

  /** Sets the size; what is added reads as zeros. */
  public void truncate(long sizeBytes) throws IOException {
    use(0, "truncate");
    requireNotNegative(sizeBytes);
    if ((flags & OpenFlag.WRITE) == 0) {
      throw new StorageException(Errno.EINVAL, "truncate", entry + ", which is open for reading");
    }
    engine.content().truncate(entry, sizeBytes);
    operations.fireEntry(entry.number());
  }

  /**
   * Makes sure that the file has a range. The disk space is reserved with the checkpoint, not
   * before.
   *
   * @param keepSize whether the size stays when the range ends behind it
   */
  public void allocate(long position, long lengthBytes, boolean keepSize) throws IOException {
    use(OpenFlag.WRITE, "allocate");
    if (position < 0 || lengthBytes <= 0) {
      throw new StorageException(Errno.EINVAL, "allocate", position + " + " + lengthBytes);
    }
    engine.content().grow(entry, keepSize ? 0 : position + lengthBytes);
    operations.fireEntry(entry.number());
  }

  /** Returns at once: what is promised inside a step is lost or kept with the whole step. */
  public void sync() throws IOException {
    use(0, "sync");
  }

  private static void requireNotNegative(long position) throws StorageException {
    if (position < 0) {
      throw new StorageException(Errno.EINVAL, "use", "offset or size " + position);
    }
  }

  private void use(int needed, String what) throws IOException {
    engine.requireOpen();
    if (closed.get()) {
      throw new StorageException(Errno.EBADF, what, entry + ", which was closed");
    }
    if (engine.rollbacks().count() != rollbacksSeen) {
      followRollbacks();
    }
    if (stale) {
      // When it was closing that dropped the step, that is the answer.
      engine.requireOpen();
      throw new StaleHandleException(
          "the handle of " + entry + " was opened in a step that was rolled back: open it again");
    }
    if (needed == OpenFlag.READ && entry.isDirectory()) {
      throw new StorageException(Errno.EISDIR, what, entry.toString());
    }
    if ((flags & needed) != needed) {
      throw new StorageException(Errno.EBADF, what, entry + ", which is not open for that");
    }
  }

  private synchronized void followRollbacks() {
    for (Rollback rollback : engine.rollbacks().since(rollbacksSeen)) {
      stale |= rollback.drops(openedInLayer);
      offset.drop(rollback);
      rollbacksSeen++;
    }
  }

  /** Closes it. Its writes stay in the step. */
  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      entry.closed((flags & OpenFlag.WRITE) != 0);
      engine.names().release(entry);
    }
  }
}
