package dev.vfo.cli.job;

import java.io.IOException;
import java.nio.file.OpenOption;
import java.util.Optional;

/**
 * The files of the job, and its checkpoints. Paths are relative to the folder that the job works
 * in. One thread.
 *
 * <p>{@link VfoFiles} has them in one with the checkpoint; {@link PlainFiles} is what a program
 * does without VFO.
 */
public interface WorkFiles extends AutoCloseable {

  /**
   * The state that the last checkpoint saved; empty when there has been none: the job starts then.
   */
  Optional<byte[]> lastState();

  /** Number of the last checkpoint, 0 when there has been none. */
  long lastCheckpoint();

  /** Opens a file; options as for {@link java.nio.channels.FileChannel#open}. */
  WorkFile open(String path, OpenOption... options) throws IOException;

  /** Whether there is something of that name. */
  boolean exists(String path) throws IOException;

  /** Renames a file; one that has the name already is replaced. */
  void rename(String from, String to) throws IOException;

  /** Deletes a file. */
  void delete(String path) throws IOException;

  /** Makes a folder, and those above it that are missing. */
  void createDirectories(String path) throws IOException;

  /**
   * Ends a step: what was done to the files, and the state to go on from, are saved when it
   * returns.
   */
  void checkpoint(byte[] state) throws IOException;

  @Override
  void close() throws IOException;
}
