package dev.vfo.journal;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a journal holds, as it was read.
 *
 * @param segments all segments, the oldest first
 * @param records the records that count, the oldest first; their checkpoint numbers have no gap
 * @param acknowledged the number in the acknowledged cell, empty when it was not readable
 */
public record JournalScan(
    List<SegmentSummary> segments, List<RecordPosition> records, OptionalLong acknowledged) {

  /** Copies the lists. */
  public JournalScan {
    segments = List.copyOf(segments);
    records = List.copyOf(records);
  }

  /** The newest record; its checkpoint is the one to recover. */
  public Optional<RecordPosition> last() {
    return records.isEmpty() ? Optional.empty() : Optional.of(records.getLast());
  }

  /**
   * Whether nobody may rely on the newest record before it has been written again: its sync may
   * have failed.
   */
  public boolean isLastInDoubt() {
    return !records.isEmpty() && acknowledged.orElse(0) < records.getLast().checkpointNumber();
  }
}
