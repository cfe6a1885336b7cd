package dev.vfo.inspect;

import java.time.Instant;
import java.util.List;

/**
 * A checkpoint whose record is in the journal.
 *
 * @param number which one
 * @param time when it was taken
 * @param segment number of the segment that its record stands in
 * @param offset of the record in the segment, bytes
 * @param recordBytes length of the record with header and padding
 * @param stateBytes length of the program's state, without its parts
 * @param layers numbers of the layers that it decided
 * @param applied whether all of it is in the root
 */
public record CheckpointRecord(
    long number,
    Instant time,
    long segment,
    long offset,
    long recordBytes,
    long stateBytes,
    List<Long> layers,
    boolean applied) {

  /** Copies the list. */
  public CheckpointRecord {
    layers = List.copyOf(layers);
  }
}
