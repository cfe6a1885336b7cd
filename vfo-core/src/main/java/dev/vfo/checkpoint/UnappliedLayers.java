package dev.vfo.checkpoint;

import dev.vfo.apply.Applier;
import dev.vfo.overlay.LayerLoader;
import dev.vfo.recovery.Recovered;
import dev.vfo.recovery.Recovery;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Committed layers that could not be applied when the root was opened, in memory again.
 *
 * @param layers by ascending number
 * @param reason why the oldest could not be applied; null when there is none
 */
record UnappliedLayers(List<PendingLayer> layers, @Nullable StorageException reason) {
  /** All is applied. */
  static final UnappliedLayers NONE = new UnappliedLayers(List.of(), null);

  /**
   * Loads them.
   *
   * @param appliedLayer the newest layer that is applied
   * @throws StorageException when they cannot be loaded, as home cannot be looked at
   */
  static UnappliedLayers load(
      Recovery recovery,
      Recovered found,
      long appliedLayer,
      Applier applier,
      EngineParts parts,
      KeptPlans plans,
      StorageException reason)
      throws IOException {
    LayerLoader loader = parts.loader(plans.made()::get);
    List<PendingLayer> layers = new ArrayList<>();
    recovery.forEachUnapplied(
        found,
        appliedLayer,
        (commit, record, layer) -> {
          LayerLoader.Loaded loaded = loader.loadUnapplied(layer, commit.timeNanos());
          layers.add(new PendingLayer(record, loaded.layer(), loaded.changes()));
        });
    // What an apply of the oldest has written so far may have spoilt what is beside it.
    applier.tellKept(layers.getFirst().layer().number());
    applier.removeOrphans(recovery.neededOrphans(found, appliedLayer));
    return new UnappliedLayers(layers, reason);
  }
}
