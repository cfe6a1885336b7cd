package dev.vfo.fuse.requests;

import dev.vfo.EntryOperations;
import dev.vfo.NewEntry;
import dev.vfo.VirtualFile;
import dev.vfo.fuse.protocol.InitFlags;
import dev.vfo.fuse.protocol.Reply;
import dev.vfo.fuse.protocol.Request;
import dev.vfo.fuse.session.Exchange;
import dev.vfo.fuse.session.Negotiation;
import dev.vfo.fuse.session.Notifications;
import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;

/** Open files: opens, reads, writes and closes them. */
final class FileRequests {
  private static final System.Logger LOG = System.getLogger(FileRequests.class.getName());

  // Of open(2), the same on both architectures.
  private static final int ACCESS = 3;
  private static final int WRITE_ONLY = 1;
  private static final int CREATE_NEW = 0200;
  private static final int TRUNCATE = 01000;

  /** In open_flags: the caller may not keep set-id bits of a file that is cut. */
  private static final int OPEN_CLEARS_SET_ID = 1;

  // In what is answered.
  private static final int DIRECT_IO = 1;
  private static final int KEEP_CACHE = 2;

  // In write_flags.
  private static final int FROM_CACHE = 1;
  private static final int CLEARS_SET_ID = 4;

  /** From so many bytes on the waking of another thread is less than what it would wait. */
  private static final int LARGE_BYTES = 64 << 10;

  private static final int OPEN_BYTES = 16;
  private static final int WRITE_HEAD_BYTES = 40;

  private final Negotiation negotiation;
  private final Nodes nodes;
  private final EntryOperations entries;
  private final OpenFiles open;
  private final SetIdBits setIdBits;
  private final Notifications notifications;
  private final Executor background;

  FileRequests(
      Negotiation negotiation,
      Nodes nodes,
      OpenFiles open,
      SetIdBits setIdBits,
      Notifications notifications,
      Executor background) {
    this.negotiation = negotiation;
    this.nodes = nodes;
    this.entries = nodes.entries();
    this.open = open;
    this.setIdBits = setIdBits;
    this.notifications = notifications;
    this.background = background;
  }

  void open(Request request, Reply reply) throws IOException {
    int flags = request.int32(0);
    long entry = nodes.entry(request.node());
    addOpen(reply, entry, flags);
    if ((request.int32(4) & OPEN_CLEARS_SET_ID) != 0) {
      setIdBits.clear(entry);
    }
  }

  private static boolean writes(int flags) {
    return (flags & ACCESS) != 0;
  }

  private void addOpen(Reply reply, long entry, int flags) throws IOException {
    if (!writes(flags)) {
      add(reply, entries.open(entry, OpenFlag.READ, false), false, true);
      return;
    }
    int truncate = (flags & TRUNCATE) != 0 ? OpenFlag.TRUNCATE : 0;
    int write = OpenFlag.WRITE | truncate;
    try {
      // The kernel reads what stands beside the bytes that are written, whoever may not.
      add(reply, entries.open(entry, write | OpenFlag.READ, false), true, true);
    } catch (StorageException e) {
      if (e.errno() != Errno.EACCES || (flags & ACCESS) != WRITE_ONLY) {
        throw e;
      }
      add(reply, entries.open(entry, write, false), true, false);
    }
  }

  private void add(Reply reply, VirtualFile file, boolean writes, boolean cached) {
    int at = reply.grow(OPEN_BYTES);
    reply.int64(at, open.add(file, writes));
    reply.int32(at + 8, cached ? KEEP_CACHE : DIRECT_IO);
  }

  void create(Request request, Reply reply) throws IOException {
    int flags = request.int32(0);
    Name name = request.name(16);
    long directory = nodes.entry(request.node());
    NewEntry owner = NameRequests.owner(request, request.int32(4), request.int32(8));
    try {
      addNew(reply, entries.createFile(directory, name, owner), flags);
    } catch (StorageException e) {
      if (e.errno() == Errno.EEXIST && (flags & CREATE_NEW) == 0) {
        // The kernel did not know that it is there, and would not ask what its caller may do.
        throw new StorageException(Errno.ESTALE, "create", name + ", which is there");
      }
      throw e;
    }
  }

  void createUnnamed(Request request, Reply reply) throws IOException {
    NewEntry owner = NameRequests.owner(request, request.int32(4), request.int32(8));
    long made = entries.createUnnamed(nodes.entry(request.node()), owner);
    addNew(reply, made, request.int32(0));
  }

  private void addNew(Reply reply, long made, int flags) throws IOException {
    nodes.addEntry(reply, made);
    boolean opened = false;
    try {
      boolean writes = writes(flags);
      int access = writes ? OpenFlag.READ | OpenFlag.WRITE : OpenFlag.READ;
      add(reply, entries.openNew(made, access, false), writes, true);
      opened = true;
    } finally {
      if (!opened) {
        entries.unpin(made, 1);
      }
    }
  }

  void release(Request request) throws IOException {
    open.close(request.int64(0));
    if (writes(request.int32(8))) {
      tellBlocks(request.node());
    }
  }

  // How many disk blocks it takes the kernel does not learn from what it writes. It may keep the
  // one who tells it waiting, as long as it drops a file without a name: nobody asks for these.
  private void tellBlocks(long node) {
    background.execute(() -> {
      try {
        if (entries.stat(nodes.entry(node)).linkCount() > 0) {
          notifications.attributesChanged(node);
        }
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "a file that is gone", e);
      }
    });
  }

  void read(Exchange exchange) throws IOException {
    Request request = exchange.request();
    Reply reply = exchange.reply();
    VirtualFile file = open.get(request.int64(0));
    int size = request.int32(16);
    if (size < 0 || size > reply.capacityBytes()) {
      throw new StorageException(Errno.EINVAL, "read", size + " bytes");
    }
    if (size >= LARGE_BYTES) {
      exchange.mayTakeLong();
    }
    int count = file.read(reply.space(size).asByteBuffer(), request.int64(8));
    reply.added(Math.max(0, count));
  }

  void write(Exchange exchange) throws IOException {
    Request request = exchange.request();
    VirtualFile file = open.get(request.int64(0));
    int size = request.int32(16);
    int flags = request.int32(20);
    if (size >= LARGE_BYTES) {
      exchange.mayTakeLong();
    }
    ByteBuffer data = request.bytes(WRITE_HEAD_BYTES, size).asByteBuffer();
    long at = request.int64(8);
    int count = (flags & FROM_CACHE) != 0 ? writeBack(file, data, at) : file.write(data, at);
    if ((flags & CLEARS_SET_ID) != 0) {
      setIdBits.clear(file.number());
    }
    int answer = exchange.reply().grow(8);
    exchange.reply().int32(answer, count);
  }

  // Who has written it is gone, perhaps: nobody would hear of a failure.
  private int writeBack(VirtualFile file, ByteBuffer data, long at) throws IOException {
    try {
      // Of what it keeps the kernel knows the time of modification, and tells it.
      return negotiation.has(InitFlags.WRITEBACK_CACHE)
          ? file.writeBack(data, at)
          : file.write(data, at);
    } catch (IOException | RuntimeException e) {
      open.lost(file.number(), e);
      throw e;
    }
  }

  // Punching and zeroing of more than one kind is refused, as the others are.
  void allocate(Request request) throws IOException {
    VirtualFile file = open.get(request.int64(0));
    long at = request.int64(8);
    long length = request.int64(16);
    int mode = request.int32(24);
    switch (mode) {
      case 0 -> file.allocate(at, length, false);
      case Allocation.KEEP_SIZE -> file.allocate(at, length, true);
      case Allocation.PUNCH_HOLE | Allocation.KEEP_SIZE -> file.punchHole(at, length);
      case Allocation.ZERO_RANGE -> file.zeroRange(at, length, false);
      case Allocation.ZERO_RANGE | Allocation.KEEP_SIZE -> file.zeroRange(at, length, true);
      default -> throw new StorageException(Errno.EOPNOTSUPP, "allocate", "with mode " + mode);
    }
  }

  /** The bits of fallocate(2). */
  private static final class Allocation {
    static final int KEEP_SIZE = 1;
    static final int PUNCH_HOLE = 2;
    static final int ZERO_RANGE = 16;
  }
}
