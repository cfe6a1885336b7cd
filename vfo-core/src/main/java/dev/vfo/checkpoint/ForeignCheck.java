package dev.vfo.checkpoint;

import dev.vfo.ForeignChangeException;
import dev.vfo.ForeignChangeException.Conflict;
import dev.vfo.StuckApplyException;
import dev.vfo.overlay.Layer;
import dev.vfo.storage.StorageException;
import java.util.List;

/**
 * The look at home that each commit takes right before its record is written: what another program
 * changed since the step built on it is told, and nothing is committed then. What is changed after
 * this look, apply finds.
 */
final class ForeignCheck {
  private final EngineParts parts;
  private final ApplyQueue queue;

  ForeignCheck(EngineParts parts, ApplyQueue queue) {
    this.parts = parts;
    this.queue = queue;
  }

  /**
   * Looks at what layers build on that are about to be committed.
   *
   * @throws ForeignChangeException when another program changed something of it
   */
  void run(List<Layer> layers) throws StorageException, ForeignChangeException {
    List<Conflict> found = parts.foreignChanges(layers);
    if (found.isEmpty()) {
      return;
    }
    // Our own apply may be at work on what was found: when it is done it has been told what it did.
    StuckApplyException stuck = null;
    try {
      queue.drainTo(0);
    } catch (StuckApplyException e) {
      stuck = e;
    }
    found = parts.foreignChanges(layers);
    if (found.isEmpty()) {
      return;
    }
    ForeignChangeException conflict =
        new ForeignChangeException(
            found,
            "while the step ran",
            "Nothing was committed and nothing overwritten: roll back to take theirs, or make them"
                + " as they were and commit again.");
    if (stuck != null) {
      conflict.addSuppressed(stuck);
    }
    throw conflict;
  }
}
