package dev.vfo;

import java.time.Duration;

/** Runs tasks later; what a manager waits with before it tries a stuck apply again. */
@FunctionalInterface
public interface Timer {
  /**
   * Runs a task once, in any thread, not before the delay is over. Returns at once. The task only
   * hands work to the {@link Options#executor}; one that never runs does no harm.
   */
  void after(Duration delay, Runnable task);
}
