package dev.vfo.journal;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A segment that is open for writing records. Not thread safe. */
final class SegmentFile implements AutoCloseable {
  private final SegmentHeader header;
  private final OpenFile file;
  private final @Nullable OpenFile durable;

  private SegmentFile(SegmentHeader header, OpenFile file, @Nullable OpenFile durable) {
    this.header = header;
    this.file = file;
    this.durable = durable;
  }

  /**
   * Opens a segment.
   *
   * @param direct whether to go past the page cache; without, where the file system cannot
   */
  static SegmentFile open(Storage storage, int directory, SegmentHeader header, boolean direct)
      throws IOException {
    Name name = SegmentName.of(header.number());
    int flags = OpenFlag.READ | OpenFlag.WRITE;
    OpenFile file = direct ? openDirect(storage, directory, header) : null;
    if (file == null) {
      return new SegmentFile(header, OpenFile.open(storage, directory, name, flags), null);
    }
    try {
      int durableFlags = OpenFlag.WRITE | OpenFlag.DIRECT | OpenFlag.DATA_SYNC;
      OpenFile durable = OpenFile.open(storage, directory, name, durableFlags);
      return new SegmentFile(header, file, durable);
    } catch (StorageException e) {
      file.closeAfter(e);
      throw e;
    }
  }

  /**
   * Null where the file system cannot: some refuse to open, some to read or write, so one block is
   * read.
   */
  private static @Nullable OpenFile openDirect(Storage storage, int directory, SegmentHeader header)
      throws IOException {
    OpenFile file = null;
    try (Arena arena = Arena.ofConfined()) {
      int flags = OpenFlag.READ | OpenFlag.WRITE | OpenFlag.DIRECT;
      file = OpenFile.open(storage, directory, SegmentName.of(header.number()), flags);
      MemorySegment block = arena.allocate(JournalFormat.BLOCK_BYTES, JournalFormat.BLOCK_BYTES);
      file.read(block, 0);
      requireSame(header, SegmentFormat.decode(block, SegmentName.path(header.number())));
      return file;
    } catch (IOException e) {
      if (file != null) {
        file.closeAfter(e);
      }
      if (e instanceof StorageException refused && refused.errno() == Errno.EINVAL) {
        return null;
      }
      throw e;
    }
  }

  private static void requireSame(SegmentHeader expected, SegmentHeader found) {
    if (!expected.equals(found)) {
      throw new IllegalStateException("wrote " + expected + ", read " + found);
    }
  }

  SegmentHeader header() {
    return header;
  }

  /** Whether it goes past the page cache. */
  boolean isDirect() {
    return durable != null;
  }

  /**
   * Writes aligned memory to a place that is a multiple of the block size; durable when this
   * returns.
   */
  void writeDurably(MemorySegment blocks, long offset) throws StorageException {
    if (durable != null) {
      durable.write(blocks, offset, JournalFormat.BLOCK_BYTES);
    } else {
      file.write(blocks, offset, JournalFormat.BLOCK_BYTES);
      sync();
    }
  }

  /** The same, but durable only after {@link #sync}. */
  void write(MemorySegment blocks, long offset) throws StorageException {
    file.write(blocks, offset, JournalFormat.BLOCK_BYTES);
  }

  void sync() throws StorageException {
    file.storage().dataSync(file.fd());
  }

  @Override
  public void close() throws StorageException {
    try {
      file.close();
    } finally {
      if (durable != null) {
        durable.close();
      }
    }
  }
}
