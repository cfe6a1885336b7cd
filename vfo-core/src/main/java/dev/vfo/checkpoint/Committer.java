package dev.vfo.checkpoint;

import dev.vfo.Checkpoint;
import dev.vfo.Options;
import dev.vfo.PreparedCheckpoint;
import dev.vfo.State;
import dev.vfo.UndecidedException;
import dev.vfo.changes.Verdict;
import dev.vfo.changes.Verdict.Undecided;
import dev.vfo.checkpoint.CommitWriter.Written;
import dev.vfo.overlay.Layer;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes checkpoints of sealed layers, at once or in two phases, and knows the last one. One thread
 * at a time; {@link #last} and {@link #undecided} from any.
 */
final class Committer {
  private final Options options;
  private final OpenRoot root;
  private final EngineParts parts;
  private final CommitWriter writer;
  private final States states;
  private final TableHistory tables;
  private final ApplyQueue queue;

  /** Oldest first; replaced as a whole. */
  private volatile List<Prepared> prepared;

  private volatile @Nullable Checkpoint last;

  /** Whether an earlier process has left what is prepared, and nothing may be changed. */
  private boolean frozen;

  private long stateRecord;
  private long keptLayer;

  Committer(Options options, OpenRoot root, CommitWriter writer, ApplyQueue queue) {
    this.options = options;
    this.root = root;
    this.parts = root.parts();
    this.writer = writer;
    this.states = root.states();
    this.tables = root.tables();
    this.queue = queue;
    this.prepared = root.undecided().prepared();
    this.frozen = !prepared.isEmpty();
    this.last = root.last();
    this.stateRecord = root.decided().stateRecord();
    this.keptLayer = parts.layers().active().number() - 1;
    if (frozen) {
      parts.layers().freeze(waiting() + ": decide them before anything is changed");
    }
  }

  /** The last checkpoint. */
  Optional<Checkpoint> last() {
    return Optional.ofNullable(last);
  }

  /** What is prepared and not decided, oldest first. */
  List<PreparedCheckpoint> undecided() {
    return prepared.stream().map(Prepared::seen).toList();
  }

  /** Number of the newest layer that a rollback keeps. */
  long keptLayer() {
    return keptLayer;
  }

  /**
   * Refuses what would decide or drop prepared checkpoints without naming them.
   *
   * @throws UndecidedException when there are any
   */
  void requireDecided() throws UndecidedException {
    if (!prepared.isEmpty()) {
      throw new UndecidedException(waiting() + ": commit or abort them first");
    }
  }

  private String waiting() {
    String ids =
        prepared.stream().map(each -> "'" + each.id() + "'").collect(Collectors.joining(", "));
    return root.name() + " has prepared checkpoints that nothing is decided of (" + ids + ")";
  }

  private List<Layer> sealedUpTo(long layer) {
    List<Layer> layers = parts.layers().sealedUpTo(layer);
    if (layers.stream().noneMatch(each -> each.number() == layer)) {
      throw new IllegalArgumentException(
          "sealed step " + layer + " was decided with a later one, or dropped by a rollback");
    }
    return layers;
  }

  private static List<Layer> changed(List<Layer> layers) {
    return layers.stream().filter(each -> !each.isUnchanged()).toList();
  }

  /** Commits the layers up to a sealed one, with a state. */
  Checkpoint commit(long layer, State state) throws IOException {
    requireDecided();
    List<Layer> layers = sealedUpTo(layer);
    List<Layer> changed = changed(layers);
    Checkpoint before = last;
    if (changed.isEmpty()
        && before != null
        && before.state().equals(state)
        && tables.isUnchanged(layer)) {
      discard(layers, layer);
      tables.forget(layer);
      return before;
    }
    queue.drainTo(options.maxUnappliedLayers() - 1);
    Written written = writer.write(changed, layer, state, Verdict.DECIDED, 0);
    parts.layers().keep(changed);
    Checkpoint made = make(written.number(), written.time(), one(written, layer, "", state));
    discard(layers, layer);
    return made;
  }

  private Prepared one(Written written, long layer, String id, State state) {
    return new Prepared(
        written.number(),
        keptLayer,
        layer,
        written.layers(),
        written.state(),
        written.descriptors(),
        new PreparedCheckpoint(id, written.time(), state));
  }

  private void discard(List<Layer> layers, long layer) {
    parts.layers().discard(layers);
    keptLayer = Math.max(keptLayer, layer);
  }

  // The record is durable that decides this one.
  private Checkpoint make(long number, Instant time, Prepared decided) throws IOException {
    return make(number, time, List.of(decided));
  }

  private Checkpoint make(long number, Instant time, List<Prepared> decided) throws IOException {
    Prepared newest = decided.getLast();
    List<PendingLayer> pending = new ArrayList<>();
    decided.forEach(each -> pending.addAll(each.layers()));
    decided.subList(0, decided.size() - 1).forEach(each -> states.dropped(each.state()));
    stateRecord = newest.record();
    queue.add(pending, decided());
    tables.committed(newest.newestLayer(), newest.descriptors());
    State state = states.committed(newest.state(), newest.seen().state());
    Checkpoint made = new Checkpoint(number, time, state);
    last = made;
    try {
      states.removeOlder(stateRecord);
    } catch (StorageException e) {
      // The checkpoint is made; an old state that stays is only space, and the next one tries
      // again.
      root.note("an old state could not be removed", e);
    }
    return made;
  }

  private ApplyQueue.Decided decided() {
    long upTo = prepared.isEmpty() ? writer.lastRecord() : prepared.getFirst().record() - 1;
    return new ApplyQueue.Decided(upTo, stateRecord);
  }

  /** Makes the layers up to a sealed one durable, to be decided later by their id. */
  PreparedCheckpoint prepare(long layer, String id, State state) throws IOException {
    Undecided verdict = new Undecided(id, layer);
    requirePreparable(id);
    List<Layer> layers = sealedUpTo(layer);
    List<Layer> changed = changed(layers);
    makeRoomInMemory(changed);
    // A decision is not to fail for want of space.
    Written written = writer.write(changed, layer, state, verdict, prepared.size() + 1);
    parts.layers().keep(changed);
    Prepared made = one(written, layer, id, state);
    List<Prepared> more = new ArrayList<>(prepared);
    more.add(made);
    prepared = List.copyOf(more);
    discard(layers, layer);
    return made.seen();
  }

  private void requirePreparable(String id) throws UndecidedException {
    if (prepared.stream().anyMatch(each -> each.id().equals(id))) {
      throw new IllegalArgumentException("there is a prepared checkpoint '" + id + "' already");
    }
    if (frozen) {
      throw new UndecidedException(
          waiting() + ", of an earlier process: commit or abort them first");
    }
    if (prepared.size() >= options.maxPreparedCheckpoints()) {
      throw new UndecidedException(
          waiting() + ", as many as may be: commit or abort some before more are prepared");
    }
  }

  // They stay where they are until they are decided, and are not to take the memory of the steps
  // that go on.
  private void makeRoomInMemory(List<Layer> layers) throws IOException {
    if (parts.pool().usedBytes() <= options.memoryBytes() / 2) {
      return;
    }
    try {
      for (Layer layer : layers) {
        layer.spill();
      }
    } catch (StorageException e) {
      throw e.isNoSpace() ? writer.noSpace(e.getMessage(), e) : e;
    }
  }

  private int indexOf(String id) {
    for (int i = 0; i < prepared.size(); i++) {
      if (prepared.get(i).id().equals(id)) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        root.name()
            + " has no prepared checkpoint '"
            + id
            + "': it was decided, or never prepared");
  }

  /** Decides a prepared checkpoint, and all before it: they are one checkpoint. */
  Checkpoint commit(String id) throws IOException {
    int index = indexOf(id);
    List<Prepared> all = prepared;
    List<Prepared> decided = all.subList(0, index + 1);
    queue.drainTo(frozen ? 0 : options.maxUnappliedLayers() - 1);
    if (frozen) {
      root.undecided().requireUnchanged(decided);
    }
    writer.requireUnchanged(
        decided.stream().flatMap(each -> each.layers().stream()).map(PendingLayer::layer).toList());
    Instant time = writer.decide(new Verdict.Commits(all.get(index).record()));
    setPrepared(all.subList(index + 1, all.size()));
    return make(writer.lastRecord(), time, decided);
  }

  /**
   * Drops a prepared checkpoint, and all after it; their layers and those above them are to be
   * dropped next.
   */
  void abort(String id) throws IOException {
    int index = indexOf(id);
    List<Prepared> all = prepared;
    List<Prepared> dropped = all.subList(index, all.size());
    writer.decide(new Verdict.Aborts(all.get(index).record()));
    setPrepared(all.subList(0, index));
    keptLayer = dropped.getFirst().layerBelow();
    dropped.forEach(each -> states.dropped(each.state()));
    giveBackAbove(keptLayer);
    queue.add(List.of(), decided());
  }

  // Also what layers hold that could not be loaded.
  private void giveBackAbove(long layer) {
    try {
      root.reserve().releaseAbove(layer);
    } catch (StorageException e) {
      // They are dropped all the same; opening again gives the space back.
      root.note("the space reserved for dropped layers could not be given back", e);
    }
  }

  private void setPrepared(List<Prepared> changed) {
    prepared = List.copyOf(changed);
    if (frozen && changed.isEmpty()) {
      frozen = false;
      parts.layers().freeze(null);
    }
  }
}
