package dev.vfo.storage.linux;

import static java.util.Map.entry;

import dev.vfo.storage.FileSystemStat;
import dev.vfo.storage.StorageException;
import java.util.Map;

/** Reads space, limits and kind of file systems with fstatfs. */
final class FileSystemStats {
  private static final int READ_ONLY = 1;

  // Offsets in struct statfs, the same on all 64-bit architectures in use.
  private static final long TYPE = 0;
  private static final long BLOCK_BYTES = 8;
  private static final long BLOCKS = 16;
  private static final long AVAILABLE_BLOCKS = 32;
  private static final long INODES = 40;
  private static final long FREE_INODES = 48;
  private static final long MAX_NAME_BYTES = 64;
  private static final long FRAGMENT_BYTES = 72;
  private static final long FLAGS = 80;

  private static final Map<Long, String> NAMES =
      Map.ofEntries(
          entry(0xEF53L, "ext4"),
          entry(0x58465342L, "xfs"),
          entry(0x9123683EL, "btrfs"),
          entry(0x2FC12FC1L, "zfs"),
          entry(0xF2F52010L, "f2fs"),
          entry(0xCA451A4EL, "bcachefs"),
          entry(0x01021994L, "tmpfs"),
          entry(0x858458F6L, "ramfs"),
          entry(0x794C7630L, "overlay"),
          entry(0x65735546L, "fuse"),
          entry(0x6969L, "nfs"),
          entry(0xFF534D42L, "cifs"),
          entry(0xFE534D42L, "smb2"),
          entry(0x01021997L, "9p"),
          entry(0x00C36400L, "ceph"),
          entry(0x01161970L, "gfs2"),
          entry(0x7461636FL, "ocfs2"),
          entry(0x3153464AL, "jfs"),
          entry(0xF15FL, "ecryptfs"),
          entry(0x7366746EL, "ntfs3"),
          entry(0x4D44L, "vfat"),
          entry(0x2011BAB0L, "exfat"),
          entry(0x9660L, "iso9660"),
          entry(0x73717368L, "squashfs"),
          entry(0xE0F5E1E2L, "erofs"),
          entry(0x9FA0L, "proc"),
          entry(0x62656572L, "sysfs"),
          entry(0x27E0EBL, "cgroup"),
          entry(0x63677270L, "cgroup2"));

  private FileSystemStats() {}

  /**
   * As {@code Storage.fileSystemStat} says; available is what a user without privileges may take,
   * which is never too much.
   */
  static FileSystemStat of(int fd) throws StorageException {
    Kernel kernel = Kernel.get();
    CallMemory memory = kernel.memory;
    if (kernel.call(SystemCall.FSTATFS, fd, memory.struct.address()) < 0) {
      throw kernel.failure("stat the file system of", fd);
    }
    long type = memory.longAt(TYPE) & 0xffffffffL;
    long fragment = memory.longAt(FRAGMENT_BYTES);
    long unit = fragment == 0 ? memory.longAt(BLOCK_BYTES) : fragment;
    // In memory and without a limit: the kernel tells zeros.
    boolean isBounded = memory.longAt(BLOCKS) != 0;
    long inodes = memory.longAt(INODES);
    return new FileSystemStat(
        type,
        NAMES.getOrDefault(type, "0x" + Long.toHexString(type)),
        memory.longAt(BLOCK_BYTES),
        isBounded ? product(memory.longAt(AVAILABLE_BLOCKS), unit) : Long.MAX_VALUE,
        isBounded ? product(memory.longAt(BLOCKS), unit) : Long.MAX_VALUE,
        inodes == 0 ? Long.MAX_VALUE : memory.longAt(FREE_INODES),
        inodes == 0 ? Long.MAX_VALUE : inodes,
        Math.toIntExact(memory.longAt(MAX_NAME_BYTES)),
        (memory.longAt(FLAGS) & READ_ONLY) != 0);
  }

  private static long product(long blocks, long unit) {
    return Math.multiplyHigh(blocks, unit) == 0 && blocks * unit >= 0
        ? blocks * unit
        : Long.MAX_VALUE;
  }
}
