package dev.vfo.testkit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The name operations that are not durable, in the order in which they were done. For one thread at
 * a time.
 */
final class NameLog {
  private List<NameOperation> pending = new ArrayList<>();
  private long lastSequence;

  NameLog copy() {
    NameLog copy = new NameLog();
    copy.pending = new ArrayList<>(pending);
    copy.lastSequence = lastSequence;
    return copy;
  }

  /** An empty log that goes on counting where this one is. */
  NameLog successor() {
    NameLog next = new NameLog();
    next.lastSequence = lastSequence;
    return next;
  }

  List<NameOperation> pending() {
    return pending;
  }

  /** Adds an operation; returns its number. */
  long add(List<SlotChange> changes, Set<Long> after) {
    lastSequence++;
    pending.add(new NameOperation(lastSequence, changes, after));
    return lastSequence;
  }

  boolean isPending(long sequence) {
    int low = 0;
    int high = pending.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long found = pending.get(middle).sequence();
      if (found == sequence) {
        return true;
      }
      if (found < sequence) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return false;
  }

  /** Adds the newest pending operation on a slot to a set, if there is one. */
  void addLastAt(SlotChange slot, Set<Long> found) {
    for (int i = pending.size() - 1; i >= 0; i--) {
      if (pending.get(i).isAt(slot)) {
        found.add(pending.get(i).sequence());
        return;
      }
    }
  }

  /** Adds all pending operations of a kind to a set. */
  void addAll(Predicate<NameOperation> kind, Set<Long> found) {
    for (NameOperation operation : pending) {
      if (kind.test(operation)) {
        found.add(operation.sequence());
      }
    }
  }

  /** Takes out all operations of a kind and those that they come after; returns them in order. */
  List<NameOperation> take(Predicate<NameOperation> kind) {
    Set<Long> wanted = closure(kind);
    List<NameOperation> taken = new ArrayList<>();
    List<NameOperation> left = new ArrayList<>();
    for (NameOperation operation : pending) {
      (wanted.contains(operation.sequence()) ? taken : left).add(operation);
    }
    pending = left;
    return taken;
  }

  private Set<Long> closure(Predicate<NameOperation> kind) {
    Set<Long> wanted = new HashSet<>();
    for (int i = pending.size() - 1; i >= 0; i--) {
      NameOperation operation = pending.get(i);
      if (wanted.contains(operation.sequence()) || kind.test(operation)) {
        wanted.add(operation.sequence());
        wanted.addAll(operation.after());
      }
    }
    return wanted;
  }

  /**
   * The operations that a crash leaves: a random set that has, with each operation, those that it
   * comes after (C4). Several ways to draw it, so that single lost and single kept ones, mixtures
   * and whole prefixes are all seen often.
   */
  List<NameOperation> survivors(Chance chance) {
    if (pending.isEmpty()) {
      return pending;
    }
    double rate = chance.oneOf(0.1, 0.5, 0.9);
    long one = pending.get(chance.below(pending.size())).sequence();
    return switch (chance.below(6)) {
      case 0 -> pending.subList(0, chance.below(pending.size() + 1));
      case 1 -> closedUnder(operation -> operation.sequence() == one);
      case 2 -> withoutOrphans(operation -> operation.sequence() != one);
      case 3 -> closedUnder(operation -> chance.happens(rate));
      default -> withoutOrphans(operation -> chance.happens(rate));
    };
  }

  /** Those that are wanted, and what they need. */
  private List<NameOperation> closedUnder(Predicate<NameOperation> isWanted) {
    Set<Long> wanted = closure(isWanted);
    return pending.stream().filter(operation -> wanted.contains(operation.sequence())).toList();
  }

  /** Those that are wanted, but for those that need one that is not. */
  private List<NameOperation> withoutOrphans(Predicate<NameOperation> isWanted) {
    Set<Long> lost = new TreeSet<>();
    List<NameOperation> kept = new ArrayList<>();
    for (NameOperation operation : pending) {
      boolean possible = operation.after().stream().noneMatch(lost::contains);
      if (possible && isWanted.test(operation)) {
        kept.add(operation);
      } else {
        lost.add(operation.sequence());
      }
    }
    return kept;
  }
}
