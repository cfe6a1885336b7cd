package dev.vfo.apply;

import dev.vfo.storage.StorageException;

/**
 * Writes the durable word that a layer is applied. Called when all of the layer is durable in the
 * root.
 */
@FunctionalInterface
public interface AppliedMark {
  /** Returns when the mark is durable. */
  void write() throws StorageException;
}
