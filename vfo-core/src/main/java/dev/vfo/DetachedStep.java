package dev.vfo;

import dev.vfo.checkpoint.DetachedEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/**
 * A step over a root that others may use and change meanwhile. Nothing of it is seen in the root
 * until a manager of the root commits it, all at once; until then it is kept in a folder of its
 * own, also over a crash once it is parked. Thread safe.
 *
 * <p>There may be several over one root. Files that the step does not change are read from the root
 * as they are; no stable view of them is promised.
 */
public final class DetachedStep implements AutoCloseable {
  private final DetachedEngine engine;
  private final EntryOperations entries;
  private final FileTree tree;

  private DetachedStep(DetachedEngine engine) {
    this.engine = engine;
    this.entries = new EntryOperations(engine.files());
    this.tree = new FileTree(entries);
  }

  /**
   * Begins a step, or goes on with one that was parked. The root is recovered before, if a crash
   * left something to do, and must not be open just then.
   *
   * @param folder where the step is kept: made when it is not there, in a directory that is
   * @throws RootInUseException when a manager has the root, or somebody the step
   * @throws ForeignChangeException when the root has something else now where the parked step
   *     changed it
   * @throws CopiedRootException when it was parked over another directory
   * @throws StepCommittedException when it was committed by a process that ended before it could
   *     say so
   * @throws StuckApplyException when what is committed cannot be applied
   * @throws UnusableRootException when root or folder cannot serve
   * @throws DamagedStepException when the step's folder was damaged
   * @throws CorruptJournalException when the root's journal was
   */
  public static DetachedStep open(Path root, Path folder, Options options) throws IOException {
    return new DetachedStep(DetachedEngine.open(root, folder, options));
  }

  /**
   * Removes a parked step, whatever became of its root.
   *
   * @throws RootInUseException when somebody has it open
   * @throws UnusableRootException when there is no step in the folder
   */
  public static void discard(Path folder, Options options) throws IOException {
    DetachedEngine.discard(folder, options);
  }

  /** The files as the step sees them, by path. */
  public FileTree tree() {
    return tree;
  }

  /** The files as the step sees them, by number. */
  public EntryOperations entries() {
    return entries;
  }

  /** Whether something of it is parked. */
  public boolean isParked() {
    return engine.isParked();
  }

  /**
   * The net change of the step, parked or not, by ascending path: what was undone in it is not
   * told, nor that a directory's time changed.
   */
  public List<Change> changes() throws IOException {
    return engine.changes();
  }

  /**
   * Makes what was changed so far durable in the step's folder; the step goes on above it.
   *
   * @throws NoSpaceException when there is no room; nothing is lost
   * @throws FailedManagerException when the folder cannot be written; open it again
   */
  public void park() throws IOException {
    engine.park();
  }

  /** Back to what was parked last. Handles opened since then are stale. */
  public void rollback() throws IOException {
    engine.rollback();
    entries.listeners().forEach(ChangeListener::rolledBack);
  }

  /**
   * Commits the step as one checkpoint of its root; then it is closed, and its folder is gone.
   * After a crash anywhere in this the root has all of it or nothing.
   *
   * @param manager of the root, without changes of its own since its last checkpoint
   * @param state committed with it
   * @throws ForeignChangeException when the root has something else now where the step changed it;
   *     nothing is written, the step stays
   * @throws IllegalStateException when the manager has changes of its own
   * @throws IllegalArgumentException when it is no manager of the step's root
   * @throws NoSpaceException when there is no room; the step stays, and the manager is rolled back
   */
  public Checkpoint commitTo(VirtualFileManager manager, State state) throws IOException {
    return manager.adopt(to -> engine.commitTo(to, state));
  }

  /**
   * Parks the step and chooses changes of it that can be committed by themselves. A change brings
   * along what it needs: the directories that are made for it, the other end of a rename, all other
   * changes of the same file and its names, and with a removed directory what is removed from it.
   *
   * @param wanted says it of each of {@link #changes}
   */
  public Selection select(Predicate<Change> wanted) throws IOException {
    return new Selection(engine.select(wanted));
  }

  /** Changes of a step that can be committed by themselves. */
  public static final class Selection {
    private final DetachedEngine.Part part;

    private Selection(DetachedEngine.Part part) {
      this.part = part;
    }

    /** All that it has. */
    public List<Change> changes() {
      return part.taken();
    }

    /** Those of them that were not wanted, and that the wanted ones need. */
    public List<Change> besides() {
      return part.besides();
    }
  }

  /**
   * The same as {@link #commitTo(VirtualFileManager, State)} for a part of the step; the rest of it
   * is dropped.
   *
   * @throws IllegalArgumentException also when the selection is of another step, or the step was
   *     changed since
   */
  public Checkpoint commitTo(VirtualFileManager manager, State state, Selection selection)
      throws IOException {
    return manager.adopt(to -> engine.commitTo(to, state, selection.part));
  }

  /** Drops the step, and what was parked of it; it is closed then. */
  public void discard() throws IOException {
    engine.discard();
  }

  /** Drops what was not parked, as a crash would. */
  @Override
  public void close() throws IOException {
    engine.close();
  }
}
