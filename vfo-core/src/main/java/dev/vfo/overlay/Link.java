package dev.vfo.overlay;

import dev.vfo.storage.Name;

/**
 * A name that an entry has.
 *
 * @param parent the directory
 * @param name the name in it
 */
public record Link(FileEntry parent, Name name) {
  // Identity of the parent, not its content; and never a walk through the tree in toString.
  @Override
  public boolean equals(Object other) {
    return other instanceof Link link && link.parent == parent && link.name.equals(name);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(parent.number()) * 31 + name.hashCode();
  }

  @Override
  public String toString() {
    return parent.number() + "/" + name;
  }
}
