package dev.vfo.journal;

import dev.vfo.CorruptJournalException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Decides which records count, segment by segment: the numbered rules of {@code
 * docs/journal-format.md}. For one pass; not thread safe.
 */
final class JournalScanner {
  private final Chain chain;
  private final boolean looksBehind;
  private final List<SegmentSummary> segments = new ArrayList<>();
  private final List<RecordPosition> records = new ArrayList<>();

  JournalScanner(Chain chain, boolean looksBehind) {
    this.chain = chain;
    this.looksBehind = looksBehind;
  }

  /** Takes in the next segment. */
  void scan(SegmentReader segment) throws IOException {
    SegmentHeader header = segment.header();
    long offset = SegmentFormat.HEADER_BYTES;
    long lastCheckpoint = 0;
    while (offset < header.lengthBytes()) {
      RecordHeader record = segment.headerAt(offset);
      if (record == null || !accept(segment, offset, record)) {
        requireNothingBehind(segment, offset);
        break;
      }
      lastCheckpoint = record.checkpointNumber();
      offset += record.recordBytes();
    }
    segments.add(new SegmentSummary(header, lastCheckpoint, offset));
  }

  /** Rules 2 to 4: takes in a record; false when it is a torn one. */
  private boolean accept(SegmentReader segment, long offset, RecordHeader record)
      throws IOException {
    boolean isFirst = offset == SegmentFormat.HEADER_BYTES;
    boolean replaces = isFirst && chain.replaces(last(), record);
    if (!replaces && !chain.follows(last(), record)) {
      throw segment.damaged(
          offset,
          "the record of %s is not the one behind %s"
              .formatted(describe(record), describe(last())));
    }
    if (!segment.isWhole(offset, record)) {
      return false;
    }
    if (replaces) {
      records.removeLast();
    }
    records.add(new RecordPosition(segment.header().number(), offset, record));
    return true;
  }

  /** Rule 5: a record behind a bad one proves that the bad one was durable. */
  private void requireNothingBehind(SegmentReader segment, long offset) throws IOException {
    if (!looksBehind) {
      return;
    }
    long behind = segment.findHeader(offset + JournalFormat.BLOCK_BYTES);
    if (behind >= 0) {
      throw segment.damaged(
          offset, "the record here is damaged: another one follows at offset " + behind);
    }
  }

  /** Rule 6. */
  JournalScan finish(OptionalLong acknowledged, long appliedCheckpoint)
      throws CorruptJournalException {
    RecordHeader last = last();
    long lastNumber = last == null ? 0 : last.checkpointNumber();
    if (lastNumber < acknowledged.orElse(0)) {
      throw missing(lastNumber + 1, "which was acknowledged");
    }
    if (lastNumber < appliedCheckpoint) {
      throw missing(lastNumber + 1, "although " + appliedCheckpoint + " is applied");
    }
    if (last != null && records.getFirst().checkpointNumber() > appliedCheckpoint + 1) {
      throw missing(appliedCheckpoint + 1, "which is not applied");
    }
    return new JournalScan(segments, records, acknowledged);
  }

  /** Names the place behind the record before the missing one. */
  private CorruptJournalException missing(long checkpointNumber, String why) {
    SegmentSummary where = segments.isEmpty() ? null : segments.getFirst();
    for (SegmentSummary segment : segments) {
      if (segment.lastCheckpoint() > 0 && segment.lastCheckpoint() < checkpointNumber) {
        where = segment;
      }
    }
    String reason =
        "the record of checkpoint %d is missing or damaged, %s".formatted(checkpointNumber, why);
    return where == null
        ? new CorruptJournalException("journal", 0, reason)
        : new CorruptJournalException(SegmentName.path(where.number()), where.endOffset(), reason);
  }

  private @Nullable RecordHeader last() {
    return records.isEmpty() ? null : records.getLast().header();
  }

  private static String describe(@Nullable RecordHeader record) {
    return record == null ? "nothing" : "checkpoint " + record.checkpointNumber();
  }
}
