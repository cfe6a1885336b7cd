package dev.vfo.run.stop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Stops a control group by its freezer. It also stops a parent that waits for a child of vfork,
 * with that child.
 */
final class CgroupFreezer implements Stopper {
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  private final Path switchFile;
  private final String on;
  private final String off;
  private final Path stateFile;
  private final String stopped;

  /**
   * @param folder of the group
   * @param switchName the file that is written
   * @param on what stops it
   * @param off what lets it go on
   * @param stateName the file that tells how it is
   * @param stopped the line in it that says that all are stopped
   */
  CgroupFreezer(
      Path folder, String switchName, String on, String off, String stateName, String stopped) {
    this.switchFile = folder.resolve(switchName);
    this.on = on;
    this.off = off;
    this.stateFile = folder.resolve(stateName);
    this.stopped = stopped;
  }

  @Override
  public void stop() throws IOException {
    boolean done = false;
    Files.writeString(switchFile, on);
    try {
      long end = System.nanoTime() + LIMIT_NANOS;
      while (!isStopped()) {
        if (System.nanoTime() - end > 0) {
          throw new JobNotStoppedException(
              "a thread in " + switchFile.getParent() + " did not stop for 30 s");
        }
        LockSupport.parkNanos(PAUSE_NANOS);
        // A process that was started meanwhile: version 1 looks for it only when told again.
        Files.writeString(switchFile, on);
      }
      done = true;
    } finally {
      if (!done) {
        resume();
      }
    }
  }

  private boolean isStopped() throws IOException {
    return Files.readString(stateFile).lines().anyMatch(stopped::equals);
  }

  @Override
  public void resume() throws IOException {
    Files.writeString(switchFile, off);
  }
}
