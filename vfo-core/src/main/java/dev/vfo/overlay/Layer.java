package dev.vfo.overlay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The modifications of one step. Thread safe; its deltas are guarded as they say. */
public final class Layer {
  private final long number;
  private final BlockPool pool;
  private final Set<EntryDelta> deltas = new LinkedHashSet<>();

  Layer(long number, BlockPool pool) {
    this.number = number;
    this.pool = pool;
  }

  /** 1, 2, 3 ... in the order of sealing. */
  public long number() {
    return number;
  }

  BlockPool pool() {
    return pool;
  }

  synchronized void add(EntryDelta delta) {
    deltas.add(delta);
  }

  synchronized void remove(EntryDelta delta) {
    deltas.remove(delta);
  }

  /** The deltas by ascending number of their entries. */
  synchronized List<EntryDelta> deltas() {
    List<EntryDelta> sorted = new ArrayList<>(deltas);
    sorted.sort(Comparator.comparingLong((EntryDelta delta) -> delta.entry.number()));
    return sorted;
  }

  /** Whether nothing was changed in it. */
  public synchronized boolean isUnchanged() {
    return deltas.isEmpty();
  }
}
