package dev.vfo.storage.linux;

import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import java.lang.foreign.MemorySegment;

/**
 * Copies between files inside the kernel, or through memory where the two file systems do not let
 * it.
 */
final class RangeCopy {
  private RangeCopy() {}

  /** As {@code Storage.copyRange} says. */
  static long copy(int from, long fromOffset, int to, long toOffset, long lengthBytes)
      throws StorageException {
    Kernel kernel = Kernel.get();
    long offsets = kernel.memory.numbers(fromOffset, toOffset, 0);
    long count =
        kernel.call(SystemCall.COPY_FILE_RANGE, from, offsets, to, offsets + 8, lengthBytes, 0);
    if (count >= 0) {
      return count;
    }
    return switch (Errno.of(kernel.errno())) {
      case EXDEV, EOPNOTSUPP, ENOSYS ->
          copyThroughMemory(kernel, from, fromOffset, to, toOffset, lengthBytes);
      default -> throw failure(kernel, from, to);
    };
  }

  /** One piece; short copies are allowed. */
  static long copyThroughMemory(
      Kernel kernel, int from, long fromOffset, int to, long toOffset, long lengthBytes)
      throws StorageException {
    MemorySegment piece = kernel.memory.large();
    long length = Math.min(lengthBytes, piece.byteSize());
    long count = kernel.transfer(SystemCall.PREAD64, from, piece, length, fromOffset);
    if (count > 0) {
      count = kernel.transfer(SystemCall.PWRITE64, to, piece, count, toOffset);
    }
    if (count < 0) {
      throw failure(kernel, from, to);
    }
    return count;
  }

  private static StorageException failure(Kernel kernel, int from, int to) {
    int number = kernel.errno();
    String subject = kernel.describe(from) + " to " + kernel.describe(to);
    return new StorageException(number, "copy", subject);
  }
}
