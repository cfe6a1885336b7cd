package dev.vfo.overlay;

import dev.vfo.storage.StorageException;

/** Opens home files that have no name in the root for the moment. */
public interface StagedFiles {
  /** Opens one that waits in the stage folder of a layer. */
  int openParked(long layer, long number, int flags) throws StorageException;

  /** Opens one among the orphans. */
  int openOrphan(long number, int flags) throws StorageException;
}
