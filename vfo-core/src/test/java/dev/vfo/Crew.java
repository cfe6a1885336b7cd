package dev.vfo;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Threads that do their work at the same time, until all are done or one has failed. */
final class Crew {
  /** What one thread does. */
  interface Task {
    void run() throws Exception;
  }

  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean stopped;

  /** Starts a thread. */
  void start(Task task) {
    threads.add(
        Thread.ofPlatform()
            .name("crew-" + threads.size())
            .start(() -> {
              try {
                task.run();
              } catch (Throwable e) {
                if (!failure.compareAndSet(null, e)) {
                  failure.get().addSuppressed(e);
                }
              }
            }));
  }

  /** Whether one has failed: then the others may as well end. */
  boolean hasFailed() {
    return failure.get() != null;
  }

  /** Whether they are to end. */
  boolean isToStop() {
    return stopped || hasFailed();
  }

  /** Tells all to end, and waits for them. */
  void stop() throws InterruptedException {
    stopped = true;
    join();
  }

  /** Interrupts the one with this index, if it was started. */
  void interrupt(int index) {
    if (index < threads.size()) {
      threads.get(index).interrupt();
    }
  }

  /** Waits until all have come to a point, or one has failed. */
  void awaitAll(CountDownLatch point) throws InterruptedException {
    while (!hasFailed() && !point.await(1, TimeUnit.SECONDS)) {}
  }

  /** Waits for all. */
  void join() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
    Throwable cause = failure.get();
    if (cause != null) {
      throw new AssertionError("in a thread", cause);
    }
  }
}
