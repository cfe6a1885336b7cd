package dev.vfo.changes;

import dev.vfo.changes.Decisions.UndecidedRecord;
import dev.vfo.changes.Verdict.Aborts;
import dev.vfo.changes.Verdict.Commits;
import dev.vfo.changes.Verdict.Decided;
import dev.vfo.changes.Verdict.Undecided;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds out, record by record, what a journal has decided. For one use, one thread. */
public final class DecisionReader {
  private final Map<Long, Long> committed = new HashMap<>();
  private final Set<Long> aborted = new HashSet<>();
  private final List<UndecidedRecord> undecided = new ArrayList<>();
  private long first;
  private @Nullable LastCheckpoint last;

  /**
   * The newest checkpoint that is made.
   *
   * @param number which one
   * @param record number of the record that has its state
   * @param commit that record, without its layers, at the time when it was decided
   */
  public record LastCheckpoint(long number, long record, @Nullable Commit commit) {}

  /**
   * Takes the next record; by ascending numbers.
   *
   * @param commit without its layers
   * @throws ChangeSetFormatException when it does not fit to those before
   */
  public void read(long record, Commit commit) {
    first = first == 0 ? record : first;
    switch (commit.verdict()) {
      case Decided _ -> {
        require(undecided.isEmpty(), "a checkpoint above one that is not decided");
        last = new LastCheckpoint(record, record, commit);
      }
      case Undecided _ -> undecided.add(new UndecidedRecord(record, commit));
      case Commits commits -> commit(record, commit, commits.record());
      case Aborts aborts -> abort(aborts.record());
    }
  }

  private void commit(long checkpoint, Commit decision, long upTo) {
    requireKnown(upTo);
    Commit youngest = null;
    while (!undecided.isEmpty() && undecided.getFirst().record() <= upTo) {
      UndecidedRecord each = undecided.removeFirst();
      committed.put(each.record(), checkpoint);
      youngest = each.commit();
    }
    last =
        new LastCheckpoint(
            checkpoint, upTo, youngest == null ? null : youngest.at(decision.timeNanos()));
  }

  private void abort(long from) {
    requireKnown(from);
    while (!undecided.isEmpty() && undecided.getLast().record() >= from) {
      aborted.add(undecided.removeLast().record());
    }
  }

  // What was decided long ago may be in a segment that is used again.
  private void requireKnown(long record) {
    boolean isKnown = undecided.stream().anyMatch(each -> each.record() == record);
    require(isKnown || record < first, "a decision on record " + record);
  }

  private static void require(boolean good, String what) {
    if (!good) {
      throw new ChangeSetFormatException(
          CommitCodec.FLAGS_AT, what + ", which does not fit to the records before it");
    }
  }

  /** What was decided. */
  public Decisions decisions() {
    return new Decisions(committed, aborted, undecided);
  }

  /**
   * The newest checkpoint, or null when there is none.
   *
   * @throws ChangeSetFormatException when its state is not in the journal
   */
  public @Nullable LastCheckpoint last() {
    LastCheckpoint newest = last;
    if (newest != null && newest.commit() == null) {
      throw new ChangeSetFormatException(
          CommitCodec.FLAGS_AT,
          "record "
              + newest.record()
              + " is missing, which checkpoint "
              + newest.number()
              + " was prepared in");
    }
    return newest;
  }
}
