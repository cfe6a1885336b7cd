package dev.vfo.recovery;

import dev.vfo.CorruptJournalException;
import dev.vfo.apply.Applier;
import dev.vfo.apply.ApplyTarget;
import dev.vfo.apply.LayerContent;
import dev.vfo.apply.LayerPlan;
import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.ChangeSetFormatException;
import dev.vfo.changes.Commit;
import dev.vfo.changes.CommitCodec;
import dev.vfo.changes.DecisionReader;
import dev.vfo.changes.Decisions;
import dev.vfo.changes.Verdict.Undecided;
import dev.vfo.journal.AppliedMark;
import dev.vfo.journal.JournalReader;
import dev.vfo.journal.JournalScan;
import dev.vfo.journal.RecordPosition;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Brings a root to the last committed checkpoint: R1.. of {@code docs/recovery.md}. One thread, and
 * nobody else uses the root.
 */
public final class Recovery {
  private final JournalReader reader;

  /** A recovery from a journal. */
  public Recovery(JournalReader reader) {
    this.reader = reader;
  }

  /**
   * Reads the journal; changes nothing.
   *
   * @throws CorruptJournalException when it was damaged
   */
  public Recovered read(OptionalLong acknowledged, AppliedMark.Value applied) throws IOException {
    JournalScan scan = reader.scan(acknowledged, applied.checkpointNumber());
    DecisionReader decisions = new DecisionReader();
    Map<Long, Long> newestLayers = new HashMap<>();
    long newestLayer = applied.layer();
    long nextVirtual = 1;
    for (RecordPosition record : scan.records()) {
      try (Arena arena = Arena.ofConfined()) {
        Commit commit = decode(record, arena);
        for (ChangeSet layer : commit.layers()) {
          newestLayer = Math.max(newestLayer, layer.layer());
          newestLayers.merge(record.checkpointNumber(), layer.layer(), Math::max);
        }
        if (commit.verdict() instanceof Undecided undecided) {
          newestLayer = Math.max(newestLayer, undecided.newestLayer());
        }
        nextVirtual = commit.nextVirtual();
        note(decisions, record, commit.withoutLayers());
      }
    }
    newestLayers.keySet().removeAll(decisions.decisions().aborted());
    DecisionReader.@Nullable LastCheckpoint last = last(decisions);
    return new Recovered(
        scan,
        last == null ? null : last.commit(),
        last == null ? 0 : last.number(),
        last == null ? 0 : last.record(),
        decisions.decisions(),
        nextVirtual,
        newestLayer,
        newestLayers.values().stream().anyMatch(layer -> layer > applied.layer()));
  }

  private static void note(DecisionReader decisions, RecordPosition record, Commit commit)
      throws CorruptJournalException {
    try {
      decisions.read(record.checkpointNumber(), commit);
    } catch (ChangeSetFormatException e) {
      throw corrupt(record, e);
    }
  }

  private static DecisionReader.@Nullable LastCheckpoint last(DecisionReader decisions)
      throws CorruptJournalException {
    try {
      return decisions.last();
    } catch (ChangeSetFormatException e) {
      throw new CorruptJournalException("journal", 0, String.valueOf(e.getMessage()));
    }
  }

  private Commit decode(RecordPosition record, Arena arena) throws IOException {
    try {
      return CommitCodec.decode(reader.readPayload(record, arena));
    } catch (ChangeSetFormatException e) {
      throw corrupt(record, e);
    }
  }

  private static CorruptJournalException corrupt(RecordPosition record, Exception reason) {
    return new CorruptJournalException(
        "journal segment " + record.segmentNumber(),
        record.offset(),
        String.valueOf(reason.getMessage()));
  }

  /** Is shown a layer that the root lacks. */
  public interface LayerVisitor {
    /**
     * Shown once for each layer, in their order.
     *
     * @param commit the record that it is part of
     * @param record the record's number
     * @param layer its content can be read during this call only
     */
    void visit(Commit commit, long record, ChangeSet layer) throws IOException;
  }

  /** Shows the layers that are committed and not applied. */
  public void forEachUnapplied(Recovered found, long appliedLayer, LayerVisitor visitor)
      throws IOException {
    Decisions decisions = found.decisions();
    forEach(found, decisions::isCommitted, appliedLayer, visitor);
  }

  /** Shows the layers that are prepared and not decided. */
  public void forEachUndecided(Recovered found, LayerVisitor visitor) throws IOException {
    Decisions decisions = found.decisions();
    forEach(found, decisions::isUndecided, 0, visitor);
  }

  /** Shows the layers that are durable, not dropped, and not applied. */
  public void forEachKept(Recovered found, long appliedLayer, LayerVisitor visitor)
      throws IOException {
    Decisions decisions = found.decisions();
    forEach(found, record -> !decisions.aborted().contains(record), appliedLayer, visitor);
  }

  private void forEach(
      Recovered found, LongPredicate isWanted, long appliedLayer, LayerVisitor visitor)
      throws IOException {
    for (RecordPosition record : found.scan().records()) {
      if (isWanted.test(record.checkpointNumber())) {
        try (Arena arena = Arena.ofConfined()) {
          Commit commit = decode(record, arena);
          for (ChangeSet layer : commit.layers()) {
            if (layer.layer() > appliedLayer) {
              visitor.visit(commit, record.checkpointNumber(), layer);
            }
          }
        }
      }
    }
  }

  /**
   * The entries that layers speak of that the root lacks, or that a program has open as orphans.
   */
  public Set<Long> neededOrphans(Recovered found, long appliedLayer) throws IOException {
    Set<Long> needed = new HashSet<>(found.openOrphans());
    forEachKept(
        found,
        appliedLayer,
        (commit, record, layer) -> layer.entries().forEach(entry -> needed.add(entry.number())));
    return needed;
  }

  /** Told of each layer after it is applied. */
  public interface LayerApplied {
    void applied(long layer) throws IOException;
  }

  /**
   * Reads the plans of an apply that was cut short; changes nothing.
   *
   * @throws CorruptJournalException when one is damaged, or of a layer that the journal has not
   */
  public List<LayerPlan> plans(Recovered found, Applier applier) throws IOException {
    List<LayerPlan> plans = applier.plans();
    for (LayerPlan plan : plans) {
      requireCommitted(plan, found);
    }
    return plans;
  }

  /**
   * Reads what layers that the root lacks have in their spill files; changes nothing.
   *
   * @throws CorruptJournalException when it is missing, or not what was written: it was durable
   *     before the record
   */
  public void verifyContent(Recovered found, long appliedLayer, ApplyTarget target)
      throws IOException {
    if (found.hasUnappliedLayers()) {
      forEachKept(
          found,
          appliedLayer,
          (commit, record, layer) -> {
            try (LayerContent content = LayerContent.open(target, layer)) {
              content.verify();
            }
          });
    }
  }

  // R46: an apply began, so the record was durable; without it the root would be half of one
  // checkpoint and half of another.
  private static void requireCommitted(LayerPlan plan, Recovered found)
      throws CorruptJournalException {
    if (plan.layer() > found.newestLayer()) {
      throw new CorruptJournalException(
          "journal",
          0,
          "the record of layer " + plan.layer() + " is missing, which was applied in part");
    }
  }

  /**
   * Applies what the root lacks, and tidies up behind it.
   *
   * @param checkpoints is told the number of a checkpoint before it is applied
   * @return why a layer could not be applied: it and those behind it are not
   */
  public Optional<StorageException> apply(
      Recovered found,
      List<LayerPlan> plans,
      Applier applier,
      AppliedMark mark,
      LayerApplied observer,
      LongConsumer checkpoints)
      throws IOException {
    Map<Long, FileIdentity> known = new HashMap<>();
    for (LayerPlan plan : plans) {
      known.putAll(plan.created());
    }
    LongFunction<@Nullable FileIdentity> resolver = known::get;
    // Written when all is applied, and before any plan is removed.
    applier.givenUp().forgetBefore(found.stateRecord());
    boolean isKept = applier.givenUp().lostNames().isPresent();
    Decisions decisions = found.decisions();
    for (RecordPosition record : found.scan().records()) {
      long number = record.checkpointNumber();
      if (!decisions.isCommitted(number)) {
        continue;
      }
      try (Arena arena = Arena.ofConfined()) {
        List<ChangeSet> layers = decode(record, arena).layers();
        checkpoints.accept(decisions.checkpointOf(number));
        for (ChangeSet layer : layers) {
          if (layer.layer() <= mark.value().layer()) {
            // It may have given up something right before a crash.
            if (!isKept) {
              applier.givenUp().addApplied(layer, resolver::apply);
            }
          } else {
            boolean whole = layer.layer() == layers.getLast().layer();
            long reached = number - (whole ? 0 : 1);
            try {
              known.putAll(
                  applier.apply(layer, resolver::apply, () -> mark.write(layer.layer(), reached)));
            } catch (StorageException e) {
              // Nobody knows then what the mark says (C8). And what other programs won would not
              // be seen through the whole layers.
              if (mark.hasFailed() || applier.givenUp().concerns(layer.layer())) {
                throw e;
              }
              return Optional.of(e);
            }
            observer.applied(layer.layer());
          }
        }
      }
    }
    if (found.decidedRecord() > mark.value().checkpointNumber()) {
      mark.write(mark.value().layer(), found.decidedRecord());
    }
    applier.givenUp().keepLostNames(found.lastRecord());
    long applied = mark.value().layer();
    // Prepared layers may speak of what any of them made.
    applier.clean(applied, decisions.undecided().isEmpty() ? applied + 1 : 0);
    return Optional.empty();
  }
}
