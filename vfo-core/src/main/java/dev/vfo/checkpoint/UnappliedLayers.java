package dev.vfo.checkpoint;

import dev.vfo.apply.Applier;
import dev.vfo.apply.LayerPlan;
import dev.vfo.overlay.LayerLoader;
import dev.vfo.recovery.Recovered;
import dev.vfo.recovery.Recovery;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Committed layers that could not be applied when the root was opened, in memory again.
 *
 * @param layers by ascending number
 * @param plans layers that have a plan on disk: these and older ones
 * @param made the home files that these plans tell of, by entry number
 * @param reason why the oldest could not be applied; null when there is none
 */
record UnappliedLayers(
    List<PendingLayer> layers,
    List<Long> plans,
    Map<Long, FileIdentity> made,
    @Nullable StorageException reason) {
  /** All is applied. */
  static final UnappliedLayers NONE = new UnappliedLayers(List.of(), List.of(), Map.of(), null);

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
      StorageException reason)
      throws IOException {
    applier.forgetOldErrors();
    // What applied layers left in the stage would count as names of home files.
    applier.clean(appliedLayer, 0);
    applier.syncPlans();
    Map<Long, FileIdentity> made = new HashMap<>();
    List<Long> plans = new ArrayList<>();
    for (LayerPlan plan : recovery.plans(found, applier)) {
      made.putAll(plan.created());
      plans.add(plan.layer());
    }
    LayerLoader loader = parts.loader(made::get);
    List<PendingLayer> layers = new ArrayList<>();
    Set<Long> needed = new HashSet<>(found.openOrphans());
    recovery.forEachUnapplied(
        found,
        appliedLayer,
        (commit, checkpoint, layer) -> {
          layer.entries().forEach(entry -> needed.add(entry.number()));
          LayerLoader.Loaded loaded = loader.loadUnapplied(layer, commit.timeNanos());
          layers.add(new PendingLayer(checkpoint, loaded.layer(), loaded.changes()));
        });
    // What an apply of the oldest has written so far may have spoilt what is beside it.
    applier.tellKept(layers.getFirst().layer().number());
    applier.removeOrphans(needed);
    return new UnappliedLayers(layers, plans, made, reason);
  }
}
