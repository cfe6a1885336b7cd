package dev.vfo.steps;

import dev.vfo.Checkpoint;
import java.time.Duration;

/** Is told how a loop gets on, in the thread that runs it. What it throws ends the loop. */
public interface StepListener {
  /** Hears nothing. */
  StepListener NONE = new StepListener() {};

  /**
   * A step says how far it is.
   *
   * @param step number of the step
   * @param text what it is at
   * @param fraction of its work that is done, 0 to 1
   */
  default void progress(long step, String text, double fraction) {}

  /**
   * A step has ended, and is durable.
   *
   * @param step number of the step
   * @param duration of its body and its checkpoint
   * @param checkpoint the checkpoint; the one before when the step changed neither files nor state
   */
  default void ended(long step, Duration duration, Checkpoint checkpoint) {}
}
