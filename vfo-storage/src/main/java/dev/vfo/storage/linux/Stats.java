package dev.vfo.storage.linux;

import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;

/** Reads the attributes of files with statx. */
final class Stats {
  private static final int BASIC_AND_BIRTH = 0x7ff | 0x800;
  private static final long NANOS = 1_000_000_000L;

  // Offsets in struct statx.
  private static final long LINK_COUNT = 16;
  private static final long UID = 20;
  private static final long GID = 24;
  private static final long MODE = 28;
  private static final long INODE = 32;
  private static final long SIZE = 40;
  private static final long BLOCKS = 48;
  private static final long ACCESS_TIME = 64;
  private static final long CHANGE_TIME = 96;
  private static final long MODIFY_TIME = 112;
  private static final long SPECIAL_DEVICE = 128;
  private static final long MOUNT_DEVICE = 136;

  private Stats() {}

  /** Those of an open file. */
  static FileStat ofDescriptor(int fd) throws StorageException {
    Kernel kernel = Kernel.get();
    if (!statx(kernel, fd)) {
      throw kernel.failure("stat", fd);
    }
    return parse(kernel, fd);
  }

  /**
   * Those of a name: opened as a place, so that attributes and identity are of one file whatever
   * happens to the name.
   */
  static FileStat ofName(int directory, Name name) throws StorageException {
    Kernel kernel = Kernel.get();
    int fd = Opening.place(kernel, "stat", directory, name);
    try {
      if (!statx(kernel, fd)) {
        throw kernel.failure("stat", directory, name);
      }
      return parse(kernel, fd);
    } finally {
      Opening.close(fd);
    }
  }

  /** Only the type of an open file. */
  static FileType type(Kernel kernel, int fd) throws StorageException {
    if (!statx(kernel, fd)) {
      throw kernel.failure("stat", fd);
    }
    return FileType.ofMode(mode(kernel.memory));
  }

  private static boolean statx(Kernel kernel, int fd) {
    CallMemory memory = kernel.memory;
    long result =
        kernel.call(
            SystemCall.STATX,
            fd,
            memory.empty,
            Platform.AT_EMPTY_PATH,
            BASIC_AND_BIRTH,
            memory.struct.address());
    return result == 0;
  }

  private static int mode(CallMemory memory) {
    return memory.intAt(MODE) & 0xffff;
  }

  private static FileStat parse(Kernel kernel, int fd) throws StorageException {
    CallMemory memory = kernel.memory;
    long inode = memory.longAt(INODE);
    int mode = mode(memory);
    return new FileStat(
        new FileIdentity(inode, Generation.of(kernel, fd)),
        device(memory, MOUNT_DEVICE),
        FileType.ofMode(mode),
        mode & 07777,
        memory.intAt(LINK_COUNT),
        memory.intAt(UID),
        memory.intAt(GID),
        device(memory, SPECIAL_DEVICE),
        memory.longAt(SIZE),
        memory.longAt(BLOCKS),
        nanos(memory, ACCESS_TIME),
        nanos(memory, MODIFY_TIME),
        nanos(memory, CHANGE_TIME));
  }

  /** Major and minor number put together as dev_t of the C library has them. */
  private static long device(CallMemory memory, long offset) {
    long major = Integer.toUnsignedLong(memory.intAt(offset));
    long minor = Integer.toUnsignedLong(memory.intAt(offset + 4));
    return ((major & ~0xfffL) << 32)
        | ((major & 0xfff) << 8)
        | ((minor & ~0xffL) << 12)
        | (minor & 0xff);
  }

  private static long nanos(CallMemory memory, long offset) {
    return toNanos(memory.longAt(offset), memory.intAt(offset + 8));
  }

  /** Nanoseconds since 1970, cut to what a long can have. */
  static long toNanos(long seconds, int nanos) {
    if (seconds >= Long.MAX_VALUE / NANOS) {
      return Long.MAX_VALUE;
    }
    if (seconds <= Long.MIN_VALUE / NANOS) {
      // Not Long.MIN_VALUE, which means OMIT_TIME when it is set.
      return Long.MIN_VALUE + 1;
    }
    return seconds * NANOS + nanos;
  }
}
