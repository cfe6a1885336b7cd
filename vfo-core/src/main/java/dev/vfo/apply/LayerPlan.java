package dev.vfo.apply;

import dev.vfo.storage.FileIdentity;
import java.util.Map;
import java.util.Set;

/**
 * What a plan on disk tells about the layer that it belongs to.
 *
 * @param layer the layer's number
 * @param created the home files that the layer made, by entry number
 * @param givenUp the entries that were left as other programs had changed them
 */
public record LayerPlan(long layer, Map<Long, FileIdentity> created, Set<Long> givenUp) {
  /** Copies what it is made of. */
  public LayerPlan {
    created = Map.copyOf(created);
    givenUp = Set.copyOf(givenUp);
  }
}
