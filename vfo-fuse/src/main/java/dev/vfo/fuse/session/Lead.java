package dev.vfo.fuse.session;

import java.util.concurrent.Semaphore;

/**
 * The right to wait for requests, which one of several threads has. A thread that keeps it while it
 * serves a request needs nobody to be woken; measured, that is three to seven times as fast as two
 * threads that both wait. Thread safe.
 */
final class Lead {
  private final Semaphore right = new Semaphore(1);

  /** One thread's share in it, used by that thread alone. */
  final class Share {
    private boolean held;

    /** Waits for the right, unless the thread has it. */
    void take() {
      if (!held) {
        right.acquireUninterruptibly();
        held = true;
      }
    }

    /** Passes the right on, if the thread has it. */
    void pass() {
      if (held) {
        held = false;
        right.release();
      }
    }
  }
}
