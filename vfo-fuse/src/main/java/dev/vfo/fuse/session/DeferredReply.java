package dev.vfo.fuse.session;

import dev.vfo.fuse.protocol.Reply;
import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;

/**
 * An answer that is given later, by a thread that serves no requests: for what needs other requests
 * to be served. Given once.
 */
public final class DeferredReply {
  private static final System.Logger LOG = System.getLogger(DeferredReply.class.getName());
  private static final int MEMORY_BYTES = 256;

  private final Channel channel;
  private final long unique;

  DeferredReply(Channel channel, long unique) {
    this.channel = channel;
    this.unique = unique;
  }

  /** What makes an answer. */
  @FunctionalInterface
  public interface Maker {
    /** Makes it, of not more than 240 bytes; as {@link RequestHandler#handle} does. */
    void make(Reply reply) throws IOException;
  }

  /** Makes the answer and gives it. */
  public void give(Maker maker) {
    try (Arena arena = Arena.ofConfined()) {
      Reply reply = new Reply(arena.allocate(MEMORY_BYTES, Long.BYTES));
      try {
        maker.make(reply);
      } catch (StorageException e) {
        reply.fail(e.errno());
      } catch (IOException | RuntimeException | Error e) {
        reply.fail(Errno.EIO);
        LOG.log(Level.ERROR, "deferred FUSE request", e);
      }
      channel.send(reply.message(unique));
    } catch (StorageException e) {
      // The mount was taken away: nobody waits.
      LOG.log(Level.DEBUG, "deferred FUSE answer", e);
    }
  }
}
