package dev.vfo.inspect;

import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.ChangeSetFormatException;
import dev.vfo.changes.Commit;
import dev.vfo.changes.DecisionReader;
import dev.vfo.changes.Decisions;
import dev.vfo.changes.StateBytes;
import dev.vfo.changes.Verdict.Commits;
import dev.vfo.changes.Verdict.Decided;
import dev.vfo.journal.RecordPosition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The checkpoints that a journal tells of, record by record. For one use, one thread. */
final class CheckpointList {
  private final DecisionReader decisions = new DecisionReader();
  private final Map<Long, Seen> records = new LinkedHashMap<>();
  private long lastRecord;

  /**
   * The state of a checkpoint that is made or may be.
   *
   * @param record number of the record that has it
   */
  record StateOf(long record, StateBytes state) {}

  private record Seen(Commit commit, CheckpointRecord checkpoint) {}

  /**
   * Takes the next record.
   *
   * @param appliedLayer the newest layer that is in the root
   * @throws ChangeSetFormatException when it decides what there is not
   */
  void read(RecordPosition position, Commit commit, long appliedLayer) {
    lastRecord = position.checkpointNumber();
    CheckpointRecord own = checkpoint(position, commit, appliedLayer);
    Commit kept = commit.withoutLayers();
    decisions.read(lastRecord, kept);
    records.put(lastRecord, new Seen(kept, own));
  }

  private static CheckpointRecord checkpoint(
      RecordPosition position, Commit commit, long appliedLayer) {
    List<Long> layers = commit.layers().stream().map(ChangeSet::layer).toList();
    return new CheckpointRecord(
        position.checkpointNumber(),
        commit.time(),
        position.segmentNumber(),
        position.offset(),
        position.header().recordBytes(),
        commit.state().lengthBytes(),
        layers,
        layers.stream().allMatch(layer -> layer <= appliedLayer));
  }

  /** Those that are made, oldest first. */
  List<CheckpointRecord> made() {
    Decisions decided = decisions.decisions();
    List<CheckpointRecord> made = new ArrayList<>();
    for (Seen seen : records.values()) {
      if (seen.commit().verdict() instanceof Decided) {
        made.add(seen.checkpoint());
      } else if (seen.commit().verdict() instanceof Commits) {
        made.add(committed(seen.checkpoint(), decided));
      }
    }
    return made;
  }

  /**
   * The checkpoint that a decision makes of prepared ones: their layers, the newest one's state.
   */
  private CheckpointRecord committed(CheckpointRecord decision, Decisions decided) {
    List<CheckpointRecord> prepared =
        records.values().stream()
            .map(Seen::checkpoint)
            .filter(each -> each.number() != decision.number())
            .filter(each -> decided.checkpointOf(each.number()) == decision.number())
            .toList();
    return new CheckpointRecord(
        decision.number(),
        decision.time(),
        decision.segment(),
        decision.offset(),
        decision.recordBytes(),
        prepared.isEmpty() ? 0 : prepared.getLast().stateBytes(),
        prepared.stream().flatMap(each -> each.layers().stream()).toList(),
        prepared.stream().allMatch(CheckpointRecord::applied));
  }

  /** Those that wait for a decision, oldest first. */
  List<UndecidedRecord> undecided() {
    List<UndecidedRecord> waiting = new ArrayList<>();
    for (Decisions.UndecidedRecord each : decisions.decisions().undecided()) {
      Seen seen = records.get(each.record());
      if (seen != null) {
        waiting.add(new UndecidedRecord(each.id(), seen.checkpoint()));
      }
    }
    return waiting;
  }

  /** Numbers of the layers that are committed and not applied, oldest first. */
  List<Long> unapplied(long appliedLayer) {
    return made().stream()
        .flatMap(each -> each.layers().stream())
        .filter(layer -> layer > appliedLayer)
        .toList();
  }

  /**
   * The states of the last one and of those that wait.
   *
   * @throws ChangeSetFormatException when the last one's is not in the journal
   */
  List<StateOf> states() {
    List<StateOf> states = new ArrayList<>();
    DecisionReader.@Nullable LastCheckpoint last = decisions.last();
    if (last != null && last.commit() != null) {
      states.add(new StateOf(last.record(), last.commit().state()));
    }
    for (Decisions.UndecidedRecord each : decisions.decisions().undecided()) {
      states.add(new StateOf(each.record(), each.commit().state()));
    }
    return states;
  }

  /** Number of the newest record, or 0. */
  long lastRecord() {
    return lastRecord;
  }
}
