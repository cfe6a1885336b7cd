package dev.vfo.journal;

import org.jspecify.annotations.Nullable;

/** How one record names the one before it. Stateless. */
class Chain {

  /**
   * What the record behind {@code last} has to have in its field for the checksum of the record
   * before.
   */
  int previousChecksum(@Nullable RecordHeader last) {
    return last == null ? 0 : last.checksum();
  }

  /**
   * Whether {@code next} is the record behind {@code last}; null is the unknown one before the
   * first.
   */
  boolean follows(@Nullable RecordHeader last, RecordHeader next) {
    if (last == null) {
      return next.checkpointNumber() > 1 || next.previousChecksum() == 0;
    }
    return next.checkpointNumber() == last.checkpointNumber() + 1
        && next.previousChecksum() == previousChecksum(last);
  }

  /** Whether {@code next}, at the start of a segment, is {@code last} written again. */
  boolean replaces(@Nullable RecordHeader last, RecordHeader next) {
    return last != null
        && next.checkpointNumber() == last.checkpointNumber()
        && next.previousChecksum() == last.previousChecksum();
  }
}
