package dev.vfo.storage.linux;

import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import java.lang.foreign.MemorySegment;

/**
 * The kernel's end of a FUSE file system: an open {@code /dev/fuse}, from which requests are read
 * and to which answers and notifications are written, each whole in one call. Thread safe; a close
 * while another thread waits in {@link #receive} does not wake it, an unmount does.
 */
public final class FuseDevice implements AutoCloseable {
  /** What {@link #receive} returns when nothing is mounted any more, and never will be. */
  public static final long ENDED = -1;

  private static final String DEVICE = "/dev/fuse";

  private final int fd;

  private FuseDevice(int fd) {
    this.fd = fd;
  }

  /**
   * Opens {@code /dev/fuse}; the descriptor is closed on exec.
   *
   * @throws StorageException ENOENT or ENODEV where there is no such device, EACCES where it may
   *     not be opened
   */
  public static FuseDevice open() throws StorageException {
    Kernel kernel = Kernel.get();
    long path = kernel.memory.path(CallMemory.ascii(DEVICE));
    int flags = Platform.O_RDWR | Platform.O_CLOEXEC;
    int fd = (int) kernel.call(SystemCall.OPENAT, Platform.AT_FDCWD, path, flags, 0);
    if (fd < 0) {
      throw kernel.failure("open", DEVICE);
    }
    return new FuseDevice(fd);
  }

  /** The descriptor, as the mount option {@code fd=} wants it. */
  public int descriptor() {
    return fd;
  }

  /**
   * Waits for the next request and reads it.
   *
   * @param buffer native memory with room for the largest request; the kernel refuses less
   * @return its length, bytes; or {@link #ENDED}
   */
  public long receive(MemorySegment buffer) throws StorageException {
    Kernel kernel = Kernel.get();
    while (true) {
      long count = kernel.transfer(SystemCall.READ, fd, buffer, buffer.byteSize(), 0);
      if (count >= 0) {
        return count;
      }
      switch (Errno.of(kernel.errno())) {
        case ENODEV -> {
          return ENDED;
        }
        case ENOENT, EAGAIN -> {
          // A request that was taken back while it was read.
        }
        default -> throw kernel.failure("receive from", DEVICE);
      }
    }
  }

  /**
   * Writes an answer or a notification.
   *
   * @param message native memory, with its header
   * @throws StorageException ENOENT when nobody waits for the answer any more, or what the
   *     notification is about is not in the kernel's memory; ENODEV when nothing is mounted
   */
  public void send(MemorySegment message) throws StorageException {
    Kernel kernel = Kernel.get();
    if (kernel.transfer(SystemCall.WRITE, fd, message, message.byteSize(), 0) < 0) {
      throw kernel.failure("send to", DEVICE);
    }
  }

  @Override
  public void close() throws StorageException {
    Opening.close(fd);
  }
}
