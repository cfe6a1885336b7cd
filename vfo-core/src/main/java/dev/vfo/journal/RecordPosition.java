package dev.vfo.journal;

/**
 * Where a record stands.
 *
 * @param segmentNumber in which segment
 * @param offset of its header in the segment, bytes
 * @param header what its header says
 */
public record RecordPosition(long segmentNumber, long offset, RecordHeader header) {
  /** Which checkpoint it commits. */
  public long checkpointNumber() {
    return header.checkpointNumber();
  }

  /** Length of its payload. */
  public long payloadBytes() {
    return header.payloadBytes();
  }

  /** Offset in the segment of the first byte behind it. */
  public long endOffset() {
    return offset + header.recordBytes();
  }
}
