package dev.vfo.checkpoint;

import dev.vfo.Checkpoint;
import dev.vfo.FailedManagerException;
import dev.vfo.Options;
import dev.vfo.PreparedCheckpoint;
import dev.vfo.State;
import dev.vfo.StuckApplyException;
import dev.vfo.UndecidedException;
import dev.vfo.changes.ChangeSet;
import dev.vfo.journal.Adoption;
import dev.vfo.journal.RootId;
import dev.vfo.overlay.FileEntry;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The engine of one open root: seals steps, commits them, goes back. Thread safe; commits are made
 * one at a time, and hold nobody up but each other.
 *
 * <p>What a commit is, {@link CommitWriter} says; its layers then go to the {@link ApplyQueue}.
 */
public final class Engine implements AutoCloseable {
  private final Options options;
  private final OpenRoot root;
  private final EngineParts parts;
  private final CommitWriter writer;
  private final Committer committer;
  private final TableHistory tables;
  private final ApplyQueue queue;
  private final BackgroundWork background;
  private final Health health;
  private final StepFiles files;
  private final Rollbacks rollbacks = new Rollbacks();
  private final ReentrantLock commitLock = new ReentrantLock();

  private Engine(Options options, OpenRoot root) throws IOException {
    this.options = options;
    this.root = root;
    this.parts = root.parts();
    this.health = new Health(root.name());
    this.files = new StepFiles(parts, options.storage(), health, rollbacks, this::awaitApplied);
    this.tables = root.tables();
    this.queue =
        new ApplyQueue(
            parts,
            root.applier(),
            root.journal(),
            root.mark(),
            root.reserve(),
            health::journalFailed,
            root.decided());
    CommitLog log = new CommitLog(root.journal(), root.lastRecord(), health);
    this.writer = new CommitWriter(options, root, log, queue);
    this.committer = new Committer(options, root, writer, queue);
    this.background = new BackgroundWork(queue, options, health::isOver, root::note);
    queue.restore(root.plans());
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

  /**
   * Makes the home directory of a hidden tree, unless it is there.
   *
   * @return where it is in the folder that programs never see
   */
  public List<Name> makeHiddenTree(Name name) throws IOException {
    return files.run(() -> root.hiddenTrees().make(name));
  }

  /** The last checkpoint. */
  public Optional<Checkpoint> lastCheckpoint() {
    return committer.last();
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
    return committing(() -> committer.commit(layer, state));
  }

  /** Makes the layers up to a sealed one durable, to be decided later. */
  public PreparedCheckpoint prepare(long layer, String id, State state) throws IOException {
    return committing(() -> committer.prepare(layer, id, state));
  }

  /** Decides what was prepared, up to an id. */
  public Checkpoint commit(String id) throws IOException {
    return committing(() -> committer.commit(id));
  }

  /** Drops what was prepared, from an id on, and all that was done since. */
  public void abort(String id) throws IOException {
    commitLock.lock();
    try {
      health.requireOpen();
      Lock lock = tables.lock();
      lock.lock();
      try {
        committer.abort(id);
        drop(parts.knowledge()::lookAgain);
        tables.rolledBack(committer.keptLayer());
      } finally {
        lock.unlock();
      }
      background.start();
    } finally {
      commitLock.unlock();
    }
  }

  /** What the opening left to other programs, by path. */
  public List<String> givenUp() {
    return root.givenUp();
  }

  /** What is prepared and not decided, oldest first. */
  public List<PreparedCheckpoint> undecided() {
    return committer.undecided();
  }

  private interface Commit<T> {
    T make() throws IOException;
  }

  private <T> T committing(Commit<T> commit) throws IOException {
    commitLock.lock();
    try {
      health.requireOpen();
      T made = commit.make();
      background.start();
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
    new ParkedCheck(options.storage(), root.fd(), "try again, or discard " + step.name())
        .requireUnchanged(layers);
    Adoption adoption = new Adoption(step.id(), writer.lastRecord());
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

  private void requireAdoptable(DetachedFolder step) throws UndecidedException {
    committer.requireDecided();
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
      throw e.isNoSpace() ? writer.noSpace(e.getMessage(), e) : e;
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
      committer.requireDecided();
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
      tables.rolledBack(committer.keptLayer());
    } finally {
      lock.unlock();
    }
  }

  private void drop(Consumer<FileEntry> changed) {
    long kept = committer.keptLayer();
    parts
        .layers()
        .dropAbove(
            kept, parts.names().lock().writeLock(), next -> rollbacks.add(kept, next), changed);
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
          clean = committer.undecided().isEmpty();
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
