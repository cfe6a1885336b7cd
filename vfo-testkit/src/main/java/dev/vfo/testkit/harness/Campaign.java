package dev.vfo.testkit.harness;

import dev.vfo.testkit.history.History;
import dev.vfo.testkit.history.HistoryGenerator;
import dev.vfo.testkit.history.Profile;
import dev.vfo.testkit.history.SubjectFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tries histories of many seeds, with crashes and with faults, on several threads. Seeds are taken
 * in turn, and the kind of history goes by the seed, so that a seed alone says what is done. The
 * first failure ends it, and is made small.
 */
public final class Campaign {
  private final SubjectFactory factory;
  private final HarnessOptions options;
  private final List<HistoryGenerator> generators;
  private final AtomicLong nextSeed;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Counts total = new Counts();

  /**
   * A campaign; to be run once.
   *
   * @param profiles the kinds of history, in turn
   * @param firstSeed where to begin; later ones follow
   */
  public Campaign(
      SubjectFactory factory, HarnessOptions options, List<Profile> profiles, long firstSeed) {
    this.factory = factory;
    this.options = options;
    this.generators = profiles.stream().map(HistoryGenerator::new).toList();
    this.nextSeed = new AtomicLong(firstSeed);
  }

  /**
   * Runs until so many recoveries were tried.
   *
   * @throws HistoryFailure the first failure, made small
   */
  public Counts runUntilRecoveries(long recoveries, int threads) {
    return run(() -> recoveriesSoFar() < recoveries, threads);
  }

  /** Runs for some time; otherwise as {@link #runUntilRecoveries}. */
  public Counts runFor(long nanos, int threads) {
    long start = System.nanoTime();
    return run(() -> System.nanoTime() - start < nanos, threads);
  }

  private Counts run(BooleanSupplier more, int threads) {
    List<Thread> workers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      workers.add(Thread.ofPlatform().name("campaign-" + i).start(() -> work(more)));
    }
    try {
      for (Thread worker : workers) {
        worker.join();
      }
    } catch (InterruptedException e) {
      failure.compareAndSet(null, e);
      Thread.currentThread().interrupt();
    }
    report(failure.get());
    return counts();
  }

  private void work(BooleanSupplier more) {
    try {
      while (failure.get() == null && more.getAsBoolean()) {
        long seed = nextSeed.getAndIncrement();
        int kind = (int) Math.floorMod(seed, (long) generators.size());
        tryOut(generators.get(kind).generate(seed));
      }
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
    }
  }

  private void tryOut(History history) {
    CrashHarness crashes = new CrashHarness(factory, options);
    FaultHarness faults = new FaultHarness(factory, options);
    try {
      crashes.run(history);
      faults.run(history);
    } finally {
      synchronized (total) {
        total.add(crashes.counts());
        total.add(faults.counts());
      }
    }
  }

  private long recoveriesSoFar() {
    synchronized (total) {
      return total.recoveries();
    }
  }

  /** What was done so far. */
  public Counts counts() {
    Counts copy = new Counts();
    synchronized (total) {
      copy.add(total);
    }
    return copy;
  }

  /** The seed that comes next. */
  public long nextSeed() {
    return nextSeed.get();
  }

  private void report(@Nullable Throwable wrong) {
    switch (wrong) {
      case null -> {}
      case HistoryFailure found -> throw new FailureShrinker(factory, options, found).shrink();
      default -> throw new IllegalStateException("the campaign itself failed", wrong);
    }
  }

  /** Tries one history with crashes and with faults; what went wrong, or null. */
  public static @Nullable HistoryFailure failureOf(
      History history, SubjectFactory factory, HarnessOptions options) {
    try {
      new CrashHarness(factory, options).run(history);
      new FaultHarness(factory, options).run(history);
      return null;
    } catch (HistoryFailure e) {
      return e;
    }
  }
}
