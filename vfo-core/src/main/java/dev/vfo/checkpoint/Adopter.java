package dev.vfo.checkpoint;

import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.EntryChange;
import dev.vfo.changes.Renumbering;
import dev.vfo.overlay.EntryTable;
import dev.vfo.overlay.Layer;
import dev.vfo.overlay.LayerLoader;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

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
   * Loads layers.
   *
   * @param layers oldest first, at least one
   * @param timeNanos the change time of what they change, nanoseconds since 1970
   * @return what they are now
   */
  List<ChangeSet> load(List<ChangeSet> layers, long timeNanos) throws StorageException {
    LayerLoader loader = parts.loader(number -> null);
    List<ChangeSet> loaded = new ArrayList<>();
    for (ChangeSet changes : layers) {
      changes.entries().forEach(this::number);
      Layer layer = parts.layers().seal();
      ChangeSet renumbered =
          new Renumbering(old -> Objects.requireNonNull(numbers.get(old), "all are named"))
              .of(changes, layer.number());
      loaded.add(loader.load(renumbered, timeNanos, layer).changes());
    }
    return loaded;
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
