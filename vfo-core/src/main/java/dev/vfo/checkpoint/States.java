package dev.vfo.checkpoint;

import dev.vfo.State;
import dev.vfo.changes.StateBytes;
import dev.vfo.journal.RootId;
import dev.vfo.parts.PartStore;
import dev.vfo.parts.PartStoreOptions;
import dev.vfo.parts.SavedParts;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The states of a root's checkpoints: their bytes, and their parts. One thread at a time. */
final class States implements AutoCloseable {
  /** A state that is durable, but for what its record will say. */
  record Saved(StateBytes bytes, SavedParts parts) {}

  private final StateStore store;
  private final PartStore parts;
  private final long last;
  private final @Nullable StateBytes lastBytes;

  private States(StateStore store, PartStore parts, long last, @Nullable StateBytes lastBytes) {
    this.store = store;
    this.parts = parts;
    this.last = last;
    this.lastBytes = lastBytes;
  }

  /**
   * Opens what there is; changes nothing on the disk.
   *
   * @param last number of the last checkpoint, or 0
   * @param lastBytes what its record says, or null when there is none
   */
  static States open(
      Storage storage,
      ControlFolder control,
      RootId id,
      long last,
      @Nullable StateBytes lastBytes,
      PartStoreOptions options)
      throws IOException {
    byte[] manifest = lastBytes == null ? new byte[0] : lastBytes.manifest();
    PartStore parts = PartStore.open(storage, control.fd(), id, manifest, options);
    return new States(new StateStore(storage, control.stateFd()), parts, last, lastBytes);
  }

  /** The state of the checkpoint that was the last one at the open. */
  State load() throws IOException {
    if (lastBytes == null) {
      return State.empty();
    }
    return State.of(store.load(last, lastBytes)).withParts(parts.parts());
  }

  /** Stores the state of a checkpoint that is not decided yet. */
  Saved save(long checkpoint, State state) throws IOException {
    SavedParts saved = parts.save(state.parts());
    boolean done = false;
    try {
      StateBytes bytes = store.save(checkpoint, state.bytes(), saved.manifestBytes());
      done = true;
      return new Saved(bytes, saved);
    } finally {
      if (!done) {
        parts.dropped(saved);
      }
    }
  }

  /** The checkpoint is not made. */
  void dropped(Saved saved) {
    parts.dropped(saved.parts());
  }

  /** The checkpoint is durable. Returns its state as it can be read from now on. */
  State committed(Saved saved, State state) {
    parts.committed(saved.parts());
    return state.withParts(parts.parts());
  }

  /** Removes the states of checkpoints before one. */
  void removeOlder(long checkpoint) throws StorageException {
    store.removeOlder(checkpoint);
    removeUnused();
  }

  /** Removes parts of states that were saved and not committed. */
  void removeUnused() throws StorageException {
    parts.removeUnused();
  }

  /** Removes what is not of the last checkpoint; for the start. */
  void removeOthers() throws StorageException {
    store.removeAllBut(last);
    parts.removeUnnamed();
  }

  /** What the parts take, bytes. */
  long bytesOnDisk() {
    return parts.bytesOnDisk();
  }

  @Override
  public void close() throws StorageException {
    parts.close();
  }
}
