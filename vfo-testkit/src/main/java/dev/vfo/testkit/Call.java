package dev.vfo.testkit;

import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import org.jspecify.annotations.Nullable;

/**
 * One call of the storage, as far as faults and traces need to know it. {@code first} and {@code
 * second} are what the operation has as numbers: offset and length, or flags and mode, or size.
 */
record Call(
    Operation operation,
    int fd,
    @Nullable Name name,
    int otherFd,
    @Nullable Name otherName,
    long first,
    long second) {
  private static final int NONE = -1;

  static Call of(Operation operation, int fd) {
    return new Call(operation, fd, null, NONE, null, 0, 0);
  }

  static Call of(Operation operation, int fd, Name name) {
    return new Call(operation, fd, name, NONE, null, 0, 0);
  }

  static Call of(Operation operation, int fd, Name name, long first, long second) {
    return new Call(operation, fd, name, NONE, null, first, second);
  }

  static Call of(Operation operation, int fd, long first, long second) {
    return new Call(operation, fd, null, NONE, null, first, second);
  }

  static Call of(Operation operation, int fd, Name name, int otherFd, Name otherName) {
    return new Call(operation, fd, name, otherFd, otherName, 0, 0);
  }

  static Call copy(int from, long fromOffset, int to, long length) {
    return new Call(Operation.COPY_RANGE, from, null, to, null, fromOffset, length);
  }

  boolean changesDisk() {
    return switch (operation) {
      case OPEN, REOPEN -> (first & (OpenFlag.CREATE | OpenFlag.TRUNCATE)) != 0;
      default -> operation.changesDisk();
    };
  }

  /** The paths that it is about. */
  String paths(Disk disk) {
    if (operation == Operation.OPEN_ROOT) {
      return "";
    }
    String paths = path(disk, fd, name);
    return otherFd == NONE ? paths : paths + " -> " + path(disk, otherFd, otherName);
  }

  private static String path(Disk disk, int fd, @Nullable Name name) {
    Descriptor descriptor = disk.descriptors.get(fd);
    if (descriptor == null) {
      return name == null ? "descriptor " + fd : "descriptor " + fd + "/" + name;
    }
    return name == null ? descriptor.toString() : Disk.pathOf(descriptor, name);
  }

  String text(Disk disk) {
    String subject = operation.method() + " " + paths(disk);
    return switch (operation) {
      case OPEN, REOPEN ->
          subject + " flags 0x" + Long.toHexString(first) + " mode 0" + Long.toOctalString(second);
      case READ, WRITE, ALLOCATE, PUNCH_HOLE, COPY_RANGE ->
          subject + " at " + first + " length " + second;
      case TRUNCATE -> subject + " to " + first;
      case SEEK_DATA, SEEK_HOLE -> subject + " from " + first;
      case MAKE_DIRECTORY, CHANGE_MODE -> subject + " mode 0" + Long.toOctalString(first);
      case CHANGE_OWNER, SET_TIMES -> subject + " " + first + " " + second;
      default -> subject;
    };
  }
}
