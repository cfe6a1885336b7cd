package dev.vfo.storage.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.vfo.storage.StorageException;
import java.lang.foreign.MemorySegment;

/**
 * An open file of a mounted FUSE file system that was found by its node number, whatever names it
 * has, also none. Needs the capability DAC_READ_SEARCH of the first user namespace. Thread safe,
 * but not to be used by a thread that serves the mount.
 */
public final class NodeFile implements AutoCloseable {
  private static final int HANDLE_BYTES = 12;

  /** FILEID_INO64_GEN of the kernel's FUSE: number, high half first, and generation. */
  private static final int HANDLE_TYPE = 0x81;

  private static final int GENERATION = 0;

  /** Waits for pages that are being written, writes all others, waits for these. */
  private static final int WRITE_AND_WAIT = 7;

  private final int fd;

  private NodeFile(int fd) {
    this.fd = fd;
  }

  /**
   * Opens a file for reading.
   *
   * @param mount any descriptor of the mount
   * @param node the number that the file system gave it, with generation 0
   * @throws StorageException ESTALE when the kernel and the file system know no such node; EPERM
   *     without the capability
   */
  public static NodeFile open(int mount, long node) throws StorageException {
    Kernel kernel = Kernel.get();
    MemorySegment handle = kernel.memory.handle;
    handle.set(JAVA_INT, 0, HANDLE_BYTES);
    handle.set(JAVA_INT, 4, HANDLE_TYPE);
    handle.set(JAVA_INT, 8, (int) (node >>> 32));
    handle.set(JAVA_INT, 12, (int) node);
    handle.set(JAVA_INT, 16, GENERATION);
    int flags = Platform.O_RDONLY | Platform.O_CLOEXEC | Platform.O_NONBLOCK;
    int fd = (int) kernel.call(SystemCall.OPEN_BY_HANDLE_AT, mount, handle.address(), flags);
    if (fd < 0) {
      throw kernel.failure("open", "node " + Long.toUnsignedString(node));
    }
    return new NodeFile(fd);
  }

  /**
   * Waits until the file system has got all that was written to the file, and its times. Takes the
   * file's lock in the kernel, as a write does.
   */
  public void sync() throws StorageException {
    Kernel kernel = Kernel.get();
    if (kernel.call(SystemCall.FSYNC, fd) < 0) {
      throw kernel.failure("sync", fd);
    }
  }

  /**
   * Waits until the file system has got all bytes that were written to the file. Needs no lock, so
   * it can be done for a caller who waits with it.
   */
  public void writePages() throws StorageException {
    Kernel kernel = Kernel.get();
    if (kernel.call(SystemCall.SYNC_FILE_RANGE, fd, 0, 0, WRITE_AND_WAIT) < 0) {
      throw kernel.failure("write pages of", fd);
    }
  }

  @Override
  public void close() throws StorageException {
    Opening.close(fd);
  }
}
