package dev.vfo.cli.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The index job from its start to its end, in as many worker processes as it takes: each is killed
 * as the plan says, and the next one goes on. Collects what the workers report. One thread.
 */
final class JobRun {
  private static final long GUESS_NANOS = 20_000_000;

  /** Is told what happens, on the caller's thread. */
  interface Observer {
    /** A checkpoint was reported. */
    void checkpoint(Message.Ended ended);

    /** A worker is dead, all that it reported is known, and the next one is not started yet. */
    void killed(Death death) throws IOException;

    /** The process after a kill has its files open. */
    void resumed(Message.Opened opened);
  }

  /**
   * The end of a worker that was killed.
   *
   * @param aim the kill
   * @param nanos since the job started first
   * @param opened whether it had its files open
   * @param begun the newest checkpoint that the worker reported to begin, or went on from
   * @param acknowledged the newest one that was reported as saved
   */
  record Death(Kill aim, long nanos, boolean opened, long begun, long acknowledged) {}

  private final Path errors;
  private final List<String> arguments;
  private final Deque<Kill> kills;
  private final Observer observer;
  private final long startNanos = System.nanoTime();
  private final Durations checkpoints = new Durations();
  private final Durations steps = new Durations();
  private final Durations openings = new Durations();
  private long begun;
  private long acknowledged;
  private long changedBytes;
  private long diskBytes;
  private int missing;
  private int starts;
  private Message.@Nullable Ended lastOfWorker;
  private long lastDiskBytes;
  private long lastEndNanos;
  private boolean opened;
  private boolean done;

  JobRun(Path errors, List<String> arguments, List<Kill> kills, Observer observer) {
    this.errors = errors;
    this.arguments = arguments;
    this.kills = new ArrayDeque<>(kills);
    this.observer = observer;
  }

  /**
   * Runs the job to its end.
   *
   * @throws JobFailedException when a worker ends by itself before that
   */
  void run() throws IOException, InterruptedException {
    while (!done) {
      runWorker();
    }
  }

  private void runWorker() throws IOException, InterruptedException {
    starts++;
    lastOfWorker = null;
    opened = false;
    try (WorkerProcess worker = WorkerProcess.start(errors, arguments)) {
      @Nullable Kill killed = null;
      for (String line = worker.readLine(); line != null; line = worker.readLine()) {
        Message message = Message.parse(line);
        note(message);
        if (killed == null && isNextDue(message)) {
          killed = kills.remove();
          LockSupport.parkNanos((long) (usualNanos(killed.moment()) * killed.fraction()));
          worker.kill();
        }
      }
      addUp();
      if (killed == null) {
        requireGoodEnd(worker);
      } else if (!done) {
        long nanos = System.nanoTime() - startNanos;
        observer.killed(new Death(killed, nanos, opened, begun, acknowledged));
      }
    }
  }

  private boolean isNextDue(Message message) {
    Kill next = kills.peek();
    return next != null && next.isDue(message);
  }

  private long usualNanos(Kill.Moment moment) {
    return switch (moment) {
      case OPENING -> openings.medianOr(GUESS_NANOS);
      case STEP -> steps.medianOr(GUESS_NANOS);
      // Some of it passes until the signal arrives.
      case CHECKPOINT -> checkpoints.medianOr(GUESS_NANOS) * 2 / 3;
    };
  }

  private void note(Message message) {
    switch (message) {
      case Message.Opens m -> lastEndNanos = 0;
      case Message.Opened m -> {
        opened = true;
        begun = m.checkpoint();
        openings.add(m.nanos());
        if (starts > 1) {
          observer.resumed(m);
        }
      }
      case Message.Begins m -> {
        begun = m.checkpoint();
        if (lastEndNanos != 0) {
          steps.add(System.nanoTime() - lastEndNanos);
        }
      }
      case Message.Ended m -> {
        acknowledged = m.checkpoint();
        checkpoints.add(m.nanos());
        lastOfWorker = m;
        lastDiskBytes = m.diskBytes();
        lastEndNanos = System.nanoTime();
        observer.checkpoint(m);
      }
      case Message.Done m -> {
        done = true;
        lastDiskBytes = m.diskBytes();
      }
    }
  }

  /** Adds what one process counted to the sums over all. */
  private void addUp() {
    Message.Ended last = lastOfWorker;
    if (last != null) {
      changedBytes += last.changedBytes();
      diskBytes += lastDiskBytes;
      missing += last.missing();
    }
  }

  private void requireGoodEnd(WorkerProcess worker) throws IOException, InterruptedException {
    if (worker.waitFor() != 0) {
      throw new JobFailedException(worker.failure());
    }
    if (!done) {
      throw new JobFailedException("a worker ended before its job did");
    }
  }

  /** How long the checkpoints took. */
  Durations checkpoints() {
    return checkpoints;
  }

  /** How long opening the files took. */
  Durations openings() {
    return openings;
  }

  /** Number of the last checkpoint. */
  long acknowledged() {
    return acknowledged;
  }

  /** What the job wrote to its files, up to the last checkpoint of each process. */
  long changedBytes() {
    return changedBytes;
  }

  /**
   * What the kernel wrote to disks for it, up to the last checkpoint of each process that was
   * killed, and all of the last process: what it applied behind its last checkpoint too.
   */
  long diskBytes() {
    return diskBytes;
  }

  /** How often a file was missing. */
  int missing() {
    return missing;
  }
}
