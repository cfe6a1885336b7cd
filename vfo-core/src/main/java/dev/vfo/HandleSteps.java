package dev.vfo;

import dev.vfo.checkpoint.Rollbacks.Rollback;
import dev.vfo.checkpoint.StepFiles;
import dev.vfo.checkpoint.StepFiles.FileCall;
import dev.vfo.overlay.FileEntry;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.util.concurrent.locks.Lock;

/**
 * How an open file stands to the steps: its own offset, which goes back in a rollback, and whether
 * a rollback dropped it. No call is half before and half after a rollback. Thread safe.
 */
final class HandleSteps {
  private final StepFiles files;
  private final FileEntry entry;
  private final long openedInLayer;
  private final OffsetHistory offset;
  private volatile boolean stale;

  /** Set after all that follows from them. */
  private volatile int rollbacksSeen;

  /** A handle that is opened now, while no step ends: the caller holds the gate. */
  HandleSteps(StepFiles files, FileEntry entry) {
    this.files = files;
    this.entry = entry;
    this.rollbacksSeen = files.rollbacks().count();
    this.openedInLayer = files.activeLayer();
    this.offset = new OffsetHistory(openedInLayer);
  }

  /** The own offset, bytes. */
  synchronized long offset() {
    return offset.value();
  }

  /** Sets the own offset, in a {@link #change}. */
  synchronized void setOffset(long value) {
    offset.set(files.activeLayer(), value);
  }

  /**
   * Follows the rollbacks so far; waits for one that is not through.
   *
   * @return how many there were
   * @throws StaleHandleException when one of them dropped the handle
   */
  int follow() throws IOException {
    if (files.rollbacks().count() != rollbacksSeen) {
      Lock gate = files.gate();
      gate.lock();
      try {
        followThrough();
      } finally {
        gate.unlock();
      }
    }
    return check();
  }

  private synchronized void followThrough() {
    int count = files.rollbacks().count();
    for (Rollback rollback : files.rollbacks().since(rollbacksSeen)) {
      if (rollback.drops(openedInLayer)) {
        stale = true;
      }
      offset.drop(rollback);
    }
    rollbacksSeen = count;
  }

  private int check() throws IOException {
    int seen = rollbacksSeen;
    if (stale || entry.isDropped()) {
      // When it was closing that dropped the step, that is the answer.
      files.requireOpen();
      throw new StaleHandleException(
          "the handle of " + entry + " was opened in a step that was rolled back: open it again");
    }
    return seen;
  }

  /** Makes a change, wholly in one step. */
  <T> T change(FileCall<T> call) throws IOException {
    return files.inStep(() -> {
      follow();
      return call.run();
    });
  }

  /** Reads; again, when a rollback came meanwhile. */
  <T> T read(FileCall<T> call) throws IOException {
    while (true) {
      int seen = follow();
      try {
        T result = files.run(call);
        if (files.rollbacks().count() == seen) {
          return result;
        }
      } catch (StorageException e) {
        if (files.rollbacks().count() == seen) {
          throw e;
        }
      }
    }
  }

  /** Reads from an offset on. */
  interface Reading {
    /** Returns the number of bytes. */
    int from(long offset) throws IOException;
  }

  /** Reads at the own offset, which moves by what was read; the caller lets no other one do so. */
  int readOn(Reading reading) throws IOException {
    while (true) {
      int seen = follow();
      long from = offset();
      int count = read(() -> reading.from(from));
      boolean moved =
          change(() -> {
            if (files.rollbacks().count() != seen) {
              return false;
            }
            setOffset(from + count);
            return true;
          });
      if (moved) {
        return count;
      }
    }
  }

  /** Writes on. */
  interface Writing {
    /** Goes on behind what is written; returns how many bytes it took. */
    long from(int doneBytes) throws IOException;
  }

  /** A write that may take several changes: what a rollback dropped of it is written again. */
  final class Progress {
    /** Layer 0 is never dropped. */
    private final OffsetHistory done = new OffsetHistory(0);

    private int seen = files.rollbacks().count();

    /** How much is written, bytes. */
    int doneBytes() {
      return (int) done.value();
    }

    /** Writes more. */
    void goOn(Writing writing) throws IOException {
      change(() -> {
        files.rollbacks().since(seen).forEach(done::drop);
        seen = files.rollbacks().count();
        long count = writing.from(doneBytes());
        done.set(files.activeLayer(), done.value() + count);
        return count;
      });
    }
  }
}
