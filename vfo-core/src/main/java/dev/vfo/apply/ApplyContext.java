package dev.vfo.apply;

import dev.vfo.changes.Remainder;
import java.util.concurrent.locks.Lock;

/**
 * What the phases of one apply share.
 *
 * @param left what is applied of the layer; {@code tree} is the picture of that
 */
record ApplyContext(
    ApplyTarget target,
    Lock homeLock,
    ApplyObserver observer,
    LayerTree tree,
    LayerContent content,
    Folders folders,
    Directories directories,
    ApplyErrors errors,
    Remainder left,
    Resolution resolution) {

  /** The newest layer that is made already, when something of this one is given up. */
  long newestLayer() {
    return resolution instanceof Resolution.Theirs(long newestLayer) ? newestLayer : 0;
  }
}
