package dev.vfo.testkit.history;

import dev.vfo.testkit.model.TreeCalls;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A system under test, open on a root: the files of a program, and checkpoints of them.
 *
 * <p>It runs in the caller's thread only, so that the same history makes the same calls to the
 * storage each time: background work waits until {@link #runBackground} or {@link #awaitApplied} is
 * called, or until a call must do it to go on. A storage may throw an {@link Error} to play a
 * crash; it must get through to the caller. Whatever else goes wrong is an IOException, with an
 * errno where there is one: {@link dev.vfo.storage.StorageException}.
 */
public interface Subject extends TreeCalls, AutoCloseable {
  /**
   * The last checkpoint, as a program is told after it was opened.
   *
   * @param number counts from 1
   * @param state what was committed with it
   */
  @SuppressWarnings("ArrayRecordComponent") // Made and compared once by the harness.
  record LastCheckpoint(long number, byte[] state) {}

  /** The last checkpoint, or null when there was none yet. */
  @Nullable LastCheckpoint lastCheckpoint() throws IOException;

  /** Ends the step and decides it with all that is sealed; returns the checkpoint's number. */
  long checkpoint(byte[] state) throws IOException;

  /** Ends the step, in memory; {@code slot} is a number to name it by later. */
  void seal(int slot) throws IOException;

  /** Decides a sealed step with all before it; returns the checkpoint's number. */
  long commit(int slot, byte[] state) throws IOException;

  /**
   * Whether a commit makes a new checkpoint even when nothing changed, and numbers may skip; else
   * it gives the last one again then, and they do not.
   */
  default boolean alwaysCommits() {
    return false;
  }

  /** Goes back to the last checkpoint. */
  void rollback() throws IOException;

  /** Does one step of background work. Returns false when there was none. */
  boolean runBackground() throws IOException;

  /** Does all background work; afterwards the root is what the last checkpoint says. */
  void awaitApplied() throws IOException;

  /** Whether it gave up for good, and answers every call with an error until it is opened again. */
  boolean hasFailed();

  /** Drops the step and what is sealed, finishes the background work and closes. */
  @Override
  void close() throws IOException;

  /** Gives memory back after a crash, without a call to the storage. */
  void abandon();
}
