package dev.vfo;

/**
 * A detached step was committed by a process that ended before it could say so. Nothing is left to
 * do, and nothing is left of the step but its checkpoint.
 */
public final class StepCommittedException extends VfoException {
  private static final long serialVersionUID = 1L;

  private final long checkpoint;

  /** Of a step, as checkpoint number {@code checkpoint} of its root. */
  public StepCommittedException(String step, long checkpoint) {
    super(step + " was committed as checkpoint " + checkpoint + " of its root");
    this.checkpoint = checkpoint;
  }

  /** Number of the checkpoint. */
  public long checkpoint() {
    return checkpoint;
  }
}
