package dev.vfo.journal;

import dev.vfo.CorruptJournalException;
import dev.vfo.NewerFormatException;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** One segment, open for reading through a window of memory. Not thread safe. */
final class SegmentReader implements AutoCloseable {
  /** Reads are long, and it stays in the processor's cache. */
  private static final int MAX_WINDOW_BYTES = 1 << 20;

  private final OpenFile file;
  private final SegmentHeader header;
  private final MemorySegment window;
  private long windowOffset;
  private long windowBytes;

  private SegmentReader(OpenFile file, SegmentHeader header, MemorySegment window) {
    this.file = file;
    this.header = header;
    this.window = window;
  }

  /**
   * Opens a segment and checks its header.
   *
   * @param buffer what it reads into; for one segment at a time
   */
  static SegmentReader open(
      Storage storage, int directory, RootId rootId, long number, BlockBuffer buffer)
      throws IOException {
    OpenFile file = OpenFile.open(storage, directory, SegmentName.of(number), OpenFlag.READ);
    try {
      MemorySegment block = buffer.take(SegmentFormat.HEADER_BYTES);
      SegmentHeader header = readHeader(file, rootId, number, block);
      long windowBytes = Math.min(header.lengthBytes(), MAX_WINDOW_BYTES);
      return new SegmentReader(file, header, buffer.take(windowBytes));
    } catch (IOException e) {
      file.closeAfter(e);
      throw e;
    }
  }

  private static SegmentHeader readHeader(
      OpenFile file, RootId rootId, long number, MemorySegment block) throws IOException {
    String path = SegmentName.path(number);
    long count = file.read(block, 0);
    if (count < block.byteSize()) {
      throw new CorruptJournalException(path, count, "the file ends inside the header");
    }
    SegmentHeader header = SegmentFormat.decode(block, path);
    long sizeBytes = file.storage().stat(file.fd()).sizeBytes();
    SegmentFormat.check(header, rootId, number, sizeBytes, path);
    return header;
  }

  SegmentHeader header() {
    return header;
  }

  CorruptJournalException damaged(long offset, String reason) {
    return new CorruptJournalException(SegmentName.path(header.number()), offset, reason);
  }

  RecordGoneException gone(RecordPosition position) {
    return new RecordGoneException(SegmentName.path(header.number()), position);
  }

  /** The genuine header at an offset, or null when there is none. */
  @Nullable RecordHeader headerAt(long offset) throws IOException {
    MemorySegment source = view(offset, RecordFormat.HEADER_BYTES);
    RecordHeader record = RecordFormat.decodeGenuine(source, header.salt());
    if (record == null) {
      return null;
    }
    if (record.version() > JournalFormat.VERSION) {
      throw new NewerFormatException(
          SegmentName.path(header.number()), record.version(), JournalFormat.VERSION);
    }
    if (RecordFormat.isMalformed(source, record)) {
      throw damaged(offset, "a record that no VFO writes");
    }
    if (record.payloadBytes() > header.lengthBytes() - offset - RecordFormat.HEADER_BYTES) {
      throw damaged(offset, "the record is longer than its segment");
    }
    return record;
  }

  /** The offset of the first genuine header at or behind an offset, or -1. */
  long findHeader(long offset) throws IOException {
    for (long at = offset; at < header.lengthBytes(); at += JournalFormat.BLOCK_BYTES) {
      MemorySegment source = view(at, RecordFormat.HEADER_BYTES);
      if (RecordFormat.decodeGenuine(source, header.salt()) != null) {
        return at;
      }
    }
    return -1;
  }

  /** Whether payload and padding of a record are as written. */
  boolean isWhole(long offset, RecordHeader record) throws IOException {
    long payloadEnd = offset + RecordFormat.HEADER_BYTES + record.payloadBytes();
    Crc32c crc = new Crc32c();
    for (long at = offset + RecordFormat.HEADER_BYTES; at < payloadEnd; ) {
      MemorySegment piece = pieceAt(at, payloadEnd);
      crc.update(piece);
      at += piece.byteSize();
    }
    if (crc.value() != record.payloadChecksum()) {
      return false;
    }
    long padding = offset + record.recordBytes() - payloadEnd;
    return padding == 0 || JournalFormat.isZero(view(payloadEnd, padding), 0, padding);
  }

  /** Fills {@code target} from the file, past the window. */
  void read(MemorySegment target, long offset) throws IOException {
    long count = file.read(target, offset);
    if (count < target.byteSize()) {
      throw damaged(offset + count, "the file has become shorter");
    }
  }

  /**
   * A piece of the file: as much as the window can hold, from {@code offset} to at most {@code
   * end}.
   */
  MemorySegment pieceAt(long offset, long end) throws IOException {
    long inWindow = windowOffset + windowBytes - offset;
    long longest = offset >= windowOffset && inWindow > 0 ? inWindow : window.byteSize();
    return view(offset, Math.min(longest, end - offset));
  }

  private MemorySegment view(long offset, long bytes) throws IOException {
    if (offset < windowOffset || offset + bytes > windowOffset + windowBytes) {
      load(offset);
    }
    if (offset + bytes > windowOffset + windowBytes) {
      throw damaged(windowOffset + windowBytes, "the file has become shorter");
    }
    return window.asSlice(offset - windowOffset, bytes);
  }

  private void load(long offset) throws IOException {
    long bytes = Math.min(window.byteSize(), header.lengthBytes() - offset);
    windowBytes = 0;
    windowOffset = offset;
    windowBytes = file.read(window.asSlice(0, bytes), offset);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
