package dev.vfo.testkit.history;

import dev.vfo.testkit.model.FileModel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a subject should do: a {@link FileModel} and a copy of it for each sealed step and for the
 * last checkpoint. Crashes are not its business.
 */
public final class CheckpointModel {
  /**
   * A checkpoint.
   *
   * @param ordinal 0 for the first tree, then counts the decisions; not the subject's number, which
   *     stays the same when nothing changed
   * @param state null for the first tree
   * @param tree not to be changed
   * @param changes how many operations had changed the tree
   */
  public record Decided(int ordinal, @Nullable Payload state, FileModel tree, long changes) {}

  private record Sealed(int slot, FileModel tree, long changes) {}

  private FileModel files;
  private final List<Sealed> sealed;
  private Decided last;
  private long changes;
  private long changesMade;

  /**
   * A subject that was opened on a tree.
   *
   * @param first the tree; becomes this model's own
   */
  public CheckpointModel(FileModel first) {
    files = first;
    sealed = new ArrayList<>();
    last = new Decided(0, null, first.copy(), 0);
  }

  /** A subject that was opened at a checkpoint. */
  public static CheckpointModel openedAt(Decided checkpoint) {
    CheckpointModel model = new CheckpointModel(checkpoint.tree().copy());
    model.last = checkpoint;
    model.changes = checkpoint.changes();
    model.changesMade = checkpoint.changes();
    model.files.closeAll();
    return model;
  }

  private CheckpointModel(CheckpointModel other) {
    files = other.files.copy();
    sealed = new ArrayList<>(other.sealed);
    last = other.last;
    changes = other.changes;
    changesMade = other.changesMade;
  }

  /** A model in the same state that can be changed without changing this one. */
  public CheckpointModel copy() {
    return new CheckpointModel(this);
  }

  /** The files as the program sees them; to be read. */
  public FileModel files() {
    return files;
  }

  /** The last checkpoint. */
  public Decided last() {
    return last;
  }

  /** The slots of the sealed steps that are not decided, oldest first. */
  public List<Integer> sealedSlots() {
    return sealed.stream().map(Sealed::slot).toList();
  }

  /**
   * Whether an operation makes sense now: a number that it gives is free, a slot that it names is
   * there. Others are left out of a history when it is run, so that any part of a history is one.
   */
  public boolean allows(Operation operation) {
    return switch (operation) {
      case FileOperation.Open open -> !files.openHandles().contains(open.handle());
      case FileOperation.OpenUnnamed open -> !files.openHandles().contains(open.handle());
      case ControlOperation.Seal seal -> !sealedSlots().contains(seal.slot());
      case ControlOperation.Commit commit -> sealedSlots().contains(commit.slot());
      default -> true;
    };
  }

  /** Performs an operation that is allowed. */
  public Outcome perform(Operation operation) {
    switch (operation) {
      case FileOperation file -> {
        Outcome outcome = Outcome.of(file, files);
        if (operation.changesTree() && !outcome.isError()) {
          changes = ++changesMade;
        }
        return outcome;
      }
      case ControlOperation control -> control(control);
    }
    return Outcome.DONE;
  }

  private void control(ControlOperation operation) {
    switch (operation) {
      case ControlOperation.Checkpoint(Payload state) -> {
        seal(-1);
        commit(-1, state);
      }
      case ControlOperation.Seal(int slot) -> seal(slot);
      case ControlOperation.Commit(int slot, Payload state) -> commit(slot, state);
      case ControlOperation.Rollback() -> rollback();
      case ControlOperation.Reopen() -> reopen();
      case ControlOperation.AwaitApplied(), ControlOperation.RunBackground() -> {}
    }
  }

  private void seal(int slot) {
    sealed.add(new Sealed(slot, files.copy(), changes));
  }

  private void commit(int slot, Payload state) {
    int index = sealedSlots().indexOf(slot);
    Sealed decided = sealed.get(index);
    sealed.subList(0, index + 1).clear();
    last = new Decided(last.ordinal() + 1, state, decided.tree(), decided.changes());
  }

  private void rollback() {
    files = last.tree().restoredFrom(files);
    changes = last.changes();
    sealed.clear();
  }

  /**
   * Goes back to the last checkpoint with all handles gone: what a program finds after it was
   * closed, or killed.
   */
  public void reopen() {
    rollback();
    files.closeAll();
  }
}
