package dev.vfo.checkpoint;

import dev.vfo.PreparedCheckpoint;
import dev.vfo.changes.DescriptorTable;
import java.util.List;

/**
 * A checkpoint that is durable and not decided.
 *
 * @param record number of its record
 * @param layerBelow number of the newest layer that stays when it is aborted
 * @param newestLayer number of the newest sealed layer that it decides, which perhaps has no change
 * @param layers its layers, oldest first; empty when they could not be loaded
 * @param state its state
 * @param descriptors what the program had open
 * @param seen what programs are told of it
 */
record Prepared(
    long record,
    long layerBelow,
    long newestLayer,
    List<PendingLayer> layers,
    States.Saved state,
    DescriptorTable descriptors,
    PreparedCheckpoint seen) {
  /** The name that it is decided by. */
  String id() {
    return seen.id();
  }
}
