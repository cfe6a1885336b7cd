package dev.vfo.journal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Lays records out in one buffer, and writes them. Not thread safe. */
final class RecordWriter {
  /** The longest record that is written by one call. */
  static final int BUFFER_BYTES = 1 << 20;

  private final BlockBuffer memory = new BlockBuffer(Arena.ofAuto());
  private MemorySegment buffer = MemorySegment.NULL;

  /** Writes a commit; durable when this returns. There must be room for it. */
  RecordHeader write(
      SegmentFile segment, long offset, long checkpointNumber, int previous, Payload payload)
      throws IOException {
    Crc32c crc = new Crc32c();
    long recordBytes = RecordFormat.recordBytes(payload.lengthBytes());
    boolean isShort = recordBytes <= BUFFER_BYTES;
    buffer = memory.take(Math.min(recordBytes, BUFFER_BYTES));
    crc.update(fill(payload, 0));
    if (!isShort) {
      for (long at = BUFFER_BYTES; at < recordBytes; at += BUFFER_BYTES) {
        crc.update(fill(payload, at));
        segment.write(filled(recordBytes - at), offset + at);
      }
      fill(payload, 0);
    }
    payload.verify(crc.value());
    RecordHeader header =
        RecordFormat.encodeCommit(
            buffer,
            segment.header().salt(),
            checkpointNumber,
            payload.lengthBytes(),
            previous,
            crc.value());
    if (isShort) {
      segment.writeDurably(filled(recordBytes), offset);
    } else {
      segment.write(buffer, offset);
      segment.sync();
    }
    return header;
  }

  /**
   * Puts the part of the record into the buffer that begins {@code at} bytes behind its start, with
   * the padding.
   *
   * @return the payload in it
   */
  private MemorySegment fill(Payload payload, long at) throws IOException {
    long start = at == 0 ? RecordFormat.HEADER_BYTES : 0;
    long from = at + start - RecordFormat.HEADER_BYTES;
    long count = Math.min(payload.lengthBytes() - from, buffer.byteSize() - start);
    MemorySegment part = buffer.asSlice(start, count);
    payload.copy(from, part);
    long end = start + count;
    buffer.asSlice(end, JournalFormat.roundUp(end) - end).fill((byte) 0);
    return part;
  }

  private MemorySegment filled(long restBytes) {
    return buffer.asSlice(0, Math.min(restBytes, buffer.byteSize()));
  }
}
