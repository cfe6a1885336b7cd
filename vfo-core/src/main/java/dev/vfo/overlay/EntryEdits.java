package dev.vfo.overlay;

import dev.vfo.storage.StorageException;
import java.util.function.LongSupplier;

/**
 * Changes what an entry has beside its content and names: wholly in one step, and not at all when
 * it is refused. Thread safe.
 */
final class EntryEdits {
  private final LayerStack layers;
  private final LongSupplier clockNanos;

  /** Edits of the active layer; the clock gives nanoseconds since 1970. */
  EntryEdits(LayerStack layers, LongSupplier clockNanos) {
    this.layers = layers;
    this.clockNanos = clockNanos;
  }

  /** Refuses a change, before anything is done. */
  interface Check {
    void run() throws StorageException;
  }

  /** What is done to the active layer's delta of the entry. */
  interface Change {
    void apply(EntryDelta delta);
  }

  /** Makes a change, with the entry locked, if the check lets it. */
  void change(FileEntry entry, Check check, Change change) throws StorageException {
    layers.gate().lock();
    entry.lock.writeLock().lock();
    try {
      entry.requireThere();
      check.run();
      EntryDelta delta = layers.change(entry);
      change.apply(delta);
      delta.attributes.changeNanos = clockNanos.getAsLong();
    } finally {
      entry.lock.writeLock().unlock();
      layers.gate().unlock();
    }
  }
}
