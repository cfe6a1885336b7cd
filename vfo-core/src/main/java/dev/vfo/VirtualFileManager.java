package dev.vfo;

import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.EntryChange;
import dev.vfo.checkpoint.DetachedEngine;
import dev.vfo.checkpoint.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The owner of a root: all changes that a program makes through its tree are one step, until a
 * checkpoint makes them durable, all of them and the program's state at once, or a rollback drops
 * them. Between checkpoints nothing is seen in the root. Thread safe.
 *
 * <p>A call goes from here to {@link Engine}, which seals and commits; a file operation from {@link
 * FileTree} (paths) to {@link EntryOperations} (numbers), to the namespace or the content in
 * memory, and to the home file where no layer has the answer. What is promised is in {@code
 * docs/guarantees.md}.
 */
public final class VirtualFileManager implements AutoCloseable {
  private final Engine engine;
  private final EntryOperations entries;
  private final FileTree tree;
  private final Descriptors descriptors;

  private VirtualFileManager(Engine engine) {
    this.engine = engine;
    this.entries = new EntryOperations(engine.files());
    this.tree = new FileTree(entries);
    this.descriptors = new Descriptors(entries, tree);
  }

  /**
   * Opens a root, and brings it to its last checkpoint if a crash left it elsewhere. What cannot be
   * written to the root for the moment is read through the journal's content, and {@link #status}
   * says why.
   *
   * @throws UnusableRootException when the directory cannot be managed
   * @throws RootInUseException when another manager has it
   * @throws CopiedRootException when it is a copy that is not complete
   * @throws CorruptJournalException when its journal was damaged
   * @throws NewerFormatException when a newer VFO wrote it
   * @throws NoSpaceException when there is no room to open it
   */
  public static VirtualFileManager open(Path root, Options options) throws IOException {
    VirtualFileManager manager = new VirtualFileManager(Engine.open(root, options));
    boolean opened = false;
    try {
      manager.engine.attach(manager.descriptors.source());
      opened = true;
      return manager;
    } finally {
      if (!opened) {
        manager.close();
      }
    }
  }

  /** The last checkpoint with its state: where the program is to go on. Empty in a new root. */
  public Optional<Checkpoint> lastCheckpoint() {
    return engine.lastCheckpoint();
  }

  /** The files, by path. */
  public FileTree tree() {
    return tree;
  }

  /**
   * A tree of its own, which no path of the root's tree leads to: for files that belong to the
   * program's state, as the private {@code /tmp} of a job does. Its files are part of the same
   * steps and checkpoints. At home it is {@code .vfo/private/NAME}; it is made empty, and durably,
   * when it is asked for first, and {@code vfo detach} refuses as long as it is there. Nothing can
   * be renamed or linked from one tree to another: EXDEV.
   *
   * @param name a file name
   */
  public FileTree hiddenTree(String name) throws IOException {
    return new FileTree(entries, entries.hiddenTree(engine.makeHiddenTree(FileTree.name(name))));
  }

  /** The files, by small integers that are part of the checkpoint: for process-like programs. */
  public Descriptors descriptors() {
    return descriptors;
  }

  /** The files, by number: for doors such as a FUSE daemon. */
  public EntryOperations entries() {
    return entries;
  }

  /** {@link #checkpoint(State)} with bytes. */
  public Checkpoint checkpoint(byte[] state) throws IOException {
    return checkpoint(State.of(state));
  }

  /**
   * Ends the step: its changes and the state are durable when this returns (G3). Without a change,
   * and with an equal state, it costs no I/O and returns the last checkpoint.
   *
   * @throws NoSpaceException when there is no room; nothing is lost, the step goes on
   * @throws StuckApplyException when too many checkpoints wait to be applied; likewise
   * @throws UndecidedException when prepared checkpoints wait for a decision; likewise
   * @throws FailedManagerException when the journal cannot be written; the root is to be opened
   *     again
   */
  public Checkpoint checkpoint(State state) throws IOException {
    return engine.checkpoint(state);
  }

  /** Closes the step in memory, without any I/O; the program goes on in the next one. */
  public SealedStep seal() throws FailedManagerException {
    return new SealedStep(engine.seal());
  }

  /**
   * Decides a sealed step, and all that were sealed before it, in one record. Throws as {@link
   * #checkpoint(State)} does.
   *
   * @throws IllegalArgumentException when the step was decided with a later one, or dropped by a
   *     rollback
   */
  public Checkpoint commit(SealedStep step, State state) throws IOException {
    return engine.commit(step.layer(), state);
  }

  /**
   * The first of two phases: makes a sealed step durable, with all that were sealed and not
   * prepared before it, and decides nothing: {@link #commit(String)} or {@link #abort} does. The
   * program may go on above it, and prepare more; meanwhile nothing is committed or rolled back
   * otherwise. After a crash {@link #undecided} has what was prepared, and until all of it is
   * decided nothing can be changed (EROFS).
   *
   * @param id the name that it is decided by: 1 to 255 bytes of UTF-8 without control characters
   * @throws IllegalArgumentException when the id is none or taken, or the step was decided or
   *     dropped
   * @throws UndecidedException when too many wait ({@link Options#withMaxPreparedCheckpoints}), or
   *     those of an earlier process do
   * @throws NoSpaceException when there is no room; nothing is lost, the step stays
   * @throws ForeignChangeException when another program changed what the step changes
   */
  public PreparedCheckpoint prepare(SealedStep step, String id, State state) throws IOException {
    return engine.prepare(step.layer(), id, state);
  }

  /**
   * The second phase: a prepared checkpoint, with all that were prepared before it, is made. The
   * number is that of the decision, so numbers may skip.
   *
   * @throws IllegalArgumentException when nothing is prepared with this id
   * @throws ForeignChangeException when another program changed meanwhile what it changes; it stays
   *     prepared
   */
  public Checkpoint commit(String id) throws IOException {
    return engine.commit(id);
  }

  /**
   * Drops a prepared checkpoint with all that was done after it, prepared or not, as {@link
   * #rollback} does.
   *
   * @throws IllegalArgumentException when nothing is prepared with this id
   */
  public void abort(String id) throws IOException {
    engine.abort(id);
    entries.listeners().forEach(ChangeListener::rolledBack);
  }

  /**
   * What this opening left as other programs had made it, with {@link ConflictPolicy#THEIRS},
   * though the last checkpoint changed it: paths relative to the root, in order. Empty when nothing
   * was in the way.
   */
  public List<String> givenUp() {
    return engine.givenUp();
  }

  /** The prepared checkpoints that are not decided, oldest first. */
  public List<PreparedCheckpoint> undecided() {
    return engine.undecided();
  }

  /**
   * Drops the step and all that is sealed: back to the last checkpoint. Handles opened since then
   * are stale; descriptors are those of the last checkpoint.
   *
   * @throws UndecidedException when prepared checkpoints wait for a decision
   */
  public void rollback() throws IOException {
    engine.rollback();
    entries.listeners().forEach(ChangeListener::rolledBack);
  }

  /**
   * Waits until the root has all that was committed: then it is an ordinary tree, complete without
   * {@code .vfo} (G8).
   *
   * @throws StuckApplyException when a layer cannot be applied
   */
  public void awaitApplied() throws IOException {
    engine.awaitApplied();
  }

  /**
   * Does one step of the background work in the caller's thread; for programs that give no executor
   * a chance, and for tests.
   *
   * @return whether there was something to do
   */
  public boolean doBackgroundWork() throws IOException {
    return engine.doWork();
  }

  /** What commits a detached step to an engine. */
  interface Adoption {
    DetachedEngine.Committed to(Engine engine) throws IOException;
  }

  Checkpoint adopt(Adoption adoption) throws IOException {
    DetachedEngine.Committed committed = adoption.to(engine);
    for (ChangeSet layer : committed.changes()) {
      layer.names().forEach(name -> entries.fireName(name.directory(), name.name()));
      for (EntryChange change : layer.entries()) {
        if (!change.isReference()) {
          entries.fireEntry(change.number());
        }
      }
    }
    return committed.checkpoint();
  }

  /** How it is doing. */
  public Status status() {
    return new Status(
        engine.lastCheckpoint().map(Checkpoint::number).orElse(0L),
        engine.unappliedLayers(),
        engine.files().memoryBytes(),
        engine.stuck(),
        engine.failure());
  }

  /**
   * Drops the step, as a crash would, and waits until what is committed is in the root. Calls of
   * other threads that run meanwhile are finished, or get {@link FailedManagerException}.
   *
   * @throws StuckApplyException when a layer cannot be applied; it is closed all the same, and the
   *     journal has the layer
   */
  @Override
  public void close() throws IOException {
    engine.close();
  }
}
