package dev.vfo.testkit;

import dev.vfo.storage.OpenFlag;

/** An open file. */
final class Descriptor {
  final int number;

  /** Serial number of the file. */
  final long inode;

  final int flags;

  /** The path by which it was opened, for messages. */
  final String path;

  boolean isLocked;

  /** Failed writes of the file that were reported here, or happened before it was opened. */
  long writeErrorsSeen;

  /** The same for the whole file system (C10). */
  long fileSystemErrorsSeen;

  Descriptor(int number, long inode, int flags, String path) {
    this.number = number;
    this.inode = inode;
    this.flags = flags;
    this.path = path;
  }

  Descriptor copy() {
    Descriptor copy = new Descriptor(number, inode, flags, path);
    copy.isLocked = isLocked;
    copy.writeErrorsSeen = writeErrorsSeen;
    copy.fileSystemErrorsSeen = fileSystemErrorsSeen;
    return copy;
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  boolean isPlace() {
    return has(OpenFlag.PATH);
  }

  @Override
  public String toString() {
    return number + "(" + path + ")";
  }
}
