package dev.vfo.apply;

import dev.vfo.storage.FileIdentity;
import java.util.Map;

/**
 * What a plan on disk tells about the layer that it belongs to.
 *
 * @param layer the layer's number
 * @param created the home files that the layer made, by entry number
 */
public record LayerPlan(long layer, Map<Long, FileIdentity> created) {
  /** Copies the map. */
  public LayerPlan {
    created = Map.copyOf(created);
  }
}
