package dev.vfo.overlay;

import dev.vfo.spill.SpillFolder;
import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The layers of a manager: one active, then the sealed ones, then the durable ones that are not
 * applied: prepared, and committed. Whoever changes an entry holds the gate; sealing shuts it for
 * the moment in which the active layer is swapped.
 */
public final class LayerStack {
  private final SharedGate gate = new SharedGate();
  private final BlockPool pool;
  private final SpillFolder spills;
  private final List<Layer> sealed = new ArrayList<>();
  private final List<Layer> durable = new ArrayList<>();
  private volatile Layer active;
  private volatile @Nullable String frozen;

  /** A stack whose active layer has this number. */
  public LayerStack(BlockPool pool, SpillFolder spills, long firstLayer) {
    this.pool = pool;
    this.spills = spills;
    this.active = layer(firstLayer);
  }

  private Layer layer(long number) {
    return new Layer(number, pool, spills);
  }

  /** Held by everything that changes an entry, for as long as it does. */
  public Lock gate() {
    return gate.shared();
  }

  /** Puts a durable layer back that is older than the active one and younger than all others. */
  public synchronized Layer restore(long number) {
    Layer layer = layer(number);
    layer.blocks().pin();
    durable.add(layer);
    return layer;
  }

  /** The layer that changes go into; it stays the same for whoever holds the gate. */
  public Layer active() {
    return active;
  }

  /** Closes the active layer and puts an empty one in its place; O(1) in the size of the step. */
  public Layer seal() {
    gate.close();
    try {
      Layer closed = active;
      active = layer(closed.number() + 1);
      synchronized (this) {
        sealed.add(closed);
      }
      return closed;
    } finally {
      gate.open();
    }
  }

  /** A piece of work on the layers. */
  public interface Work<T> {
    /** Does it. */
    T run() throws IOException;
  }

  /** Does something while nobody else changes an entry. */
  public <T> T alone(Work<T> work) throws IOException {
    gate.close();
    try {
      return work.run();
    } finally {
      gate.open();
    }
  }

  /** Whether nothing was changed since the last commit. */
  public synchronized boolean isUnchanged() {
    return active.isUnchanged() && sealed.stream().allMatch(Layer::isUnchanged);
  }

  /** The sealed layers up to and with a number, oldest first. */
  public synchronized List<Layer> sealedUpTo(long number) {
    return sealed.stream().filter(layer -> layer.number() <= number).toList();
  }

  /** Takes note that sealed layers are durable. */
  public synchronized void keep(List<Layer> layers) {
    sealed.removeAll(layers);
    durable.addAll(layers);
  }

  /** Forgets sealed layers that hold no change. */
  public synchronized void discard(List<Layer> layers) {
    for (Layer layer : layers) {
      if (sealed.remove(layer)) {
        layer.blocks().remove();
      }
    }
  }

  /** All of them, oldest first. */
  public synchronized List<Layer> all() {
    List<Layer> all = new ArrayList<>(durable);
    all.addAll(sealed);
    all.add(active);
    return all;
  }

  /** The durable layers that are not applied, oldest first. */
  public synchronized List<Layer> durable() {
    return List.copyOf(durable);
  }

  /** Takes out a layer that is applied. */
  public synchronized void applied(Layer layer) {
    durable.remove(layer);
  }

  /**
   * Drops all layers above one: every entry is again what it was at its end.
   *
   * @param keptLayer number of the newest layer that stays, which is durable or applied
   * @param namespaceLock the write side, taken behind the gate
   * @param announced is told the number of the new active layer before anything is dropped: who has
   *     seen something that was dropped can know of it
   * @param changed is told each entry that was there before what was dropped, when all is dropped
   */
  public void dropAbove(
      long keptLayer, Lock namespaceLock, LongConsumer announced, Consumer<FileEntry> changed) {
    List<Layer> dropped;
    gate.close();
    namespaceLock.lock();
    try {
      announced.accept(active.number() + 1);
      synchronized (this) {
        dropped = all().stream().filter(layer -> layer.number() > keptLayer).toList();
        durable.removeAll(dropped);
        sealed.clear();
      }
      active = layer(active.number() + 1);
      List<EntryDelta> deltas = dropped.stream().flatMap(layer -> layer.deltas().stream()).toList();
      deltas.forEach(LayerStack::drop);
      deltas.stream()
          .filter(delta -> !delta.entry.dropped)
          .forEach(delta -> changed.accept(delta.entry));
    } finally {
      namespaceLock.unlock();
      gate.open();
    }
    dropped.forEach(layer -> layer.blocks().remove());
  }

  private static void drop(EntryDelta delta) {
    FileEntry entry = delta.entry;
    entry.lock.writeLock().lock();
    try {
      entry.removeDelta(delta);
      delta.blocks.clear();
      if (delta.created) {
        entry.dropped = true;
      }
    } finally {
      entry.lock.writeLock().unlock();
    }
  }

  /**
   * The number of a block of the pool. When the budget is used up, other blocks go to their layer's
   * spill file for it: of the active layer, then of sealed ones. Durable layers keep theirs; when
   * they have all, it goes beyond the budget, by a block that is the next to leave. The caller
   * holds the gate and its entry's lock for writing.
   *
   * @throws StorageException when blocks could not be spilled, such as ENOSPC; they stay
   */
  int allocate() throws StorageException {
    int slot = pool.allocate();
    while (slot < 0 && makeRoom()) {
      slot = pool.allocate();
    }
    return slot < 0 ? pool.allocateBeyondBudget() : slot;
  }

  private boolean makeRoom() throws StorageException {
    if (active.blocks().spillSome()) {
      return true;
    }
    List<Layer> others;
    synchronized (this) {
      others = List.copyOf(sealed);
    }
    for (Layer layer : others) {
      if (layer.blocks().spillSome()) {
        return true;
      }
    }
    return false;
  }

  /** Refuses all changes from now on, with EROFS and this reason; null ends that. */
  public void freeze(@Nullable String reason) {
    frozen = reason;
  }

  /**
   * Refuses a change when none is allowed.
   *
   * @throws StorageException EROFS
   */
  public void requireNotFrozen() throws StorageException {
    String reason = frozen;
    if (reason != null) {
      throw new StorageException(Errno.EROFS, "change", reason);
    }
  }

  /**
   * The delta of the active layer for an entry. The caller holds the gate and the entry's lock for
   * writing.
   *
   * @throws StorageException EROFS when nothing may be changed
   */
  public EntryDelta change(FileEntry entry) throws StorageException {
    requireNotFrozen();
    entry.requireChangeable("change");
    Layer layer = active;
    EntryDelta newest = entry.newestDelta();
    if (newest != null && newest.layer == layer) {
      return newest;
    }
    EntryDelta delta =
        new EntryDelta(layer, entry, false, entry.attributes().copy(), entry.anyLink());
    add(delta);
    return delta;
  }

  /**
   * Gives a new entry its first delta. The caller holds the gate, and changes are allowed; nobody
   * else knows the entry yet.
   */
  public EntryDelta create(FileEntry entry, EntryAttributes attributes) {
    EntryDelta delta = new EntryDelta(active, entry, true, attributes, null);
    add(delta);
    return delta;
  }

  static void add(EntryDelta delta) {
    delta.layer.add(delta);
    delta.entry.addDelta(delta);
  }
}
