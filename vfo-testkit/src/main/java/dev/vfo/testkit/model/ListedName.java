package dev.vfo.testkit.model;

import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;

/**
 * A name in a directory, and what kind of file it stands for.
 *
 * @param name the name
 * @param type the kind
 */
public record ListedName(Name name, FileType type) implements Comparable<ListedName> {
  @Override
  public int compareTo(ListedName other) {
    return name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return TreePath.ROOT.child(name).toString().substring(1)
        + (type == FileType.DIRECTORY ? "/" : "");
  }
}
