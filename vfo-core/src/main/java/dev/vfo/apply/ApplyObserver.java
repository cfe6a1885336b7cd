package dev.vfo.apply;

import dev.vfo.changes.Expectation;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.lang.foreign.MemorySegment;

/**
 * Is told what becomes of home files while a layer is applied, so that others can go on finding
 * them. Each call is made while the home lock is held for writing, right beside the operation that
 * it speaks of, and should be short.
 *
 * <p>A home file that is in the stage for a while, or for as long as it is an orphan, is found by
 * {@link StageNames}. When an apply goes on after a failure, what it finds moved already is told
 * again.
 */
public interface ApplyObserver {
  /** Does nothing. */
  ApplyObserver NONE = new ApplyObserver() {};

  /**
   * The entry, which the layer makes, has this home file: known before anything is placed in or
   * under it. The home lock is not held.
   */
  default void made(long number, FileIdentity identity) {}

  /**
   * This content of the entry stays, but shares a page with what is going to be written: until the
   * layer is applied it is not to be read from home, where a failed sync may spoil it (C5, C8). The
   * home lock is not held.
   *
   * @param bytes for this call only
   * @throws StorageException when it cannot be kept: nothing is written then, and the apply fails
   */
  default void kept(long number, long layer, long offset, MemorySegment bytes)
      throws StorageException {}

  /** All is done with the entry's home file in this layer, and this is what it is like. */
  default void written(long number, long layer, Expectation left) {}

  /** The entry's home file has this name now. */
  default void placed(long number, long directory, Name name) {}

  /**
   * The entry's home file is in the stage folder of a layer now, until the layer gives it a name
   * again.
   */
  default void parked(long number, long layer) {}

  /** The entry's home file is in the folder of the orphans now. */
  default void orphaned(long number) {}

  /** The name stands for the entry no longer: it was removed, moved or given to another one. */
  default void vacated(long number, long directory, Name name) {}

  /**
   * A name is going to be removed, perhaps the last one of its file: whoever still needs the file
   * can open it.
   *
   * @param directoryFd the directory, for this call only
   * @throws StorageException when it could not be opened: the name then stays, and the apply fails
   */
  default void beforeUnlink(long number, int directoryFd, Name name) throws StorageException {}
}
