package dev.vfo.testkit;

import java.util.List;
import java.util.Set;

/**
 * A change of one directory entry, or of two at once (a rename): kept or lost as a whole (C1).
 *
 * @param sequence numbers operations in the order in which they were done
 * @param after operations that a crash cannot lose while it keeps this one (C4)
 */
record NameOperation(long sequence, List<SlotChange> changes, Set<Long> after) {
  boolean touches(long directory) {
    for (SlotChange change : changes) {
      if (change.directory() == directory) {
        return true;
      }
    }
    return false;
  }

  boolean isAt(SlotChange slot) {
    for (SlotChange change : changes) {
      if (change.isAt(slot)) {
        return true;
      }
    }
    return false;
  }

  boolean mentions(long serial) {
    for (SlotChange change : changes) {
      if (change.mentions(serial)) {
        return true;
      }
    }
    return false;
  }
}
