package dev.vfo.fuse.requests;

import dev.vfo.fuse.protocol.Opcode;
import dev.vfo.fuse.protocol.Reply;
import dev.vfo.fuse.protocol.Request;
import dev.vfo.fuse.session.Exchange;
import dev.vfo.fuse.session.Negotiation;
import dev.vfo.fuse.session.Notifications;
import dev.vfo.fuse.session.RequestHandler;
import dev.vfo.storage.Errno;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/** Gives each request to who serves its kind; the table of what is served. */
public final class Requests implements RequestHandler {
  private final Negotiation negotiation;
  private final NameRequests names;
  private final FileRequests files;
  private final DirectoryRequests directories;
  private final AttributeRequests attributes;
  private final XattrRequests xattrs;
  private final SeekRequests seeks;

  /**
   * @param pages what the kernel keeps of the files
   * @param notifications tell the kernel what it may not keep any longer
   * @param background runs what a thread that serves requests must not wait for
   * @param clockNanos nanoseconds since 1970, for times that are to be now
   */
  public Requests(
      Negotiation negotiation,
      Nodes nodes,
      OpenFiles open,
      PageCache pages,
      Notifications notifications,
      Executor background,
      LongSupplier clockNanos) {
    this.negotiation = negotiation;
    SetIdBits setIdBits = new SetIdBits(nodes.entries());
    this.names = new NameRequests(nodes);
    this.files = new FileRequests(negotiation, nodes, open, setIdBits, notifications, background);
    this.directories = new DirectoryRequests(nodes);
    this.attributes = new AttributeRequests(nodes, open, setIdBits, clockNanos);
    this.xattrs = new XattrRequests(nodes, setIdBits);
    this.seeks = new SeekRequests(nodes, open, pages, background);
  }

  @Override
  public void handle(Exchange exchange) throws IOException {
    Request request = exchange.request();
    Reply reply = exchange.reply();
    Opcode opcode = request.opcode();
    if (opcode == null) {
      reply.fail(Errno.ENOSYS);
      return;
    }
    if (!opcode.isAnswered()) {
      reply.keepSilent();
    }
    switch (opcode) {
      case INIT -> negotiation.answer(request, reply);
      case LOOKUP -> names.lookup(request, reply);
      case FORGET -> names.forget(request);
      case BATCH_FORGET -> names.forgetAll(request);
      case READLINK -> names.readSymlink(request, reply);
      case SYMLINK -> names.makeSymlink(request, reply);
      case MKNOD -> names.makeNode(request, reply);
      case MKDIR -> names.makeDirectory(request, reply);
      case UNLINK -> names.unlink(request);
      case RMDIR -> names.removeDirectory(request);
      case RENAME -> names.rename(request);
      case RENAME2 -> names.renameWithFlags(request);
      case LINK -> names.link(request, reply);
      case GETATTR -> attributes.get(request, reply);
      case SETATTR -> attributes.set(request, reply);
      case STATFS -> attributes.space(reply);
      case OPEN -> files.open(request, reply);
      case CREATE -> files.create(request, reply);
      case TMPFILE -> files.createUnnamed(request, reply);
      case READ -> files.read(exchange);
      case WRITE -> files.write(exchange);
      case FALLOCATE -> files.allocate(request);
      case LSEEK -> seeks.seek(exchange);
      case RELEASE -> files.release(request);
      case OPENDIR -> directories.open(reply);
      case READDIR -> directories.read(exchange);
      case READDIRPLUS -> directories.readWithAttributes(exchange);
      case RELEASEDIR -> directories.release(request);
      case SETXATTR -> xattrs.set(request);
      case GETXATTR -> xattrs.get(request, reply);
      case LISTXATTR -> xattrs.list(request, reply);
      case REMOVEXATTR -> xattrs.remove(request);
      // What is promised inside a step is kept or lost with the whole step.
      case FSYNC, FSYNCDIR, SYNCFS, DESTROY, INTERRUPT, NOTIFY_REPLY -> {
        // An empty answer, or none.
      }
      // The kernel then does it itself, does without, or was not told that we can.
      case FLUSH,
          COPY_FILE_RANGE,
          ACCESS,
          BMAP,
          IOCTL,
          POLL,
          GETLK,
          SETLK,
          SETLKW,
          SETUPMAPPING,
          REMOVEMAPPING,
          STATX ->
          reply.fail(Errno.ENOSYS);
    }
  }
}
