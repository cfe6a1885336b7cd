package dev.vfo.checkpoint;

import dev.vfo.Part;
import dev.vfo.State;
import dev.vfo.changes.StateBytes;
import dev.vfo.journal.RootId;
import dev.vfo.parts.PartStore;
import dev.vfo.parts.PartStoreOptions;
import dev.vfo.parts.SavedParts;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The states of a root's checkpoints: their bytes, and their parts. One thread at a time. */
final class States implements AutoCloseable {
  /** A state that is durable, but for what its record will say. */
  record Saved(StateBytes bytes, SavedParts parts) {}

  /** What a record says of a state. */
  record InRecord(long record, StateBytes bytes) {}

  private final StateStore store;
  private final PartStore parts;
  private final @Nullable InRecord last;
  private final List<InRecord> prepared;

  /** Read by others while states are saved. */
  private volatile long bytes;

  private States(
      StateStore store, PartStore parts, @Nullable InRecord last, List<InRecord> prepared) {
    this.store = store;
    this.parts = parts;
    this.last = last;
    this.prepared = prepared;
  }

  private void count() {
    bytes = store.bytesOnDisk() + parts.bytesOnDisk();
  }

  /**
   * Opens what there is; changes nothing on the disk.
   *
   * @param last the last checkpoint's, or null when there is none
   * @param prepared those of prepared checkpoints, oldest first
   */
  static States open(
      Storage storage,
      ControlFolder control,
      RootId id,
      @Nullable InRecord last,
      List<InRecord> prepared,
      PartStoreOptions options)
      throws IOException {
    byte[] manifest = last == null ? new byte[0] : last.bytes().manifest();
    List<byte[]> others = prepared.stream().map(each -> each.bytes().manifest()).toList();
    PartStore parts = PartStore.open(storage, control.recordsFd(), id, manifest, others, options);
    return new States(new StateStore(storage, control.stateFd()), parts, last, prepared);
  }

  /** The state of the checkpoint that was the last one at the open. */
  State load() throws IOException {
    State loaded = last == null ? State.empty() : load(last, parts.parts());
    count();
    return loaded;
  }

  private State load(InRecord from, Map<String, Part> itsParts) throws IOException {
    return State.of(store.load(from.record(), from.bytes())).withParts(itsParts);
  }

  /** A state that was prepared. */
  record Prepared(State state, Saved saved) {}

  /** The states of the checkpoints that were prepared at the open, oldest first. */
  List<Prepared> loadPrepared() throws IOException {
    List<Prepared> loaded = new ArrayList<>();
    for (int i = 0; i < prepared.size(); i++) {
      InRecord each = prepared.get(i);
      SavedParts saved = parts.prepared().get(i);
      loaded.add(new Prepared(load(each, parts.parts(saved)), new Saved(each.bytes(), saved)));
    }
    count();
    return loaded;
  }

  /** Stores the state of a checkpoint whose record is not written yet. */
  Saved save(long record, State state) throws IOException {
    SavedParts saved = parts.save(state.parts());
    boolean done = false;
    try {
      StateBytes bytes = store.save(record, state.bytes(), saved.manifestBytes());
      done = true;
      return new Saved(bytes, saved);
    } finally {
      if (!done) {
        parts.dropped(saved);
      }
      count();
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

  /** Removes the states of records before one. */
  void removeOlder(long record) throws StorageException {
    store.removeOlder(record);
    removeUnused();
  }

  /** Removes parts of states that were saved and not committed. */
  void removeUnused() throws StorageException {
    parts.removeUnused();
    count();
  }

  /** Removes what is neither of the last checkpoint nor of prepared ones; for the start. */
  void removeOthers() throws StorageException {
    Set<Long> kept = new HashSet<>();
    prepared.forEach(each -> kept.add(each.record()));
    if (last != null) {
      kept.add(last.record());
    }
    store.removeAllBut(kept);
    parts.removeUnnamed();
    count();
  }

  /** What they take, bytes; may be asked from any thread. */
  long bytesOnDisk() {
    return bytes;
  }

  @Override
  public void close() throws StorageException {
    parts.close();
  }
}
