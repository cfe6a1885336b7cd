package dev.vfo.fuse.session;

import dev.vfo.fuse.protocol.Opcode;
import dev.vfo.fuse.protocol.Reply;
import dev.vfo.fuse.protocol.Request;
import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.System.Logger.Level;

/** The loop of one thread: waits for the lead, then for a request, serves it, answers. */
final class Worker implements Runnable {
  private static final System.Logger LOG = System.getLogger(Worker.class.getName());

  private final Session session;
  private final Channel channel;
  private final RequestHandler handler;
  private final Lead.Share lead;
  private final Exchange exchange;

  Worker(Session session, Channel channel, RequestHandler handler, Lead lead, int dataBytes) {
    this.session = session;
    this.channel = channel;
    this.handler = handler;
    this.lead = lead.new Share();
    this.exchange = new Exchange(channel, dataBytes, this.lead::pass);
  }

  @Override
  public void run() {
    try {
      while (serveNext()) {
        // Once more.
      }
    } catch (StorageException | RuntimeException | Error e) {
      session.failed(e);
    } finally {
      lead.pass();
    }
  }

  /** Serves one request; false when there will be no more. */
  private boolean serveNext() throws StorageException {
    Request request = exchange.request();
    lead.take();
    if (session.hasEnded()) {
      return false;
    }
    long count = channel.receive(request.memory());
    if (count == Channel.ENDED) {
      session.ended();
      return false;
    }
    if (!request.received(count)) {
      LOG.log(Level.ERROR, "dropped {0} bytes that are no FUSE request", count);
      return true;
    }
    exchange.reply().reset();
    serve(request, exchange.reply());
    return !session.hasEnded();
  }

  private void serve(Request request, Reply reply) throws StorageException {
    long unique = request.unique();
    try {
      handler.handle(exchange);
    } catch (StorageException e) {
      reply.fail(e.errno());
    } catch (IOException | RuntimeException | Error e) {
      // Also of an Error its caller is told: without an answer he would wait for ever.
      reply.fail(Errno.EIO);
      LOG.log(Level.ERROR, "FUSE request " + describe(request), e);
    }
    if (!reply.isSilent()) {
      answer(reply, unique);
    }
  }

  private static String describe(Request request) {
    Opcode opcode = request.opcode();
    String name = opcode == null ? "opcode " + request.opcodeNumber() : opcode.toString();
    return name + " of node " + Long.toUnsignedString(request.node());
  }

  private void answer(Reply reply, long unique) throws StorageException {
    try {
      channel.send(reply.message(unique));
    } catch (StorageException e) {
      switch (e.errno()) {
        case ENOENT -> {
          // The mount was taken away: nobody waits.
        }
        case ENODEV -> session.ended();
        default -> {
          // The kernel does not understand it; without any answer its caller would wait for ever.
          LOG.log(Level.ERROR, "FUSE answer of " + reply.bodyBytes() + " bytes refused", e);
          reply.fail(Errno.EIO);
          channel.send(reply.message(unique));
        }
      }
    }
  }
}
