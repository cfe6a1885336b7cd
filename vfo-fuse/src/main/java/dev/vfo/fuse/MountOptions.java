package dev.vfo.fuse;

/**
 * How a tree is mounted. Immutable; each {@code with} gives a changed copy.
 *
 * @param threads how many serve requests; from 2 on
 * @param dataBytes the largest read or write, bytes: a multiple of 4096 up to 1 MiB
 * @param writeback whether the kernel may keep written pages for a while, which makes writing some
 *     ten times as fast
 */
public record MountOptions(int threads, int dataBytes, boolean writeback) {
  private static final int PAGE_BYTES = 4096;
  private static final int MAX_DATA_BYTES = 1 << 20;

  /** The same, checked. */
  public MountOptions {
    if (threads < 2) {
      throw new IllegalArgumentException("threads " + threads + ": at least 2");
    }
    if (dataBytes < PAGE_BYTES || dataBytes > MAX_DATA_BYTES || dataBytes % PAGE_BYTES != 0) {
      throw new IllegalArgumentException(
          "dataBytes " + dataBytes + ": a multiple of 4096 up to 1048576");
    }
  }

  /** Four threads, 1 MiB, with write-back. */
  public static MountOptions defaults() {
    return new MountOptions(4, MAX_DATA_BYTES, true);
  }

  /** See {@link #threads}. */
  public MountOptions withThreads(int changed) {
    return new MountOptions(changed, dataBytes, writeback);
  }

  /** See {@link #dataBytes}. */
  public MountOptions withDataBytes(int changed) {
    return new MountOptions(threads, changed, writeback);
  }

  /** See {@link #writeback}. */
  public MountOptions withWriteback(boolean changed) {
    return new MountOptions(threads, dataBytes, changed);
  }
}
