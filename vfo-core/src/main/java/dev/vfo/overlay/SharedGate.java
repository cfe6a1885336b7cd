package dev.vfo.overlay;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A lock for many who share it and one who has it alone now and then. Each thread that shares has
 * one of several locks, so that they do not write to the same memory all the time; who wants it
 * alone takes all of them. Reentrant; who has it alone may share it too, not the other way round.
 */
final class SharedGate {
  private static final int STRIPES = 32;

  private final ReentrantReadWriteLock[] stripes = new ReentrantReadWriteLock[STRIPES];

  SharedGate() {
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new ReentrantReadWriteLock();
    }
  }

  /** To be locked and unlocked by the thread that asks. */
  Lock shared() {
    return stripes[(int) (Thread.currentThread().threadId() % STRIPES)].readLock();
  }

  /** Waits for all who share it, and keeps others out. */
  void close() {
    for (ReentrantReadWriteLock stripe : stripes) {
      stripe.writeLock().lock();
    }
  }

  /** Ends that. */
  void open() {
    for (int i = STRIPES - 1; i >= 0; i--) {
      stripes[i].writeLock().unlock();
    }
  }
}
