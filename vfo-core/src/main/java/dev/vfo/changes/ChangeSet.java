package dev.vfo.changes;

import java.util.List;

/**
 * The net change that one layer makes to the root.
 *
 * @param layer the layer's number: 1, 2, 3 ... in the order of sealing, never reused in a root
 * @param rootNumber entry number of the root directory
 * @param entries every entry that is changed, or that a name or a location refers to, by ascending
 *     number (signed, as {@code Long.compare} has it); each number once
 * @param names the directory entries that changed, each (directory, name) once
 */
public record ChangeSet(
    long layer, long rootNumber, List<EntryChange> entries, List<NameChange> names) {

  /** Copies the lists, so that nothing can change them any more. */
  public ChangeSet {
    entries = List.copyOf(entries);
    names = List.copyOf(names);
  }
}
