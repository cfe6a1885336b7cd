package dev.vfo.testkit;

import dev.vfo.storage.Name;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Checks that a disk's state fits together; throws IllegalStateException when it does not. Used
 * once.
 */
final class DiskCheck {
  private final Disk disk;
  private final Map<Long, Integer> links = new HashMap<>();
  private final Map<Long, Integer> durableLinks = new HashMap<>();

  DiskCheck(Disk disk) {
    this.disk = disk;
  }

  void run() {
    links.put(InodeTable.ROOT, 1);
    durableLinks.put(InodeTable.ROOT, 1);
    for (Inode inode : disk.inodes.all()) {
      if (inode.isDirectory()) {
        countNames(inode.entries());
      }
    }
    disk.inodes.all().forEach(this::checkInode);
    checkNumbers();
    checkSpace();
  }

  private void countNames(Directory directory) {
    for (Map.Entry<Name, Long> entry : directory.names.entries()) {
      expect(disk.inodes.has(entry.getValue()), "the name " + entry.getKey() + " leads nowhere");
      links.merge(entry.getValue(), 1, Integer::sum);
    }
    for (Map.Entry<Name, Long> entry : directory.durable.entries()) {
      expect(disk.inodes.has(entry.getValue()), "the name " + entry.getKey() + " leads nowhere");
      durableLinks.merge(entry.getValue(), 1, Integer::sum);
    }
  }

  private void checkInode(Inode inode) {
    String what = inode.type + " with inode number " + inode.number;
    expect(inode.links == links.getOrDefault(inode.serial, 0), what + ": link count");
    expect(
        inode.durableLinks == durableLinks.getOrDefault(inode.serial, 0),
        what + ": durable link count");
    boolean needed =
        inode.links > 0 || inode.opens > 0 || inode.durableLinks > 0 || inode.pendingNames > 0;
    expect(needed, what + ": is gone but still there");
    expect(inode.isReleased == (inode.links == 0 && inode.opens == 0), what + ": released");
    if (inode.isDirectory()) {
      expect(inode.links <= 1 && inode.durableLinks <= 1, what + ": two names");
      expect(inode.links > 0 || inode.entries().names.isEmpty(), what + ": removed, not empty");
      expect(
          inode.durableLinks > 0 || inode.entries().durable.isEmpty(),
          what + ": durable names in a directory that is not durable");
    }
    if (inode.content != null) {
      inode.content.check();
    }
  }

  private void checkNumbers() {
    Set<Long> numbers = new HashSet<>();
    for (Inode inode : disk.inodes.all()) {
      expect(inode.isReleased || numbers.add(inode.number), "two files with one number");
    }
  }

  private void checkSpace() {
    long used = 0;
    long count = 0;
    for (Inode inode : disk.inodes.all()) {
      if (!inode.isReleased) {
        used += inode.blocks();
        count++;
      }
    }
    expect(used == disk.space.usedBlocks(), used + " blocks, not " + disk.space.usedBlocks());
    expect(count == disk.space.usedInodes(), count + " files, not " + disk.space.usedInodes());
  }

  private static void expect(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException(what);
    }
  }
}
