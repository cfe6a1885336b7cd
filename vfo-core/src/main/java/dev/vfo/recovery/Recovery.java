package dev.vfo.recovery;

import dev.vfo.CorruptJournalException;
import dev.vfo.apply.Applier;
import dev.vfo.apply.ApplyCost;
import dev.vfo.apply.LayerPlan;
import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.ChangeSetFormatException;
import dev.vfo.changes.Commit;
import dev.vfo.changes.CommitCodec;
import dev.vfo.journal.AppliedMark;
import dev.vfo.journal.JournalReader;
import dev.vfo.journal.JournalScan;
import dev.vfo.journal.RecordPosition;
import dev.vfo.storage.FileIdentity;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongFunction;
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
    long newestLayer = applied.layer();
    boolean unapplied = false;
    @Nullable Commit last = null;
    for (RecordPosition record : scan.records()) {
      try (Arena arena = Arena.ofConfined()) {
        Commit commit = decode(record, arena);
        for (ChangeSet layer : commit.layers()) {
          newestLayer = Math.max(newestLayer, layer.layer());
          unapplied |= layer.layer() > applied.layer();
        }
        last = new Commit(commit.timeNanos(), commit.nextVirtual(), commit.state(), List.of());
      }
    }
    long checkpoint = scan.last().map(RecordPosition::checkpointNumber).orElse(0L);
    return new Recovered(scan, last, checkpoint, newestLayer, unapplied);
  }

  private Commit decode(RecordPosition record, Arena arena) throws IOException {
    try {
      return CommitCodec.decode(reader.readPayload(record, arena));
    } catch (ChangeSetFormatException e) {
      throw new CorruptJournalException(
          "journal segment " + record.segmentNumber(),
          record.offset(),
          String.valueOf(e.getMessage()));
    }
  }

  /** Told of each layer before it is applied. */
  public interface SpaceNeeded {
    void expect(long layer, long bytes);
  }

  /** Tells what space the layers need that are not applied. */
  public void announce(Recovered found, long appliedLayer, SpaceNeeded space) throws IOException {
    for (RecordPosition record : found.scan().records()) {
      try (Arena arena = Arena.ofConfined()) {
        for (ChangeSet layer : decode(record, arena).layers()) {
          if (layer.layer() > appliedLayer) {
            space.expect(layer.layer(), ApplyCost.of(layer).totalBytes());
          }
        }
      }
    }
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

  /** Applies what the root lacks, and tidies up behind it. */
  public void apply(
      Recovered found,
      List<LayerPlan> plans,
      Applier applier,
      AppliedMark mark,
      LayerApplied observer)
      throws IOException {
    Map<Long, FileIdentity> known = new HashMap<>();
    for (LayerPlan plan : plans) {
      known.putAll(plan.created());
    }
    LongFunction<@Nullable FileIdentity> resolver = known::get;
    for (RecordPosition record : found.scan().records()) {
      try (Arena arena = Arena.ofConfined()) {
        List<ChangeSet> layers = decode(record, arena).layers();
        for (ChangeSet layer : layers) {
          if (layer.layer() > mark.value().layer()) {
            boolean whole = layer.layer() == layers.getLast().layer();
            long checkpoint = record.checkpointNumber() - (whole ? 0 : 1);
            known.putAll(
                applier.apply(layer, resolver::apply, () -> mark.write(layer.layer(), checkpoint)));
            observer.applied(layer.layer());
          }
        }
      }
    }
    if (found.checkpoint() > mark.value().checkpointNumber()) {
      mark.write(mark.value().layer(), found.checkpoint());
    }
    long applied = mark.value().layer();
    applier.clean(applied, applied + 1);
  }
}
