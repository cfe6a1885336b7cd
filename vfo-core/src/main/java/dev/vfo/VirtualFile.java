package dev.vfo;

import dev.vfo.checkpoint.StepFiles;
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
  private final StepFiles files;
  private final FileEntry entry;
  private final int flags;
  private final boolean append;
  private final HandleSteps steps;
  private final AtomicBoolean closed = new AtomicBoolean();

  VirtualFile(
      EntryOperations operations, StepFiles files, FileEntry entry, int flags, boolean append) {
    this.operations = operations;
    this.files = files;
    this.entry = entry;
    this.flags = flags;
    this.append = append;
    this.steps = new HandleSteps(files, entry);
  }

  FileEntry entry() {
    return entry;
  }

  /** Of {@link OpenFlag}: READ, WRITE, TRUNCATE, DIRECTORY. */
  int flags() {
    return flags;
  }

  /** The own offset as it was set last; while no rollback is under way. */
  long savedPosition() {
    return steps.offset();
  }

  boolean isAppending() {
    return append;
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
    return moved(target, steps.readOn(from -> readTo(target, from)));
  }

  /**
   * Reads at an offset, bytes from the start.
   *
   * @return number of bytes, or -1 at or behind the end of the file
   */
  public int read(ByteBuffer target, long position) throws IOException {
    use(OpenFlag.READ, "read");
    requireNotNegative(position);
    return moved(target, steps.read(() -> readTo(target, position)));
  }

  private static int moved(ByteBuffer target, int count) {
    boolean end = count == 0 && target.hasRemaining();
    target.position(target.position() + count);
    return end ? -1 : count;
  }

  /** Fills the buffer without moving it. */
  private int readTo(ByteBuffer target, long position) throws IOException {
    MemorySegment memory = MemorySegment.ofBuffer(target);
    return target.isDirect()
        ? (int) files.content().read(entry, position, memory)
        : readToHeap(memory, position);
  }

  // Home files are read by the kernel, which needs memory off the heap.
  private int readToHeap(MemorySegment target, long position) throws IOException {
    long size = target.byteSize();
    long done = 0;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment piece = arena.allocate(Math.min(size, PIECE_BYTES));
      while (done < size) {
        MemorySegment part = piece.asSlice(0, Math.min(piece.byteSize(), size - done));
        long count = files.content().read(entry, position + done, part);
        MemorySegment.copy(part, 0, target, done, count);
        done += count;
        if (count < part.byteSize()) {
          break;
        }
      }
    }
    return (int) done;
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
    return files.run(() -> files.content().ranges(entry, position, lengthBytes, visitor));
  }

  /**
   * Writes all that remains at the file's own offset, or with APPEND at the end, and moves the
   * offset. More than 1 MiB is several writes: a checkpoint can come between.
   */
  public synchronized int write(ByteBuffer source) throws IOException {
    use(OpenFlag.WRITE, "write");
    return writeAll(
        source,
        (done, piece) -> {
          FileContent.Written written = content(steps.offset(), piece);
          if (written.lengthBytes() > 0) {
            steps.setOffset(written.offset() + written.lengthBytes());
          }
          return written.lengthBytes();
        });
  }

  /** Writes all that remains at an offset; with APPEND at the end all the same, as Linux does. */
  public int write(ByteBuffer source, long position) throws IOException {
    use(OpenFlag.WRITE, "write");
    requireNotNegative(position);
    return writeAll(source, (done, piece) -> content(position + done, piece).lengthBytes());
  }

  /**
   * Writes all that remains at an offset, with APPEND too, as a cache does with what was written
   * some time ago: of the attributes, the size alone changes. The cache sets the time of
   * modification.
   */
  public int writeBack(ByteBuffer source, long position) throws IOException {
    use(OpenFlag.WRITE, "write");
    requireNotNegative(position);
    return writeAll(
        source,
        (done, piece) -> files.content().writeBack(entry, position + done, piece).lengthBytes());
  }

  private FileContent.Written content(long at, MemorySegment piece) throws IOException {
    return files.content().write(entry, at, append, piece);
  }

  private interface PieceWriter {
    /** Writes a piece, or its beginning; returns the number of bytes. */
    long write(int doneBytes, MemorySegment piece) throws IOException;
  }

  private int writeAll(ByteBuffer source, PieceWriter writer) throws IOException {
    MemorySegment all = MemorySegment.ofBuffer(source);
    HandleSteps.Progress progress = steps.new Progress();
    HandleSteps.Writing writing =
        done -> {
          long length = Math.min(PIECE_BYTES, all.byteSize() - done);
          return writer.write(done, all.asSlice(done, length));
        };
    try {
      while (progress.doneBytes() < all.byteSize()) {
        goOn(progress, writing);
      }
    } finally {
      source.position(source.position() + progress.doneBytes());
    }
    operations.fireEntry(entry.number());
    return progress.doneBytes();
  }

  private void goOn(HandleSteps.Progress progress, HandleSteps.Writing writing) throws IOException {
    try {
      progress.goOn(writing);
    } catch (StorageException e) {
      if (!e.isNoSpace()) {
        throw e;
      }
      // What is committed gives memory and disk space back once it is in the root.
      files.awaitRoom();
      progress.goOn(writing);
    }
  }

  /** The file's own offset, bytes. */
  public synchronized long position() throws IOException {
    use(0, "seek");
    return steps.offset();
  }

  /** Sets the file's own offset; it may lie behind the end. */
  public synchronized void position(long position) throws IOException {
    use(0, "seek");
    requireNotNegative(position);
    steps.change(() -> {
      steps.setOffset(position);
      return position;
    });
  }

  /**
   * The first offset from one on that holds data, as lseek(2) with SEEK_DATA; the own offset stays.
   * What the step has written is data to the byte; elsewhere it is as the file system says.
   *
   * @throws StorageException ENXIO when the position is not in the file, or no data follows
   */
  public long nextData(long position) throws IOException {
    return seek(position, false);
  }

  /**
   * The first offset from one on that is in a hole, as lseek(2) with SEEK_HOLE; the end of the file
   * counts as one. The own offset stays.
   *
   * @throws StorageException ENXIO when the position is not in the file
   */
  public long nextHole(long position) throws IOException {
    return seek(position, true);
  }

  private long seek(long position, boolean isHole) throws IOException {
    use(0, "seek");
    if (entry.isDirectory()) {
      throw new StorageException(Errno.EINVAL, "seek", entry + ", a directory");
    }
    return steps.read(() -> files.content().seek(entry, position, isHole));
  }

  /** Size, bytes. */
  public long size() throws IOException {
    return stat().sizeBytes();
  }

  /** The attributes. */
  public EntryStat stat() throws IOException {
    use(0, "stat");
    return steps.read(() -> files.attributes().stat(entry));
  }

  /** Sets the size; what is added reads as zeros. */
  public void truncate(long sizeBytes) throws IOException {
    use(0, "truncate");
    requireNotNegative(sizeBytes);
    if ((flags & OpenFlag.WRITE) == 0) {
      throw new StorageException(Errno.EINVAL, "truncate", entry + ", which is open for reading");
    }
    steps.change(() -> {
      files.content().truncate(entry, sizeBytes);
      return sizeBytes;
    });
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
    steps.change(() -> {
      files.content().grow(entry, keepSize ? 0 : position + lengthBytes);
      return lengthBytes;
    });
    operations.fireEntry(entry.number());
  }

  /**
   * Makes a range zeros; its blocks are given back when the checkpoint is applied. The size stays.
   */
  public void punchHole(long position, long lengthBytes) throws IOException {
    punch("punch a hole in", position, lengthBytes, true);
  }

  /**
   * Makes a range zeros, as a hole too.
   *
   * @param keepSize whether the size stays when the range ends behind it
   */
  public void zeroRange(long position, long lengthBytes, boolean keepSize) throws IOException {
    punch("zero a range of", position, lengthBytes, keepSize);
  }

  private void punch(String what, long position, long lengthBytes, boolean keepSize)
      throws IOException {
    use(OpenFlag.WRITE, what);
    if (position < 0 || lengthBytes <= 0) {
      throw new StorageException(Errno.EINVAL, what, position + " + " + lengthBytes);
    }
    steps.change(() -> {
      long size = keepSize ? 0 : position + lengthBytes;
      files.content().punch(entry, position, lengthBytes, size);
      return lengthBytes;
    });
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
    files.requireOpen();
    if (closed.get()) {
      throw new StorageException(Errno.EBADF, what, entry + ", which was closed");
    }
    steps.follow();
    if (needed == OpenFlag.READ && entry.isDirectory()) {
      throw new StorageException(Errno.EISDIR, what, entry.toString());
    }
    if ((flags & needed) != needed) {
      throw new StorageException(Errno.EBADF, what, entry + ", which is not open for that");
    }
  }

  /** Closes it. Its writes stay in the step. */
  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      entry.closed((flags & OpenFlag.WRITE) != 0);
      files.names().release(entry);
    }
  }
}
