package dev.vfo.testkit.history;

/** Moves that have to do with checkpoints. */
final class ControlMoves {
  private static final int MAX_SEALED = 4;

  private final Draft draft;
  private int slots;

  ControlMoves(Draft draft) {
    this.draft = draft;
  }

  void checkpoint() {
    draft.emit(new ControlOperation.Checkpoint(state()));
  }

  void seal() {
    if (draft.model().sealedSlots().size() < MAX_SEALED) {
      draft.emit(new ControlOperation.Seal(++slots));
    } else {
      commit();
    }
  }

  void commit() {
    Integer slot = draft.oneOf(draft.model().sealedSlots());
    if (slot != null) {
      draft.emit(new ControlOperation.Commit(slot, state()));
    }
  }

  void rollback() {
    draft.emit(new ControlOperation.Rollback());
  }

  void awaitApplied() {
    draft.emit(new ControlOperation.AwaitApplied());
  }

  void background() {
    for (int i = draft.below(4); i >= 0; i--) {
      draft.emit(new ControlOperation.RunBackground());
    }
  }

  void reopen() {
    draft.emit(new ControlOperation.Reopen());
  }

  /**
   * In most cases a few bytes, sometimes the last ones again, seldom so many that they need a file
   * of their own.
   */
  private Payload state() {
    Payload last = draft.model().last().state();
    if (last != null && draft.oneIn(5)) {
      return last;
    }
    return switch (draft.below(40)) {
      case 0 -> draft.payload(70_000);
      case 1, 2 -> draft.payload(3000 + draft.below(3000));
      case 3, 4 -> Payload.EMPTY;
      default -> draft.payload(1 + draft.below(30));
    };
  }
}
