package dev.vfo.checkpoint;

import dev.vfo.Options;
import dev.vfo.Timer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands the work of an {@link ApplyQueue} to an executor after each checkpoint; when apply is
 * stuck, again after a while, then after twice as long, and so on. Thread safe.
 */
final class BackgroundWork {
  private static final Duration FIRST_DELAY = Duration.ofMillis(100);
  private static final Duration MAX_DELAY = Duration.ofMinutes(1);

  private final ApplyQueue queue;
  private final Executor executor;
  private final Timer timer;
  private final BooleanSupplier isOver;
  private final BiConsumer<String, Exception> notes;
  private Duration delay = FIRST_DELAY;
  private boolean isWaiting;
  private @Nullable String told;

  /**
   * @param isOver whether nothing is to be done any more
   * @param notes takes down what went wrong without harm
   */
  BackgroundWork(
      ApplyQueue queue,
      Options options,
      BooleanSupplier isOver,
      BiConsumer<String, Exception> notes) {
    this.queue = queue;
    this.executor = options.executor();
    this.timer = options.timer();
    this.isOver = isOver;
    this.notes = notes;
  }

  /** Has all that there is to do done. */
  void start() {
    try {
      executor.execute(this::run);
    } catch (RejectedExecutionException e) {
      notes.accept("the executor takes no background work; the next checkpoint does it", e);
    }
  }

  private void run() {
    try {
      boolean more = true;
      while (more && !isOver.getAsBoolean()) {
        more = queue.doWork();
      }
      succeeded();
    } catch (IOException | RuntimeException e) {
      failed(e);
    }
  }

  private synchronized void succeeded() {
    delay = FIRST_DELAY;
    told = null;
  }

  private synchronized void failed(Exception e) {
    String reason = String.valueOf(e.getMessage());
    if (!reason.equals(told)) {
      // Not each time that it is tried again.
      told = reason;
      notes.accept("applying is stuck, and tried again", e);
    }
    if (isWaiting || isOver.getAsBoolean()) {
      return;
    }
    try {
      timer.after(delay, this::again);
      isWaiting = true;
      Duration twice = delay.multipliedBy(2);
      delay = twice.compareTo(MAX_DELAY) < 0 ? twice : MAX_DELAY;
    } catch (RejectedExecutionException rejected) {
      notes.accept("the timer takes nothing; the next checkpoint tries again", rejected);
    }
  }

  private void again() {
    synchronized (this) {
      isWaiting = false;
    }
    if (!isOver.getAsBoolean()) {
      start();
    }
  }
}
