package dev.vfo.journal;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A payload that lies in memory, in many pieces. Remembers where it was, for it is read from front
 * to back.
 */
final class MemoryPayload implements Payload {
  private final List<MemorySegment> segments;
  private final long lengthBytes;
  private int index;
  private long indexOffset;

  MemoryPayload(List<MemorySegment> segments) {
    this.segments = List.copyOf(segments);
    this.lengthBytes = this.segments.stream().mapToLong(MemorySegment::byteSize).sum();
  }

  @Override
  public long lengthBytes() {
    return lengthBytes;
  }

  @Override
  public void copy(long from, MemorySegment target) {
    seek(from);
    long done = 0;
    while (done < target.byteSize()) {
      MemorySegment segment = segments.get(index);
      long start = from + done - indexOffset;
      long count = Math.min(segment.byteSize() - start, target.byteSize() - done);
      MemorySegment.copy(segment, start, target, done, count);
      done += count;
      seek(from + done);
    }
  }

  /** Makes the segment with this offset in it the current one. */
  private void seek(long offset) {
    if (offset < indexOffset) {
      index = 0;
      indexOffset = 0;
    }
    while (index < segments.size() && offset >= indexOffset + segments.get(index).byteSize()) {
      indexOffset += segments.get(index).byteSize();
      index++;
    }
  }
}
