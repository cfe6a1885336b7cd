package dev.vfo.fuse.session;

import dev.vfo.fuse.protocol.InitFlags;
import dev.vfo.fuse.protocol.Reply;
import dev.vfo.fuse.protocol.Request;
import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;

/** The first request: kernel and server agree on what they can both do. Thread safe. */
public final class Negotiation {
  private static final int MAJOR = 7;

  /** The newest version whose layouts are known here. */
  private static final int MINOR = 45;

  /** That of Linux 5.12, the oldest that has all that is wanted here. */
  private static final int OLDEST_MINOR = 33;

  private static final int PAGE_BYTES = 4096;
  private static final int MAX_BACKGROUND = 64;
  private static final int CONGESTION = 48;
  private static final int ANSWER_BYTES = 64;

  private static final long REQUIRED =
      InitFlags.BIG_WRITES
          | InitFlags.EXPORT_SUPPORT
          | InitFlags.ATOMIC_O_TRUNC
          | InitFlags.DONT_MASK
          | InitFlags.MAX_PAGES
          | InitFlags.SETXATTR_EXT
          | InitFlags.HANDLE_KILLPRIV_V2;

  private static final long WANTED =
      REQUIRED
          | InitFlags.ASYNC_READ
          | InitFlags.DO_READDIRPLUS
          | InitFlags.READDIRPLUS_AUTO
          | InitFlags.ASYNC_DIO
          | InitFlags.PARALLEL_DIROPS
          | InitFlags.POSIX_ACL
          | InitFlags.CACHE_SYMLINKS
          | InitFlags.EXPLICIT_INVAL_DATA
          | InitFlags.INIT_EXT;

  private final int dataBytes;
  private final boolean writeback;
  private volatile long agreed;

  /**
   * @param dataBytes the largest read or write, a multiple of 4096 up to 1 MiB
   * @param writeback whether the kernel may keep written pages for a while
   */
  public Negotiation(int dataBytes, boolean writeback) {
    this.dataBytes = dataBytes;
    this.writeback = writeback;
  }

  /** Whether kernel and server agreed on all of these. */
  public boolean has(long flags) {
    return (agreed & flags) == flags;
  }

  /** Answers INIT. */
  public void answer(Request request, Reply reply) throws StorageException {
    int major = request.int32(0);
    int minor = request.int32(4);
    if (major > MAJOR) {
      // The kernel asks again with a version that we said.
      reply.grow(ANSWER_BYTES);
      reply.int32(0, MAJOR);
      reply.int32(4, MINOR);
      return;
    }
    long offered = offered(request);
    if (major < MAJOR || minor < OLDEST_MINOR || (offered & REQUIRED) != REQUIRED) {
      throw new StorageException(
          Errno.EOPNOTSUPP,
          "mount",
          "over FUSE " + major + "." + minor + ": a kernel from 5.12 on is needed");
    }
    agreed = offered & (writeback ? WANTED | InitFlags.WRITEBACK_CACHE : WANTED);
    reply.grow(ANSWER_BYTES);
    reply.int32(0, MAJOR);
    reply.int32(4, Math.min(minor, MINOR));
    reply.int32(8, Math.max(request.int32(8), dataBytes));
    reply.int32(12, (int) agreed);
    reply.int16(16, MAX_BACKGROUND);
    reply.int16(18, CONGESTION);
    reply.int32(20, dataBytes);
    reply.int32(24, 1);
    reply.int16(28, dataBytes / PAGE_BYTES);
    reply.int32(32, (int) (agreed >>> 32));
  }

  private static long offered(Request request) throws StorageException {
    long flags = Integer.toUnsignedLong(request.int32(12));
    boolean more = (flags & InitFlags.INIT_EXT) != 0;
    return more ? flags | Integer.toUnsignedLong(request.int32(16)) << 32 : flags;
  }
}
