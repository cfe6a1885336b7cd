package dev.vfo;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Is told which roots a crash could leave in the middle: for a list of roots to be recovered when a
 * system starts, as {@code vfo recover --all} does. Called by the thread that opens or closes,
 * while the root is locked: of one root one call at a time. Must not open the root.
 */
public interface RootListener {
  /** Listens to nothing. */
  RootListener NONE = new RootListener() {};

  /**
   * A root is being opened: from now on a crash may leave checkpoints in its journal that are not
   * in its files. Called before anything is applied or can be committed; the open may still fail
   * after it, and then no {@link #closedClean} follows. What has to outlast a power cut must be
   * durable when this returns.
   *
   * @param id the root's id, 32 hexadecimal digits; a copy of a root has the same
   * @param root where it is, absolute
   * @throws IOException makes the open fail; the root stays as it was
   */
  default void opened(String id, Path root) throws IOException {}

  /**
   * A root is closed, and all that was committed is in its files, durably. Not called when
   * something could not be applied, or the journal has failed.
   *
   * @param id as in {@link #opened}
   * @param root likewise
   * @throws IOException is logged; the root is closed all the same
   */
  default void closedClean(String id, Path root) throws IOException {}
}
