package dev.vfo.cli.demo;

import dev.vfo.cli.job.WorkFiles;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/**
 * Does the step of a {@link Fault}. The first time it prepares the file, takes a checkpoint, does
 * the step and waits there to be killed; started again it goes on from the checkpoint: it does the
 * step once more, and takes the next checkpoint.
 */
final class FaultWorker {
  /** Is reported when the step is done but for its checkpoint. */
  static final String IN_STEP = "in-step";

  /** Is reported when all is done. */
  static final String DONE = "done";

  private FaultWorker() {}

  static void run(Fault fault, Worker.Place place) throws IOException {
    boolean first = prepare(fault, place);
    try (WorkFiles files = place.open(false)) {
      fault.step(files);
      if (first) {
        System.out.println(IN_STEP);
        awaitKill();
      }
      files.checkpoint(Fault.bytes("i+1"));
    }
    System.out.println(DONE);
  }

  /** Makes checkpoint i, unless it is there; closing the files waits until the folder shows it. */
  private static boolean prepare(Fault fault, Worker.Place place) throws IOException {
    try (WorkFiles files = place.open(false)) {
      boolean first = files.lastCheckpoint() == 0;
      if (first) {
        fault.prepare(files);
        files.checkpoint(Fault.bytes("i"));
      }
      return first;
    }
  }

  private static void awaitKill() {
    while (true) {
      LockSupport.park();
    }
  }
}
