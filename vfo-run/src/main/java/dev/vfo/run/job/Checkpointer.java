package dev.vfo.run.job;

import dev.vfo.Checkpoint;
import dev.vfo.SealedStep;
import dev.vfo.VirtualFileManager;
import dev.vfo.fuse.FuseMount;
import dev.vfo.run.stop.Stopper;
import java.io.IOException;

/**
 * Makes a checkpoint of files that a job writes, of one instant: all its threads are stopped, what
 * the kernel keeps is brought in, the step is sealed, they go on; the rest is done beside them.
 */
final class Checkpointer {
  private final VirtualFileManager files;
  private final FuseMount mount;
  private final Stopper stopper;

  Checkpointer(VirtualFileManager files, FuseMount mount, Stopper stopper) {
    this.files = files;
    this.mount = mount;
    this.stopper = stopper;
  }

  /** Makes one, and lets the job go on. */
  Checkpoint make(JobState state) throws IOException {
    SealedStep step;
    stopper.stop();
    try {
      mount.barrier();
      step = files.seal();
    } finally {
      stopper.resume();
    }
    return files.commit(step, state.toState());
  }
}
