package dev.vfo.journal;

/**
 * What stands before a record's payload.
 *
 * @param version format version of the record
 * @param type {@link RecordFormat#COMMIT}
 * @param salt that of the segment
 * @param checkpointNumber which checkpoint, from 1
 * @param payloadBytes length of the payload
 * @param previousChecksum {@code checksum} of the record before
 * @param payloadChecksum covers the payload
 * @param checksum covers all of the above
 */
public record RecordHeader(
    int version,
    int type,
    long salt,
    long checkpointNumber,
    long payloadBytes,
    int previousChecksum,
    int payloadChecksum,
    int checksum) {

  /** Bytes that the record takes up in its segment, with header and padding. */
  public long recordBytes() {
    return RecordFormat.recordBytes(payloadBytes);
  }
}
