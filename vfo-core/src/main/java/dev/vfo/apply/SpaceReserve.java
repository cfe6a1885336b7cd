package dev.vfo.apply;

import dev.vfo.storage.StorageException;

/**
 * Disk space that is kept for layers which are committed and not applied, and given back as they
 * need it.
 */
@FunctionalInterface
public interface SpaceReserve {
  /** Keeps nothing. */
  SpaceReserve NONE = (layer, bytes) -> {};

  /**
   * Frees what is kept for a layer, but for so many bytes; not more than before. Called again with
   * the same numbers when an apply is repeated.
   */
  void shrinkTo(long layer, long bytes) throws StorageException;
}
