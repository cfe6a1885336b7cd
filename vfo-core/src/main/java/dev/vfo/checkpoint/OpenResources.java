package dev.vfo.checkpoint;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** What was opened, closed in the reverse order. One thread. */
final class OpenResources implements AutoCloseable {
  /** Closes one. */
  interface Closing {
    /** Does it. */
    void close() throws IOException;
  }

  private final Deque<Closing> open = new ArrayDeque<>();

  void add(Closing closing) {
    open.push(closing);
  }

  /** Closes all of them, also when one fails. */
  @Override
  public void close() throws IOException {
    IOException failed = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (IOException e) {
        if (failed == null) {
          failed = e;
        } else {
          failed.addSuppressed(e);
        }
      }
    }
    if (failed != null) {
      throw failed;
    }
  }
}
