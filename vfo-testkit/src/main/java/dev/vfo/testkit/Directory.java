package dev.vfo.testkit;

import dev.vfo.storage.Name;

/**
 * The names in a directory, as programs see them and as they are durable. Values are serial numbers
 * of inodes.
 */
final class Directory {
  /** Entries that fit into a block: a directory takes one more block for each as many. */
  static final int ENTRIES_PER_BLOCK = 64;

  final CowMap<Name, Long> names;
  final CowMap<Name, Long> durable;

  /** Serial number of the directory that it lies in; of itself for the root. */
  long parent;

  int subdirectories;

  /** The name operation that put it where it is, or 0. */
  long placedBy;

  /** An empty one. */
  Directory(long parent) {
    this(new CowMap<>(), new CowMap<>(), parent);
  }

  private Directory(CowMap<Name, Long> names, CowMap<Name, Long> durable, long parent) {
    this.names = names;
    this.durable = durable;
    this.parent = parent;
  }

  /** One whose names are all durable. */
  static Directory durable(CowMap<Name, Long> names, long parent) {
    return new Directory(names, names.copy(), parent);
  }

  Directory copy() {
    Directory copy = new Directory(names.copy(), durable.copy(), parent);
    copy.subdirectories = subdirectories;
    copy.placedBy = placedBy;
    return copy;
  }
}
