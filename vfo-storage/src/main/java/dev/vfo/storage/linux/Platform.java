package dev.vfo.storage.linux;

/**
 * Constants of the kernel interface that are the same on both architectures, or chosen by the one
 * that runs.
 */
final class Platform {
  private static final String ARCHITECTURE = System.getProperty("os.arch", "");

  static final boolean ARM64 = ARCHITECTURE.equals("aarch64");
  private static final boolean X64 = ARCHITECTURE.equals("amd64");

  static final int AT_FDCWD = -100;
  static final int AT_SYMLINK_NOFOLLOW = 0x100;
  static final int AT_REMOVEDIR = 0x200;
  static final int AT_EACCESS = 0x200;
  static final int AT_HANDLE_FID = 0x200;
  static final int AT_EMPTY_PATH = 0x1000;

  static final int O_RDONLY = 0;
  static final int O_WRONLY = 1;
  static final int O_RDWR = 2;
  static final int O_CREAT = 0100;
  static final int O_EXCL = 0200;
  static final int O_NOCTTY = 0400;
  static final int O_TRUNC = 01000;
  static final int O_NONBLOCK = 04000;
  static final int O_DSYNC = 010000;
  static final int O_CLOEXEC = 02000000;
  static final int O_PATH = 010000000;
  static final int O_DIRECT = ARM64 ? 0200000 : 040000;
  static final int O_DIRECTORY = ARM64 ? 040000 : 0200000;
  static final int O_NOFOLLOW = ARM64 ? 0100000 : 0400000;

  static final int RESOLVE_NO_SYMLINKS = 0x04;
  static final int RESOLVE_BENEATH = 0x08;

  static final int F_GETFD = 1;
  static final int F_SETFL = 4;

  static final int FALLOC_FL_KEEP_SIZE = 1;
  static final int FALLOC_FL_PUNCH_HOLE = 2;

  static final int SEEK_DATA = 3;
  static final int SEEK_HOLE = 4;

  static final int LOCK_EX = 2;
  static final int LOCK_NB = 4;

  static final int RENAME_NOREPLACE = 1;
  static final int RENAME_EXCHANGE = 2;

  static final int CLONE_FILES = 0x400;
  static final int CLONE_NEWNS = 0x20000;

  static final int EINTR = 4;

  private Platform() {}

  /** Throws unless the kernel interface that this package knows is the one that runs. */
  static void require() {
    String system = System.getProperty("os.name", "");
    if (!system.equals("Linux") || !(X64 || ARM64)) {
      throw new UnsupportedOperationException(
          "VFO needs Linux on x86_64 or aarch64; this is " + system + " on " + ARCHITECTURE);
    }
  }
}
