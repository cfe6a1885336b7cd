package dev.vfo.testkit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The open files by number. A new one gets the lowest number that is free, as in Linux. For one
 * thread at a time.
 */
final class DescriptorTable {
  /**
   * Lower numbers are a process' standard streams, and what a forgotten initialization looks like.
   */
  private static final int FIRST = 3;

  private final List<@Nullable Descriptor> open = new ArrayList<>();
  private final int limit;
  private int lowestFree = FIRST;

  DescriptorTable(int limit) {
    this.limit = limit;
    for (int i = 0; i < FIRST; i++) {
      open.add(null);
    }
  }

  DescriptorTable copy() {
    DescriptorTable copy = new DescriptorTable(limit);
    for (Descriptor descriptor : open.subList(FIRST, open.size())) {
      copy.open.add(descriptor == null ? null : descriptor.copy());
    }
    copy.lowestFree = lowestFree;
    return copy;
  }

  boolean isFull() {
    return nextNumber() >= limit + FIRST;
  }

  /** The number that the next file gets. */
  int nextNumber() {
    while (lowestFree < open.size() && open.get(lowestFree) != null) {
      lowestFree++;
    }
    return lowestFree;
  }

  void add(Descriptor descriptor) {
    if (descriptor.number == open.size()) {
      open.add(descriptor);
    } else {
      open.set(descriptor.number, descriptor);
    }
  }

  @Nullable Descriptor get(int number) {
    return number >= 0 && number < open.size() ? open.get(number) : null;
  }

  void remove(int number) {
    open.set(number, null);
    lowestFree = Math.min(lowestFree, number);
  }

  /** All open files by ascending number. */
  List<Descriptor> all() {
    List<Descriptor> all = new ArrayList<>();
    for (Descriptor descriptor : open) {
      if (descriptor != null) {
        all.add(descriptor);
      }
    }
    return all;
  }

  /** Whether somebody else holds the lock of a file. */
  boolean isLockedByOther(Descriptor descriptor) {
    for (Descriptor other : open) {
      if (other != null
          && other != descriptor
          && other.isLocked
          && other.inode == descriptor.inode) {
        return true;
      }
    }
    return false;
  }
}
