package dev.vfo.overlay;

import dev.vfo.spill.SpillFolder;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The modifications of one step. Thread safe; its deltas are guarded as they say. */
public final class Layer {
  private final long number;
  private final LayerBlocks blocks;
  private final Set<EntryDelta> deltas = new LinkedHashSet<>();

  Layer(long number, BlockPool pool, SpillFolder folder) {
    this.number = number;
    this.blocks = new LayerBlocks(number, pool, folder);
  }

  /** 1, 2, 3 ... in the order of sealing. */
  public long number() {
    return number;
  }

  LayerBlocks blocks() {
    return blocks;
  }

  /**
   * Moves its blocks from memory to its spill file; those of entries that somebody is at work on
   * may stay.
   *
   * @throws StorageException when that could not be done, such as ENOSPC; they stay
   */
  public void spill() throws StorageException {
    boolean more = true;
    while (more) {
      more = blocks.spillSome();
    }
  }

  /**
   * Makes durable what its spill file holds, before a record names it.
   *
   * @throws StorageException when it could not be done: what it holds is lost then (C8)
   */
  public void syncSpill() throws StorageException {
    blocks.sync();
  }

  /** Takes back that a change set says where its blocks are: there will be another one. */
  public void forgetChangeSet() {
    blocks.unpin();
  }

  /** Closes its spill file, when the layer is off its entries. */
  public void close() {
    blocks.close();
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
