package dev.vfo.apply;

import dev.vfo.ForeignChangeException;
import dev.vfo.changes.EntryChange.Fate;
import dev.vfo.storage.StorageException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Removes directories that have no name after the layer, inner ones first; an open one goes to the
 * orphans instead. All that was in them is elsewhere by then, but for what other programs made.
 */
final class DyingDirectories {
  private final LayerTree tree;
  private final Moves moves;

  /** How many dying directories are still in a dying directory. */
  private final Map<Entry, Integer> inside = new HashMap<>();

  DyingDirectories(LayerTree tree, Moves moves) {
    this.tree = tree;
    this.moves = moves;
  }

  void run() throws StorageException, ForeignChangeException {
    for (Entry entry : tree.entries()) {
      Slot slot = entry.loose();
      if (isDying(entry) && slot != null) {
        inside.merge(slot.directory, 1, Integer::sum);
      }
    }
    Deque<Entry> ready = new ArrayDeque<>();
    for (Entry entry : tree.entries()) {
      if (isDying(entry) && !inside.containsKey(entry)) {
        ready.add(entry);
      }
    }
    while (!ready.isEmpty()) {
      remove(ready.remove(), ready);
    }
  }

  private static boolean isDying(Entry entry) {
    return entry.isDirectory() && !entry.is(Fate.ALIVE);
  }

  private void remove(Entry entry, Deque<Entry> ready)
      throws StorageException, ForeignChangeException {
    Slot slot = entry.loose();
    if (slot == null) {
      return;
    }
    if (entry.is(Fate.ORPHAN)) {
      moves.retire(entry, slot);
    } else {
      moves.removeDirectory(slot);
    }
    Entry parent = slot.directory;
    Integer left = inside.computeIfPresent(parent, (key, count) -> count == 1 ? null : count - 1);
    if (left == null && isDying(parent)) {
      ready.add(parent);
    }
  }
}
