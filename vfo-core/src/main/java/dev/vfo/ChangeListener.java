package dev.vfo;

import dev.vfo.storage.Name;

/**
 * Is told what changed in a tree, after the fact and in the thread that changed it: for caches
 * above it. Must be quick, and must not use the tree.
 */
public interface ChangeListener {
  /**
   * A file's content, size or attributes changed; also its link count and change time alone, when a
   * name of it was made, moved or removed. Not those of a directory whose names change.
   */
  default void entryChanged(long number) {}

  /** A name stands for something else now, or for nothing. */
  default void nameChanged(long directory, Name name) {}

  /** A step was dropped: anything may be different. */
  default void rolledBack() {}
}
