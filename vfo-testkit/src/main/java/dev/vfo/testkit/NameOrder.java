package dev.vfo.testkit;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The partial order of name operations (C4): which pending ones must be kept by a crash that keeps
 * a new one.
 *
 * <ul>
 *   <li>The last one on the same slot, so that operations on a slot keep their order.
 *   <li>For a new entry: the one that made its directory.
 *   <li>For a directory that is removed: all in it.
 *   <li>For a directory that moves into another one: those that put its new parent and all above it
 *       where they are. Without them two moves, each right when it was made, could leave two
 *       directories inside each other.
 *   <li>For a file whose inode number belonged to a file that is gone: all that speak of that one.
 *       So no two files are found with one number.
 * </ul>
 */
final class NameOrder {
  private final Disk disk;
  private final Set<Long> found = new TreeSet<>();

  NameOrder(Disk disk) {
    this.disk = disk;
  }

  /** The numbers of the operations that these changes, which are not done yet, come after. */
  Set<Long> of(List<SlotChange> changes) {
    if (disk.log.pending().isEmpty()) {
      return found;
    }
    Set<Long> removed = new HashSet<>();
    for (SlotChange change : changes) {
      disk.log.addLastAt(change, found);
      removed.add(change.before());
    }
    for (SlotChange change : changes) {
      removed.remove(change.after());
      if (change.after() != SlotChange.NONE) {
        addPlace(change);
      }
    }
    for (long serial : removed) {
      if (serial != SlotChange.NONE && disk.inodes.get(serial).isDirectory()) {
        disk.log.addAll(operation -> operation.touches(serial), found);
      }
    }
    return found;
  }

  private void addPlace(SlotChange change) {
    addIfPending(disk.inodes.get(change.directory()).createdBy);
    Inode inode = disk.inodes.get(change.after());
    if (inode.former != 0) {
      disk.log.addAll(operation -> operation.mentions(inode.former), found);
    }
    if (inode.isDirectory() && inode.links > 0 && inode.entries().parent != change.directory()) {
      long serial = change.directory();
      while (serial != InodeTable.ROOT) {
        Directory above = disk.inodes.get(serial).entries();
        addIfPending(above.placedBy);
        serial = above.parent;
      }
    }
  }

  private void addIfPending(long sequence) {
    if (sequence != 0 && disk.log.isPending(sequence)) {
      found.add(sequence);
    }
  }
}
