package dev.vfo.fuse.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Serves the requests of a channel in threads of its own, until there are no more. Thread safe.
 *
 * <p>A request goes from {@link Channel#receive} through the {@link Worker} that has the {@link
 * Lead} to the {@link RequestHandler}, and its answer back to {@link Channel#send}.
 */
public final class Session {
  private final List<Thread> threads = new ArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Runnable onFailure;

  /**
   * Starts to serve.
   *
   * @param threads how many; at least 2, so that one request that takes long holds up no other
   * @param dataBytes the largest read or write
   * @param onFailure called once, by one of the threads, when it cannot go on: to end the channel,
   *     for nobody would be answered any more
   */
  public Session(
      Channel channel, RequestHandler handler, int threads, int dataBytes, Runnable onFailure) {
    this.onFailure = onFailure;
    Lead lead = new Lead();
    for (int i = 0; i < threads; i++) {
      Worker worker = new Worker(this, channel, handler, lead, dataBytes);
      this.threads.add(Thread.ofPlatform().daemon().name("vfo-fuse-" + i).unstarted(worker));
    }
    this.threads.forEach(Thread::start);
  }

  /** Whether the calling thread serves this session: it must not wait for what another may do. */
  public boolean isServedHere() {
    return threads.contains(Thread.currentThread());
  }

  void ended() {
    end.countDown();
  }

  /** Whether there will be no more requests. */
  public boolean hasEnded() {
    return end.getCount() == 0;
  }

  void failed(Throwable e) {
    boolean isFirst = failure.compareAndSet(null, e);
    ended();
    if (isFirst) {
      onFailure.run();
    }
  }

  /** Waits until there are no more requests. */
  public void awaitEnd() throws InterruptedException {
    end.await();
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** Why it ended before its time, if it did. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }
}
