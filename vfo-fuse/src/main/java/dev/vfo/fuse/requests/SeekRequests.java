package dev.vfo.fuse.requests;

import dev.vfo.VirtualFile;
import dev.vfo.fuse.protocol.Reply;
import dev.vfo.fuse.protocol.Request;
import dev.vfo.fuse.session.DeferredReply;
import dev.vfo.fuse.session.Exchange;
import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.util.concurrent.Executor;

/**
 * Finds data and holes. What was written may be in the kernel still, which asks all the same: it
 * would be taken for a hole, and a copy of the file would lack it. So it is brought in first, which
 * a thread that serves requests must not wait for.
 */
final class SeekRequests {
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;

  private final Nodes nodes;
  private final OpenFiles open;
  private final PageCache pages;
  private final Executor background;

  SeekRequests(Nodes nodes, OpenFiles open, PageCache pages, Executor background) {
    this.nodes = nodes;
    this.open = open;
    this.pages = pages;
    this.background = background;
  }

  void seek(Exchange exchange) throws IOException {
    Request request = exchange.request();
    VirtualFile file = open.get(request.int64(0));
    long from = request.int64(8);
    int whence = request.int32(16);
    if (nodes.entries().writerCount(file.number()) == 0) {
      answer(exchange.reply(), file, from, whence);
      return;
    }
    long node = request.node();
    DeferredReply later = exchange.defer();
    background.execute(() ->
        later.give(reply -> {
          pages.bringIn(node);
          answer(reply, file, from, whence);
        }));
  }

  private static void answer(Reply reply, VirtualFile file, long from, int whence)
      throws IOException {
    long found =
        switch (whence) {
          case SEEK_DATA -> file.nextData(from);
          case SEEK_HOLE -> file.nextHole(from);
          default -> throw new StorageException(Errno.EINVAL, "seek", "with whence " + whence);
        };
    int at = reply.grow(Long.BYTES);
    reply.int64(at, found);
  }
}
