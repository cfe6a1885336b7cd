package dev.vfo.run.stop;

import java.io.IOException;

/**
 * Stops the processes of a job, and lets them go on; they do not see it. Requests of theirs that a
 * file system of ours serves must be answered meanwhile: who waits for one is not stopped before.
 */
public interface Stopper {
  /**
   * Returns when no thread of the job runs its program any more.
   *
   * @throws JobNotStoppedException when that takes too long; then they go on
   */
  void stop() throws IOException;

  /** Lets them go on. */
  void resume() throws IOException;
}
