package dev.vfo.overlay;

import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.StorageException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds home files that have no name in the root for the moment. */
public interface StagedFiles {
  /** Opens one that waits in the stage folder of a layer. */
  int openParked(long layer, long number, int flags) throws StorageException;

  /** Opens one among the orphans. */
  int openOrphan(long number, int flags) throws StorageException;

  /** The target of a symbolic link that waits in the stage folder of a layer; null: not there. */
  byte @Nullable [] readSymlink(long layer, long number) throws StorageException;

  /**
   * The home files that have a name in the stage folder of a layer or among the orphans; one stands
   * in the list as often as it has names there.
   */
  List<FileIdentity> identities(long layer) throws StorageException;
}
