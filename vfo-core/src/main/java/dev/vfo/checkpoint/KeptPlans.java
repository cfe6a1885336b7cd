package dev.vfo.checkpoint;

import dev.vfo.apply.Applier;
import dev.vfo.apply.LayerPlan;
import dev.vfo.recovery.Recovered;
import dev.vfo.recovery.Recovery;
import dev.vfo.storage.FileIdentity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an earlier process left of plans, and layers that are durable and not applied may need.
 *
 * @param layers those that have a plan on the disk, by ascending number
 * @param made the home files that these plans tell of, by entry number
 */
record KeptPlans(List<Long> layers, Map<Long, FileIdentity> made) {
  /** All is applied: none is needed. */
  static final KeptPlans NONE = new KeptPlans(List.of(), Map.of());

  /** Reads them. */
  static KeptPlans read(Recovery recovery, Recovered found, Applier applier) throws IOException {
    List<Long> layers = new ArrayList<>();
    Map<Long, FileIdentity> made = new HashMap<>();
    for (LayerPlan plan : recovery.plans(found, applier)) {
      layers.add(plan.layer());
      made.putAll(plan.created());
    }
    return new KeptPlans(layers, made);
  }
}
