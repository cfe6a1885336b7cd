package dev.vfo.apply;

import dev.vfo.changes.EntryChange.Fate;
import dev.vfo.changes.Location;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Finds how far below the root each directory is once the layer is applied; refuses directories
 * that lie in each other.
 */
final class Depths {
  private static final int UNKNOWN = 0;
  private static final int IN_PROGRESS = -1;

  private final LayerTree tree;

  Depths(LayerTree tree) {
    this.tree = tree;
  }

  /** The root is at 1, what lies in it at 2. A directory that is gone has none. */
  void run() {
    tree.root.setDepth(1);
    Deque<Entry> below = new ArrayDeque<>();
    for (Entry entry : tree.entries()) {
      if (entry.isDirectory() && entry.is(Fate.ALIVE)) {
        climb(entry, below);
      }
    }
  }

  private void climb(Entry directory, Deque<Entry> below) {
    Entry at = directory;
    while (at.depth() == UNKNOWN) {
      at.setDepth(IN_PROGRESS);
      below.push(at);
      Entry parent = parent(at);
      if (parent == null || parent.depth() == IN_PROGRESS) {
        throw new IllegalArgumentException(
            "layer %d: no way leads to directory %x".formatted(tree.changes.layer(), at.number()));
      }
      at = parent;
    }
    int depth = at.depth();
    while (!below.isEmpty()) {
      depth++;
      below.pop().setDepth(depth);
    }
  }

  /** The directory that it is in after the layer. */
  private @Nullable Entry parent(Entry directory) {
    if (!directory.wanted().isEmpty()) {
      return directory.wanted().getFirst().directory;
    }
    Location before = directory.change.before();
    Entry parent = before == null ? null : tree.entry(before.directory());
    return parent != null && parent.is(Fate.ALIVE) ? parent : null;
  }
}
