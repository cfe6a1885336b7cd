package dev.vfo.checkpoint;

import dev.vfo.Checkpoint;
import dev.vfo.FailedManagerException;
import dev.vfo.NoSpaceException;
import dev.vfo.Options;
import dev.vfo.State;
import dev.vfo.StuckApplyException;
import dev.vfo.apply.ApplyCost;
import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.Commit;
import dev.vfo.changes.CommitCodec;
import dev.vfo.changes.DescriptorTable;
import dev.vfo.changes.EntryChange;
import dev.vfo.journal.Adoption;
import dev.vfo.journal.RootId;
import dev.vfo.overlay.FileEntry;
import dev.vfo.overlay.Layer;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The engine of one open root: seals steps, commits them, goes back. Thread safe; commits are made
 * one at a time, and hold nobody up but each other.
 *
 * <p>A commit, in order: the change sets are taken from the sealed layers; space for applying them
 * is reserved and room in the journal made, and it is looked whether other programs have changed
 * what the step builds on, all of which may fail without damage; the record is written, and
 * decides; the layers go to the {@link ApplyQueue}.
 */
public final class Engine implements AutoCloseable {
  private static final long SPARE_INODES = 16;

  private final Options options;
  private final OpenRoot root;
  private final EngineParts parts;
  private final CommitLog log;
  private final Reserve reserve;
  private final States states;
  private final TableHistory tables;
  private final ApplyQueue queue;
  private final BackgroundWork background;
  private final Health health;
  private final StepFiles files;
  private final ForeignCheck foreign;
  private final Rollbacks rollbacks = new Rollbacks();
  private final ReentrantLock commitLock = new ReentrantLock();
  private volatile @Nullable Checkpoint last;
  private long committedLayer;

  private Engine(Options options, OpenRoot root) throws IOException {
    this.options = options;
    this.root = root;
    this.parts = root.parts();
    this.health = new Health(root.name());
    this.files = new StepFiles(parts, options.storage(), health, rollbacks, this::awaitApplied);
    this.log = new CommitLog(root.journal(), health);
    this.reserve = root.reserve();
    this.states = root.states();
    this.tables = root.tables();
    this.last = root.last();
    this.committedLayer = parts.layers().active().number() - 1;
    long number = last == null ? 0 : last.number();
    this.queue =
        new ApplyQueue(
            parts,
            root.applier(),
            root.journal(),
            root.mark(),
            reserve,
            health::journalFailed,
            number);
    this.foreign = new ForeignCheck(parts, queue);
    this.background = new BackgroundWork(queue, options, health::isOver, root::note);
    if (root.unapplied().reason() != null) {
      queue.restore(root.unapplied());
      root.note("not all is applied", root.unapplied().reason());
      background.start();
    }
  }

  /** Opens a root and recovers it. */
  public static Engine open(Path path, Options options) throws IOException {
    OpenRoot root = OpenRoot.open(path, options);
    boolean opened = false;
    try {
      Engine engine = new Engine(options, root);
      opened = true;
      return engine;
    } finally {
      if (!opened) {
        root.close();
      }
    }
  }

  /** Takes the program's descriptors over, which begin as the last checkpoint had them. */
  public void attach(DescriptorSource descriptors) throws IOException {
    tables.attach(descriptors);
  }

  /** The files as the running step sees them. */
  public StepFiles files() {
    return files;
  }

  /** The last checkpoint. */
  public Optional<Checkpoint> lastCheckpoint() {
    return Optional.ofNullable(last);
  }

  /** How many committed layers are not applied. */
  public int unappliedLayers() {
    return queue.size();
  }

  /** Why apply cannot go on, if it cannot. */
  public Optional<String> stuck() {
    return queue.stuck().map(e -> String.valueOf(e.getMessage()));
  }

  /** Why nothing is done any more, if so. */
  public Optional<String> failure() {
    return health.failure();
  }

  /** Closes the active layer, in memory; returns its number. */
  public long seal() throws FailedManagerException {
    health.requireOpen();
    return tables.seal();
  }

  /** Seals the active layer and commits it, as one: no other checkpoint comes between. */
  public Checkpoint checkpoint(State state) throws IOException {
    commitLock.lock();
    try {
      return commit(seal(), state);
    } finally {
      commitLock.unlock();
    }
  }

  /** Commits the layers up to a sealed one, with a state. */
  public Checkpoint commit(long layer, State state) throws IOException {
    commitLock.lock();
    try {
      health.requireOpen();
      List<Layer> layers = parts.layers().sealedUpTo(layer);
      if (layers.stream().noneMatch(each -> each.number() == layer)) {
        throw new IllegalArgumentException(
            "sealed step " + layer + " was decided with a later one, or dropped by a rollback");
      }
      List<Layer> changed = layers.stream().filter(each -> !each.isUnchanged()).toList();
      Checkpoint before = last;
      if (changed.isEmpty()
          && before != null
          && before.state().equals(state)
          && tables.isUnchanged(layer)) {
        parts.layers().discard(layers);
        committedLayer = Math.max(committedLayer, layer);
        tables.forget(layer);
        return before;
      }
      queue.drainTo(options.maxUnappliedLayers() - 1);
      Checkpoint made = decide(changed, layer, state);
      finish(layers, layer, made);
      return made;
    } finally {
      commitLock.unlock();
    }
  }

  /**
   * What became of a detached step.
   *
   * @param checkpoint where it is
   * @param changes what it changed, in numbers of this manager
   */
  record Adopted(Checkpoint checkpoint, List<ChangeSet> changes) {}

  /**
   * Makes the layers of a detached step one checkpoint. Nothing else is changed meanwhile.
   *
   * @param step whose layers they are
   * @param layers oldest first
   */
  Adopted adopt(DetachedFolder step, List<ChangeSet> layers, State state) throws IOException {
    commitLock.lock();
    try {
      health.requireOpen();
      // Then home has everything, and the layers lie directly above it.
      queue.drainTo(0);
      Lock lock = tables.lock();
      lock.lock();
      try {
        return parts.layers().alone(() -> adoptAlone(step, layers, state));
      } finally {
        lock.unlock();
      }
    } finally {
      commitLock.unlock();
    }
  }

  private Adopted adoptAlone(DetachedFolder step, List<ChangeSet> layers, State state)
      throws IOException {
    requireAdoptable(step);
    new ParkedCheck(options.storage(), root.fd(), step.name()).requireUnchanged(layers);
    Checkpoint before = last;
    Adoption adoption = new Adoption(step.id(), before == null ? 0 : before.number());
    boolean decided = false;
    try {
      beginAdoption(adoption);
      List<ChangeSet> loaded =
          new Adopter(parts).load(step, layers, EngineParts.nanos(options.clock().instant()));
      Checkpoint made = commit(tables.seal(), state);
      decided = true;
      return new Adopted(made, loaded);
    } finally {
      // After a failed write nobody knows whether it was decided: opening again finds out.
      if (!decided && !health.isOver()) {
        withdraw(adoption);
      }
    }
  }

  private void withdraw(Adoption adoption) throws IOException {
    try {
      rollBack();
    } finally {
      endAdoption(adoption);
    }
  }

  private void requireAdoptable(DetachedFolder step) {
    FileIdentity here = parts.table().root().home();
    if (!Objects.equals(here, step.parts().table().root().home())) {
      throw new IllegalArgumentException(step.name() + " is no step over " + root.name());
    }
    if (!parts.layers().isUnchanged()) {
      throw new IllegalStateException(
          root.name()
              + " has a step of its own with changes: checkpoint or roll back before "
              + step.name()
              + " is committed");
    }
  }

  private void beginAdoption(Adoption adoption) throws IOException {
    try {
      root.adoptions().begin(adoption);
    } catch (StorageException e) {
      throw e.isNoSpace() ? noSpace(e.getMessage(), e) : e;
    }
  }

  // One that stayed would be taken for committed after the next checkpoint.
  private void endAdoption(Adoption adoption) throws IOException {
    try {
      root.adoptions().end(adoption);
    } catch (IOException e) {
      throw health.journalFailed(e);
    }
  }

  /** Takes down what went wrong without harm. */
  void note(String what, Exception cause) {
    root.note(what, cause);
  }

  /** Forgets a step that was committed and of which nothing is left. */
  void adopted(RootId step) throws IOException {
    commitLock.lock();
    try {
      Optional<Adoption> adoption = root.adoptions().find(step);
      if (adoption.isPresent()) {
        root.adoptions().end(adoption.get());
      }
    } finally {
      commitLock.unlock();
    }
  }

  private Checkpoint decide(List<Layer> layers, long layer, State state) throws IOException {
    Checkpoint before = last;
    long number = before == null ? 1 : before.number() + 1;
    Instant now = options.clock().instant();
    List<ChangeSet> changes = parts.extract(layers);
    // Afterwards: a name that is found meanwhile then makes an orphan too many, not one too few.
    DescriptorTable descriptors = tables.of(layer);
    States.Saved saved;
    boolean decided = false;
    try (Arena arena = Arena.ofShared()) {
      saved = save(number, state);
      MemorySegment payload = prepare(now, layers, changes, saved, descriptors, arena);
      log.append(number, layers, payload);
      decided = true;
    } finally {
      if (!decided) {
        layers.forEach(Layer::forgetChangeSet);
      }
    }
    List<PendingLayer> pending = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      pending.add(new PendingLayer(number, layers.get(i), changes.get(i)));
    }
    parts.layers().commit(layers);
    queue.add(pending, number);
    tables.committed(layer, descriptors);
    return new Checkpoint(number, now, states.committed(saved, state));
  }

  private States.Saved save(long number, State state) throws IOException {
    try {
      return states.save(number, state);
    } catch (StorageException e) {
      throw e.isNoSpace() ? noSpace(e.getMessage(), e) : e;
    }
  }

  // Everything that may fail without damage; after a failure the step is as it was.
  private MemorySegment prepare(
      Instant now,
      List<Layer> layers,
      List<ChangeSet> changes,
      States.Saved state,
      DescriptorTable descriptors,
      Arena arena)
      throws IOException {
    List<Long> reserved = new ArrayList<>();
    boolean prepared = false;
    try {
      requireInodes(changes);
      for (ChangeSet change : changes) {
        reserve.grow(change.layer(), ApplyCost.of(change).totalBytes());
        reserved.add(change.layer());
      }
      Commit commit =
          new Commit(
              EngineParts.nanos(now),
              parts.table().nextVirtual(),
              state.bytes(),
              changes,
              descriptors);
      long bytes = CommitCodec.encodedBytes(commit);
      requireDisk(bytes);
      log.makeRoom(bytes);
      MemorySegment payload = arena.allocate(bytes, 8);
      CommitCodec.encode(commit, payload);
      foreign.run(layers);
      prepared = true;
      return payload;
    } catch (IllegalArgumentException e) {
      // What was moved while the step ran can have two names in it, or two have one.
      foreign.run(layers);
      throw e;
    } catch (StorageException e) {
      if (e.isNoSpace()) {
        throw noSpace(e.getMessage(), e);
      }
      throw e;
    } finally {
      if (!prepared) {
        states.dropped(state);
        for (long layer : reserved) {
          reserve.release(layer);
        }
      }
    }
  }

  private NoSpaceException noSpace(@Nullable String reason, @Nullable Exception cause) {
    String message =
        root.name() + ": no room for a checkpoint (" + reason + "); make room and try again";
    return cause == null ? new NoSpaceException(message) : new NoSpaceException(message, cause);
  }

  private void requireInodes(List<ChangeSet> changes) throws IOException {
    long made =
        changes.stream()
            .flatMap(set -> set.entries().stream())
            .filter(EntryChange::created)
            .count();
    if (made > 0 && root.freeInodes() < made + SPARE_INODES) {
      throw noSpace("too few inodes are free", null);
    }
  }

  private void requireDisk(long bytes) throws IOException {
    if (root.usedBytes() > options.diskBytes() - bytes) {
      queue.drainTo(0);
      states.removeUnused();
      if (root.usedBytes() > options.diskBytes() - bytes) {
        throw noSpace("the bound of " + options.diskBytes() + " bytes for .vfo is reached", null);
      }
    }
  }

  private void finish(List<Layer> layers, long layer, Checkpoint made) throws IOException {
    parts.layers().discard(layers);
    committedLayer = Math.max(committedLayer, layer);
    last = made;
    try {
      states.removeOlder(made.number());
    } catch (StorageException e) {
      // The checkpoint is made; an old state that stays is only space, and the next one tries
      // again.
      root.note("an old state could not be removed", e);
    }
    background.start();
  }

  /** Does one step of the background work in the caller's thread; false when there was none. */
  public boolean doWork() throws IOException {
    return queue.doWork();
  }

  /** Does all background work in the caller's thread. */
  public void awaitApplied() throws StuckApplyException, FailedManagerException {
    health.requireOpen();
    queue.drain();
    if (queue.size() > 0) {
      // Closed meanwhile, with a layer that could not be applied.
      health.requireOpen();
    }
  }

  /** Goes back to the last checkpoint: drops the active layer and the sealed ones. */
  public void rollback() throws IOException {
    commitLock.lock();
    try {
      health.requireOpen();
      rollBack();
    } finally {
      commitLock.unlock();
    }
  }

  private void rollBack() throws IOException {
    Lock lock = tables.lock();
    lock.lock();
    try {
      drop(parts.knowledge()::lookAgain);
      tables.rolledBack();
    } finally {
      lock.unlock();
    }
  }

  private void drop(Consumer<FileEntry> changed) {
    parts
        .layers()
        .dropUndecided(
            parts.names().lock().writeLock(), next -> rollbacks.add(committedLayer, next), changed);
  }

  private void closeRoot(boolean clean) throws IOException {
    try {
      if (clean) {
        root.tellClosedClean();
      }
    } finally {
      root.close();
    }
  }

  /**
   * Drops the step, applies what is committed, and closes. Calls that run meanwhile are finished,
   * or say that it is closed.
   */
  @Override
  public void close() throws IOException {
    commitLock.lock();
    try {
      if (health.isClosed()) {
        return;
      }
      // First: nobody is to be told of the rollback that is a part of it.
      health.close();
      boolean clean = false;
      try {
        if (health.failure().isEmpty()) {
          drop(entry -> {});
          queue.drain();
          clean = true;
        }
      } finally {
        queue.close();
        closeRoot(clean);
      }
    } finally {
      commitLock.unlock();
    }
  }
}
