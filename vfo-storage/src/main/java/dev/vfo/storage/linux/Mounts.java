package dev.vfo.storage.linux;

import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** Mounts, in the mount namespace of the calling thread. Thread safe. */
public final class Mounts {
  private static final long MS_REC = 0x4000;
  private static final long MS_PRIVATE = 0x40000;
  private static final int MNT_FORCE = 1;
  private static final int MNT_DETACH = 2;

  private Mounts() {}

  /**
   * Mounts a file system.
   *
   * @param source what the list of mounts calls it
   * @param at the directory that it covers
   * @param type of file system, such as {@code fuse.vfo}
   * @param options as the file system wants them
   */
  public static void mount(String source, Path at, String type, String options)
      throws StorageException {
    Kernel kernel = Kernel.get();
    try (Arena arena = Arena.ofConfined()) {
      long result =
          kernel.call(
              SystemCall.MOUNT,
              arena.allocateFrom(source).address(),
              path(arena, at),
              arena.allocateFrom(type).address(),
              0,
              arena.allocateFrom(options).address());
      if (result < 0) {
        throw kernel.failure("mount " + type + " on", at.toString());
      }
    }
  }

  /**
   * Takes a mount away at once, whoever uses it: calls to it that wait, and those to come, fail.
   * What the kernel had not written back is lost.
   */
  public static void unmount(Path at) throws StorageException {
    Kernel kernel = Kernel.get();
    try (Arena arena = Arena.ofConfined()) {
      int flags = MNT_FORCE | MNT_DETACH;
      if (kernel.call(SystemCall.UMOUNT2, path(arena, at), flags) < 0) {
        throw kernel.failure("unmount", at.toString());
      }
    }
  }

  /**
   * Gives the calling thread a mount namespace of its own, which threads and processes that it
   * starts from now on share: what is mounted there nobody else sees, and it goes with the last of
   * them.
   */
  public static void unshare() throws StorageException {
    Kernel kernel = Kernel.get();
    if (kernel.call(SystemCall.UNSHARE, Platform.CLONE_NEWNS) < 0) {
      throw kernel.failure("unshare", "the mount namespace");
    }
    try (Arena arena = Arena.ofConfined()) {
      long root = arena.allocateFrom("/").address();
      long none = arena.allocateFrom("none").address();
      if (kernel.call(SystemCall.MOUNT, none, root, 0, MS_REC | MS_PRIVATE, 0) < 0) {
        throw kernel.failure("make private", "/");
      }
    }
  }

  private static long path(Arena arena, Path path) throws StorageException {
    byte[] bytes = OutsidePath.bytes(path);
    if (bytes.length >= CallMemory.PATH_BYTES) {
      throw new StorageException(Errno.ENAMETOOLONG, "mount", path.toString());
    }
    MemorySegment text = arena.allocate(bytes.length + 1L);
    text.copyFrom(MemorySegment.ofArray(bytes));
    return text.address();
  }
}
