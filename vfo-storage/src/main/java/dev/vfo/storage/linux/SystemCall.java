package dev.vfo.storage.linux;

/** The system calls in use, with their numbers on each architecture. */
enum SystemCall {
  CLOCK_GETTIME(228, 113),
  CLOSE(3, 57),
  COPY_FILE_RANGE(326, 285),
  FACCESSAT(269, 48),
  FACCESSAT2(439, 439),
  FALLOCATE(285, 47),
  FCHMOD(91, 52),
  FCHMODAT(268, 53),
  FCHMODAT2(452, 452),
  FCHOWN(93, 55),
  FCHOWNAT(260, 54),
  FCNTL(72, 25),
  FDATASYNC(75, 83),
  FLOCK(73, 32),
  FSTATFS(138, 44),
  FSYNC(74, 82),
  FTRUNCATE(77, 46),
  GETDENTS64(217, 61),
  GETEGID(108, 177),
  GETEUID(107, 175),
  GETGROUPS(115, 158),
  GETXATTR(191, 8),
  LGETXATTR(192, 9),
  LINKAT(265, 37),
  LISTXATTR(194, 11),
  LLISTXATTR(195, 12),
  LREMOVEXATTR(198, 15),
  REMOVEXATTR(197, 14),
  SETXATTR(188, 5),
  LSEEK(8, 62),
  LSETXATTR(189, 6),
  MKDIRAT(258, 34),
  MKNODAT(259, 33),
  MOUNT(165, 40),
  NAME_TO_HANDLE_AT(303, 264),
  OPENAT(257, 56),
  OPENAT2(437, 437),
  OPEN_BY_HANDLE_AT(304, 265),
  PREAD64(17, 67),
  PWRITE64(18, 68),
  READ(0, 63),
  READLINKAT(267, 78),
  RENAMEAT2(316, 276),
  STATX(332, 291),
  SYMLINKAT(266, 36),
  SYNCFS(306, 267),
  SYNC_FILE_RANGE(277, 84),
  UMOUNT2(166, 39),
  UNLINKAT(263, 35),
  UNSHARE(272, 97),
  UTIMENSAT(280, 88),
  WRITE(1, 64);

  private final int x64;
  private final int arm64;

  SystemCall(int x64, int arm64) {
    this.x64 = x64;
    this.arm64 = arm64;
  }

  /** Its number on the architecture that runs. */
  long number() {
    return Platform.ARM64 ? arm64 : x64;
  }
}
