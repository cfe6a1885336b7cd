package dev.vfo.inspect;

import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.ChangeSetFormatException;
import dev.vfo.changes.Commit;
import dev.vfo.changes.DecisionReader;
import dev.vfo.changes.StateBytes;
import dev.vfo.changes.Verdict.Aborts;
import dev.vfo.changes.Verdict.Commits;
import dev.vfo.changes.Verdict.Decided;
import dev.vfo.changes.Verdict.Undecided;
import dev.vfo.journal.RecordPosition;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The checkpoints that a journal tells of, record by record. For one use, one thread. */
final class CheckpointList {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final DecisionReader decisions = new DecisionReader();
  private final List<CheckpointRecord> made = new ArrayList<>();
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private @Nullable StateOf last;
  private long lastRecord;

  /**
   * The state of a checkpoint that is made or may be.
   *
   * @param record number of the record that has it
   */
  record StateOf(long record, StateBytes state) {}

  private record Waiting(String id, CheckpointRecord checkpoint, StateOf state) {}

  /**
   * Takes the next record.
   *
   * @param appliedLayer the newest layer that is in the root
   * @throws ChangeSetFormatException when it decides what there is not
   */
  void read(RecordPosition position, Commit commit, long appliedLayer) {
    lastRecord = position.checkpointNumber();
    CheckpointRecord own = checkpoint(position, commit, appliedLayer);
    StateOf state = new StateOf(lastRecord, commit.state());
    decisions.read(lastRecord, commit.withoutLayers());
    switch (commit.verdict()) {
      case Decided _ -> {
        made.add(own);
        last = state;
      }
      case Undecided undecided -> waiting.add(new Waiting(undecided.id(), own, state));
      case Commits commits -> commit(own, commits.record(), appliedLayer);
      case Aborts aborts -> {
        while (!waiting.isEmpty() && waiting.getLast().state().record() >= aborts.record()) {
          waiting.removeLast();
        }
      }
    }
  }

  private static CheckpointRecord checkpoint(
      RecordPosition position, Commit commit, long appliedLayer) {
    List<Long> layers = commit.layers().stream().map(ChangeSet::layer).toList();
    return new CheckpointRecord(
        position.checkpointNumber(),
        time(commit.timeNanos()),
        position.segmentNumber(),
        position.offset(),
        position.header().recordBytes(),
        commit.state().lengthBytes(),
        layers,
        layers.stream().allMatch(layer -> layer <= appliedLayer));
  }

  private void commit(CheckpointRecord decision, long upTo, long appliedLayer) {
    List<Long> layers = new ArrayList<>();
    long stateBytes = 0;
    while (!waiting.isEmpty() && waiting.getFirst().state().record() <= upTo) {
      Waiting each = waiting.removeFirst();
      layers.addAll(each.checkpoint().layers());
      stateBytes = each.checkpoint().stateBytes();
      last = each.state();
    }
    made.add(
        new CheckpointRecord(
            decision.number(),
            decision.time(),
            decision.segment(),
            decision.offset(),
            decision.recordBytes(),
            stateBytes,
            layers,
            layers.stream().allMatch(layer -> layer <= appliedLayer)));
  }

  private static Instant time(long nanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(nanos, NANOS_PER_SECOND), Math.floorMod(nanos, NANOS_PER_SECOND));
  }

  /** Those that are made, oldest first. */
  List<CheckpointRecord> made() {
    return made;
  }

  /** Those that wait for a decision, oldest first. */
  List<UndecidedRecord> undecided() {
    return waiting.stream().map(each -> new UndecidedRecord(each.id(), each.checkpoint())).toList();
  }

  /** Numbers of the layers that are committed and not applied, oldest first. */
  List<Long> unapplied(long appliedLayer) {
    return made.stream()
        .flatMap(each -> each.layers().stream())
        .filter(layer -> layer > appliedLayer)
        .toList();
  }

  /** The states of the last one and of those that wait. */
  List<StateOf> states() {
    Stream<StateOf> made = Stream.ofNullable(last);
    return Stream.concat(made, waiting.stream().map(Waiting::state)).toList();
  }

  /** Number of the newest record, or 0. */
  long lastRecord() {
    return lastRecord;
  }
}
