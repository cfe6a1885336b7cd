package dev.vfo.journal;

import dev.vfo.CorruptJournalException;
import dev.vfo.NewerFormatException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The two copies of the applied mark, as they were found.
 *
 * @param first the one that is written first, null when it is damaged
 * @param second the other one, null when it is damaged
 */
record AppliedCopies(AppliedMark.@Nullable Value first, AppliedMark.@Nullable Value second) {

  static AppliedCopies decode(MemorySegment content, RootId rootId)
      throws CorruptJournalException, NewerFormatException {
    AppliedCopies copies = new AppliedCopies(copy(content, 0, rootId), copy(content, 1, rootId));
    if (copies.first == null && copies.second == null) {
      throw damaged("both copies are damaged");
    }
    if (copies.first != null
        && copies.second != null
        && copies.first.sequence() < copies.second.sequence()) {
      throw damaged("the copy that is written first is older than the other one");
    }
    return copies;
  }

  /** The mark that holds. */
  AppliedMark.Value newest() {
    if (first != null) {
      return first;
    }
    if (second != null) {
      return second;
    }
    throw new IllegalStateException("no copy");
  }

  /**
   * Whether the first copy is sure to be on disk: the second is written only after a successful
   * sync of the first.
   */
  boolean isFirstDurable() {
    return first != null && (second == null || first.equals(second));
  }

  private static AppliedMark.@Nullable Value copy(MemorySegment content, int index, RootId rootId)
      throws CorruptJournalException, NewerFormatException {
    long offset = (long) index * JournalFormat.BLOCK_BYTES;
    MemorySegment block = content.asSlice(offset, JournalFormat.BLOCK_BYTES);
    if (!CellFormat.isGenuine(block, CellKind.APPLIED)
        || !JournalFormat.isZero(block, CellFormat.BYTES, JournalFormat.BLOCK_BYTES)) {
      return null;
    }
    CellFormat.check(block, CellKind.APPLIED, offset, rootId);
    return new AppliedMark.Value(
        CellFormat.field(block, 0), CellFormat.field(block, 1), CellFormat.field(block, 2));
  }

  private static CorruptJournalException damaged(String reason) {
    return new CorruptJournalException(CellKind.APPLIED.file(), 0, reason);
  }
}
