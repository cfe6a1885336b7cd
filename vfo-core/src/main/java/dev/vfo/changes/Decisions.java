package dev.vfo.changes;

import dev.vfo.changes.Verdict.Undecided;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which of the checkpoints that were prepared count, by the numbers of their records.
 *
 * @param committed those that are part of a checkpoint, and its number
 * @param aborted those that were dropped
 * @param undecided those that nothing is decided of, oldest first; nothing is committed above them
 */
public record Decisions(
    Map<Long, Long> committed, Set<Long> aborted, List<UndecidedRecord> undecided) {
  /** Copies all. */
  public Decisions {
    committed = Map.copyOf(committed);
    aborted = Set.copyOf(aborted);
    undecided = List.copyOf(undecided);
  }

  /**
   * A checkpoint that is prepared.
   *
   * @param record number of its record
   * @param id the name that it is decided by
   * @param commit the record, without its layers
   */
  public record UndecidedRecord(long record, String id, Commit commit) {
    UndecidedRecord(long record, Commit commit) {
      this(record, ((Undecided) commit.verdict()).id(), commit);
    }
  }

  /** Whether a record's layers belong to a checkpoint that is made. */
  public boolean isCommitted(long record) {
    return !aborted.contains(record) && !isUndecided(record);
  }

  /** Whether a record's checkpoint is prepared, and nothing is decided. */
  public boolean isUndecided(long record) {
    return undecided.stream().anyMatch(each -> each.record() == record);
  }

  /** Number of the checkpoint that a committed record belongs to. */
  public long checkpointOf(long record) {
    return committed.getOrDefault(record, record);
  }
}
