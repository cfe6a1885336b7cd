package dev.vfo.apply;

import dev.vfo.storage.FileIdentity;
import java.util.List;
import java.util.Map;

/**
 * The plan of a layer. That it is there says that the root may have been changed already, and that
 * what is in the layer's stage folder is needed.
 *
 * @param created the home files that the layer made, by entry number
 * @param givenUp what the layer was not to change, as other programs had changed it
 * @param saved old content that a torn write could have spoilt, by entry number
 */
record Plan(
    Map<Long, FileIdentity> created, GivenUp.OfLayer givenUp, Map<Long, List<Saved>> saved) {
  /**
   * A saved range, and where in the plan's file its bytes are.
   *
   * @param planOffset in the plan, bytes
   */
  record Saved(SavedRange range, long planOffset) {}
}
