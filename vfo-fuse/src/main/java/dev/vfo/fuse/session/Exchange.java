package dev.vfo.fuse.session;

import dev.vfo.fuse.protocol.Reply;
import dev.vfo.fuse.protocol.Request;
import java.lang.foreign.Arena;

/** One request with its answer, in memory of the thread that serves it. */
public final class Exchange {
  private final Request request;
  private final Reply reply;
  private final Runnable slow;
  private final Channel channel;

  /**
   * An exchange whose memory serves again and again.
   *
   * @param channel where answers go that are given later
   * @param dataBytes how many bytes the largest read or write has
   * @param slow what to do before something that may take long
   */
  Exchange(Channel channel, int dataBytes, Runnable slow) {
    this.channel = channel;
    Arena arena = Arena.ofAuto();
    // Behind the data there is room for headers; and the kernel wants 8 KiB for names.
    long bytes = dataBytes + (64L << 10);
    request = new Request(arena.allocate(bytes, 4096));
    reply = new Reply(arena.allocate(bytes, 4096));
    this.slow = slow;
  }

  /** What is asked. */
  public Request request() {
    return request;
  }

  /** What is answered. */
  public Reply reply() {
    return reply;
  }

  /** Gives no answer now, but later by what this returns. */
  public DeferredReply defer() {
    reply.keepSilent();
    return new DeferredReply(channel, request.unique());
  }

  /** To be called before something that may take long, so that other requests are served. */
  public void mayTakeLong() {
    slow.run();
  }
}
