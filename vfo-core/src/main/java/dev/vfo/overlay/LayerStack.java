package dev.vfo.overlay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * The layers of a manager: one active, then the sealed ones, then the committed ones that are not
 * applied. Whoever changes an entry holds the gate; sealing shuts it for the moment in which the
 * active layer is swapped.
 */
public final class LayerStack {
  private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();
  private final BlockPool pool;
  private final List<Layer> sealed = new ArrayList<>();
  private final List<Layer> committed = new ArrayList<>();
  private volatile Layer active;

  /** A stack whose active layer has this number. */
  public LayerStack(BlockPool pool, long firstLayer) {
    this.pool = pool;
    this.active = new Layer(firstLayer, pool);
  }

  /** Held by everything that changes an entry, for as long as it does. */
  public Lock gate() {
    return gate.readLock();
  }

  /** Puts a committed layer back that is older than the active one and younger than all others. */
  public synchronized Layer restore(long number) {
    Layer layer = new Layer(number, pool);
    committed.add(layer);
    return layer;
  }

  /** The layer that changes go into; it stays the same for whoever holds the gate. */
  public Layer active() {
    return active;
  }

  /** Closes the active layer and puts an empty one in its place; O(1) in the size of the step. */
  public Layer seal() {
    gate.writeLock().lock();
    try {
      Layer closed = active;
      active = new Layer(closed.number() + 1, pool);
      synchronized (this) {
        sealed.add(closed);
      }
      return closed;
    } finally {
      gate.writeLock().unlock();
    }
  }

  /** A piece of work on the layers. */
  public interface Work<T> {
    /** Does it. */
    T run() throws IOException;
  }

  /** Does something while nobody else changes an entry. */
  public <T> T alone(Work<T> work) throws IOException {
    gate.writeLock().lock();
    try {
      return work.run();
    } finally {
      gate.writeLock().unlock();
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

  /** Marks sealed layers as committed. */
  public synchronized void commit(List<Layer> layers) {
    sealed.removeAll(layers);
    committed.addAll(layers);
  }

  /** Forgets sealed layers that hold no change. */
  public synchronized void discard(List<Layer> layers) {
    sealed.removeAll(layers);
  }

  /** All of them, oldest first. */
  public synchronized List<Layer> all() {
    List<Layer> all = new ArrayList<>(committed);
    all.addAll(sealed);
    all.add(active);
    return all;
  }

  /** The committed layers that are not applied, oldest first. */
  public synchronized List<Layer> committed() {
    return List.copyOf(committed);
  }

  /** Takes out a layer that is applied. */
  public synchronized void applied(Layer layer) {
    committed.remove(layer);
  }

  /**
   * Drops the active layer and the sealed ones: every entry is again what it was at the last
   * commit.
   *
   * @param namespaceLock the write side, taken behind the gate
   * @param announced is told the number of the new active layer before anything is dropped: who has
   *     seen something that was dropped can know of it
   * @param changed is told each entry that was there before what was dropped, when all is dropped
   */
  public void dropUndecided(
      Lock namespaceLock, LongConsumer announced, Consumer<FileEntry> changed) {
    gate.writeLock().lock();
    namespaceLock.lock();
    try {
      announced.accept(active.number() + 1);
      List<EntryDelta> dropped = new ArrayList<>(active.deltas());
      synchronized (this) {
        sealed.forEach(layer -> dropped.addAll(layer.deltas()));
        sealed.clear();
      }
      active = new Layer(active.number() + 1, pool);
      dropped.forEach(LayerStack::drop);
      dropped.stream()
          .filter(delta -> !delta.entry.dropped)
          .forEach(delta -> changed.accept(delta.entry));
    } finally {
      namespaceLock.unlock();
      gate.writeLock().unlock();
    }
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
   * The delta of the active layer for an entry. The caller holds the gate and the entry's lock for
   * writing.
   */
  public EntryDelta change(FileEntry entry) {
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
   * Gives a new entry its first delta. The caller holds the gate; nobody else knows the entry yet.
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
