package dev.vfo.checkpoint;

import dev.vfo.apply.LayerContent;
import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.EntryChange;
import dev.vfo.changes.Renumbering;
import dev.vfo.overlay.EntryLocks;
import dev.vfo.overlay.EntryTable;
import dev.vfo.overlay.ExtentSource;
import dev.vfo.overlay.Layer;
import dev.vfo.overlay.LayerLoader;
import dev.vfo.storage.FileIdentity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.Lock;

/**
 * Takes the layers of a detached step into a manager's overlay, as sealed ones. One use, while
 * nothing else changes the overlay and all that is committed is applied.
 */
final class Adopter {
  private final EngineParts parts;

  /** Entry numbers of the detached step, and what they are in the manager. */
  private final Map<Long, Long> numbers = new HashMap<>();

  Adopter(EngineParts parts) {
    this.parts = parts;
  }

  /**
   * Copies layers. Whoever reads what they change waits.
   *
   * @param step whose layers they are
   * @param layers oldest first
   * @param timeNanos the change time of what they change, nanoseconds since 1970
   * @return what they are now
   */
  List<ChangeSet> load(DetachedFolder step, List<ChangeSet> layers, long timeNanos)
      throws IOException {
    Lock names = parts.names().lock().writeLock();
    names.lock();
    try {
      List<ChangeSet> renumbered = new ArrayList<>();
      for (ChangeSet layer : layers) {
        // A layer that changes names nowhere does not speak of it.
        numbers.put(layer.rootNumber(), parts.table().root().number());
        layer.entries().forEach(this::number);
        renumbered.add(
            renumbering().of(layer, parts.layers().active().number() + renumbered.size()));
      }
      return copy(step, layers, renumbered, timeNanos);
    } finally {
      names.unlock();
    }
  }

  private Renumbering renumbering() {
    return new Renumbering(old -> Objects.requireNonNull(numbers.get(old), "all are named"));
  }

  private List<ChangeSet> copy(
      DetachedFolder step, List<ChangeSet> layers, List<ChangeSet> renumbered, long timeNanos)
      throws IOException {
    LayerLoader loader = parts.loader(number -> null);
    List<ChangeSet> copied = new ArrayList<>();
    try (EntryLocks _ = loader.lockEntries(renumbered)) {
      for (int i = 0; i < layers.size(); i++) {
        Layer layer = parts.layers().seal();
        try (LayerContent content = LayerContent.open(step.target(), layers.get(i))) {
          ExtentSource source = (extent, sink) -> content.read(extent, sink::take);
          copied.add(loader.copy(renumbered.get(i), timeNanos, layer, source).changes());
        }
      }
    }
    return copied;
  }

  private void number(EntryChange entry) {
    EntryTable table = parts.table();
    FileIdentity home = entry.identity();
    if (home != null) {
      parts.knowledge().lookAgain(home);
    }
    numbers.computeIfAbsent(
        entry.number(), _ -> home == null ? table.newNumber() : table.numberOf(home));
  }
}
