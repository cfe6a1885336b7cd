package dev.vfo.testkit.history;

/** An operation on the whole: checkpoints, background work, leaving and coming back. */
public sealed interface ControlOperation extends Operation {
  @Override
  default boolean changesTree() {
    return false;
  }

  /** Whether it decides a checkpoint. */
  default boolean commits() {
    return this instanceof Checkpoint || this instanceof Commit;
  }

  /**
   * Ends the step and decides it with all that is sealed.
   *
   * @param state what the program wants to be told after a crash
   */
  record Checkpoint(Payload state) implements ControlOperation {}

  /**
   * Ends the step, in memory.
   *
   * @param slot a number for {@link Commit} to name it by
   */
  record Seal(int slot) implements ControlOperation {}

  /**
   * Decides a sealed step with all before it.
   *
   * @param slot its number
   * @param state as in {@link Checkpoint}
   */
  record Commit(int slot, Payload state) implements ControlOperation {}

  /** Goes back to the last checkpoint. */
  record Rollback() implements ControlOperation {}

  /** Writes all committed layers to the root. */
  record AwaitApplied() implements ControlOperation {}

  /** Does one step of background work, if there is any. */
  record RunBackground() implements ControlOperation {}

  /** Closes and opens again: the step and what is sealed are dropped, all handles are gone. */
  record Reopen() implements ControlOperation {}
}
