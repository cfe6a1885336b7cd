package dev.vfo.testkit;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * All files by serial number, and the inode numbers that can be given to new ones. For one thread
 * at a time.
 */
final class InodeTable {
  /** Serial number of the root directory. */
  static final long ROOT = 1;

  private static final long ROOT_NUMBER = 2;
  private static final long FIRST_NUMBER = 11;

  /**
   * An inode number that can be given to a new file.
   *
   * @param former serial of the file that had it and that a crash may bring back, or 0
   */
  record FreeNumber(long number, long former) {}

  private final Map<Long, Inode> inodes = new HashMap<>();
  private final Deque<FreeNumber> free = new ArrayDeque<>();
  private long lastSerial;
  private long nextNumber;

  InodeTable() {
    this(0, FIRST_NUMBER);
  }

  private InodeTable(long lastSerial, long nextNumber) {
    this.lastSerial = lastSerial;
    this.nextNumber = nextNumber;
  }

  InodeTable copy() {
    InodeTable copy = new InodeTable(lastSerial, nextNumber);
    inodes.forEach((serial, inode) -> copy.inodes.put(serial, inode.copy()));
    copy.free.addAll(free);
    return copy;
  }

  /**
   * An empty table that goes on with serial numbers where this one is, so that none comes again
   * (C11).
   */
  InodeTable successor() {
    return new InodeTable(lastSerial, FIRST_NUMBER);
  }

  Inode get(long serial) {
    Inode inode = inodes.get(serial);
    if (inode == null) {
      throw new IllegalStateException("no inode with serial " + serial);
    }
    return inode;
  }

  boolean has(long serial) {
    return inodes.containsKey(serial);
  }

  Collection<Inode> all() {
    return inodes.values();
  }

  int size() {
    return inodes.size();
  }

  void add(Inode inode) {
    inodes.put(inode.serial, inode);
  }

  void remove(Inode inode) {
    inodes.remove(inode.serial);
  }

  long nextSerial() {
    return ++lastSerial;
  }

  /** The number that became free last, else one that no file ever had. */
  FreeNumber takeNumber() {
    if (lastSerial == ROOT) {
      return new FreeNumber(ROOT_NUMBER, 0);
    }
    FreeNumber found = free.pollFirst();
    return found == null ? new FreeNumber(nextNumber++, 0) : found;
  }

  void giveNumber(FreeNumber number) {
    free.addFirst(number);
  }

  /** Finds out from the inodes which numbers are free; lower ones are given first. */
  void findFreeNumbers() {
    boolean[] used = new boolean[(int) highestNumber() + 1];
    for (Inode inode : inodes.values()) {
      if (used[(int) inode.number]) {
        throw new IllegalStateException("two files have inode number " + inode.number);
      }
      used[(int) inode.number] = true;
    }
    nextNumber = Math.max(FIRST_NUMBER, used.length);
    for (long number = FIRST_NUMBER; number < used.length; number++) {
      if (!used[(int) number]) {
        free.addLast(new FreeNumber(number, 0));
      }
    }
  }

  private long highestNumber() {
    long highest = 0;
    for (Inode inode : inodes.values()) {
      highest = Math.max(highest, inode.number);
    }
    return highest;
  }
}
