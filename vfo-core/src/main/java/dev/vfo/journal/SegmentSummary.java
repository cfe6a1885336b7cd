package dev.vfo.journal;

/**
 * What a segment holds.
 *
 * @param header what its header says
 * @param lastCheckpoint number of its newest record, or 0 when it has none that counts
 * @param endOffset offset of the first byte behind its records
 */
public record SegmentSummary(SegmentHeader header, long lastCheckpoint, long endOffset) {
  /** Which segment. */
  public long number() {
    return header.number();
  }
}
