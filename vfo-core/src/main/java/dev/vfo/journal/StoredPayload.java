package dev.vfo.journal;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** The payload of a record that is in the journal already. */
record StoredPayload(SegmentReader segment, RecordPosition position) implements Payload {

  @Override
  public long lengthBytes() {
    return position.payloadBytes();
  }

  @Override
  public void copy(long from, MemorySegment target) throws IOException {
    segment.read(target, position.offset() + RecordFormat.HEADER_BYTES + from);
  }

  @Override
  public void verify(int checksum) throws IOException {
    if (checksum != position.header().payloadChecksum()) {
      throw segment.gone(position);
    }
  }
}
