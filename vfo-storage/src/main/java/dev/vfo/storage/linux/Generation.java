package dev.vfo.storage.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import java.lang.foreign.MemorySegment;

/**
 * What tells a file from those that had its inode number before (C11), as 64 bits: a hash of the
 * handle that file servers name the file by (its type and bytes), which has the inode's generation.
 * A file system without handles is asked for one that is only an identifier; without that too, the
 * time of the file's birth is hashed. The hash is stored on disk, so it never changes.
 */
final class Generation {
  /** Where nothing tells one file from another. */
  static final long NONE = 0;

  private static final int MAX_HANDLE_BYTES = 128;
  private static final long HANDLE_BYTES = 0;
  private static final long HANDLE_TYPE = 4;
  private static final long HANDLE = 8;
  private static final long MOUNT_NUMBER = HANDLE + MAX_HANDLE_BYTES;

  // In struct statx.
  private static final long MASK = 0;
  private static final long BIRTH_TIME = 80;
  private static final int HAS_BIRTH_TIME = 0x800;

  private static final int BIRTH_TAG = -1;

  private Generation() {}

  /** That of an open file, whose attributes have just been read into the kernel's memory. */
  static long of(Kernel kernel, int fd) throws StorageException {
    if (readHandle(kernel, fd, Platform.AT_EMPTY_PATH)
        || readHandle(kernel, fd, Platform.AT_EMPTY_PATH | Platform.AT_HANDLE_FID)) {
      return ofHandle(kernel.memory.handle);
    }
    return ofBirth(kernel.memory);
  }

  /** False when the file system, the kernel or a sandbox gives no such handle. */
  private static boolean readHandle(Kernel kernel, int fd, int flags) throws StorageException {
    CallMemory memory = kernel.memory;
    long handle = memory.handle.address();
    memory.handle.set(JAVA_INT, HANDLE_BYTES, MAX_HANDLE_BYTES);
    long result =
        kernel.call(
            SystemCall.NAME_TO_HANDLE_AT, fd, memory.empty, handle, handle + MOUNT_NUMBER, flags);
    if (result == 0) {
      return true;
    }
    return switch (Errno.of(kernel.errno())) {
      case EOPNOTSUPP, EOVERFLOW, ENOSYS, EPERM, EINVAL -> false;
      default -> throw kernel.failure("stat", fd);
    };
  }

  private static long ofHandle(MemorySegment handle) {
    Hash hash = new Hash();
    hash.add(handle.get(JAVA_INT, HANDLE_TYPE));
    int length = handle.get(JAVA_INT, HANDLE_BYTES);
    for (int i = 0; i < length; i++) {
      hash.add(handle.get(JAVA_BYTE, HANDLE + i));
    }
    return hash.value();
  }

  private static long ofBirth(CallMemory memory) {
    if ((memory.intAt(MASK) & HAS_BIRTH_TIME) == 0) {
      return NONE;
    }
    Hash hash = new Hash();
    hash.add(BIRTH_TAG);
    hash.add(memory.longAt(BIRTH_TIME));
    hash.add(memory.intAt(BIRTH_TIME + 8));
    return hash.value();
  }

  /** FNV-1a of 64 bits over bytes, mixed at the end; never {@link #NONE}. */
  static final class Hash {
    private long hash = 0xcbf29ce484222325L;

    void add(byte value) {
      hash = (hash ^ (value & 0xff)) * 0x100000001b3L;
    }

    void add(int value) {
      for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
        add((byte) (value >>> shift));
      }
    }

    void add(long value) {
      add((int) value);
      add((int) (value >>> Integer.SIZE));
    }

    long value() {
      long mixed = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
      mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
      mixed ^= mixed >>> 33;
      return mixed == NONE ? 1 : mixed;
    }
  }
}
