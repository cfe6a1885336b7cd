package dev.vfo.fuse.requests;

import dev.vfo.EntryOperations;
import dev.vfo.FileSystemSpace;
import dev.vfo.fuse.protocol.Reply;
import dev.vfo.fuse.protocol.Request;
import dev.vfo.storage.FileStat;
import java.io.IOException;
import java.util.function.LongSupplier;

/** Attributes of files, and of the file system. */
final class AttributeRequests {
  // In valid.
  private static final int MODE = 1;
  private static final int UID = 1 << 1;
  private static final int GID = 1 << 2;
  private static final int SIZE = 1 << 3;
  private static final int ACCESS_TIME = 1 << 4;
  private static final int MODIFY_TIME = 1 << 5;
  private static final int HANDLE = 1 << 6;
  private static final int ACCESS_NOW = 1 << 7;
  private static final int MODIFY_NOW = 1 << 8;
  private static final int CLEARS_SET_ID = 1 << 11;

  private static final int ANYTHING =
      MODE | UID | GID | SIZE | ACCESS_TIME | MODIFY_TIME | CLEARS_SET_ID;

  private static final int MODE_BITS = 07777;
  private static final long NANOS = 1_000_000_000L;
  private static final int SPACE_BYTES = 80;

  private final Nodes nodes;
  private final EntryOperations entries;
  private final OpenFiles open;
  private final SetIdBits setIdBits;
  private final LongSupplier clockNanos;

  AttributeRequests(Nodes nodes, OpenFiles open, SetIdBits setIdBits, LongSupplier clockNanos) {
    this.nodes = nodes;
    this.entries = nodes.entries();
    this.open = open;
    this.setIdBits = setIdBits;
    this.clockNanos = clockNanos;
  }

  void get(Request request, Reply reply) throws IOException {
    nodes.addAttributes(reply, nodes.entry(request.node()));
  }

  // The owner before the mode, for it takes set-id bits away; times last, for all else sets them.
  void set(Request request, Reply reply) throws IOException {
    int valid = request.int32(0);
    long entry = nodes.entry(request.node());
    if ((valid & SIZE) != 0) {
      truncate(request, entry, valid);
    }
    // A chown that leaves both takes set-id bits away, as any other: all that the kernel says of it
    // is that nothing else is meant.
    if ((valid & (UID | GID)) != 0 || (valid & ANYTHING) == 0) {
      int uid = (valid & UID) != 0 ? request.int32(76) : -1;
      int gid = (valid & GID) != 0 ? request.int32(80) : -1;
      entries.changeOwner(entry, uid, gid);
    }
    if ((valid & MODE) != 0) {
      entries.changeMode(entry, request.int32(68) & MODE_BITS);
    }
    if ((valid & CLEARS_SET_ID) != 0) {
      setIdBits.clear(entry);
    }
    if ((valid & (ACCESS_TIME | MODIFY_TIME)) != 0) {
      entries.setTimes(
          entry,
          time(request, valid, ACCESS_TIME, ACCESS_NOW, 32, 56),
          time(request, valid, MODIFY_TIME, MODIFY_NOW, 40, 60));
    }
    nodes.addAttributes(reply, entry);
  }

  private void truncate(Request request, long entry, int valid) throws IOException {
    long size = request.int64(16);
    if ((valid & HANDLE) != 0) {
      open.get(request.int64(8)).truncate(size);
    } else {
      entries.truncate(entry, size);
    }
  }

  private long time(Request request, int valid, int given, int now, int seconds, int nanos)
      throws IOException {
    if ((valid & given) == 0) {
      return FileStat.OMIT_TIME;
    }
    if ((valid & now) != 0) {
      return clockNanos.getAsLong();
    }
    long wholeSeconds = request.int64(seconds);
    return clamped(wholeSeconds) * NANOS + request.int32(nanos);
  }

  // Times are counted in nanoseconds in 64 bits: from 1678 to 2261.
  private static long clamped(long seconds) {
    long most = Long.MAX_VALUE / NANOS - 1;
    return Math.clamp(seconds, -most, most);
  }

  void space(Reply reply) throws IOException {
    FileSystemSpace space = entries.fileSystem();
    long block = space.blockBytes();
    int at = reply.grow(SPACE_BYTES);
    reply.int64(at, space.totalBytes() / block);
    reply.int64(at + 8, space.availableBytes() / block);
    reply.int64(at + 16, space.availableBytes() / block);
    reply.int64(at + 24, space.totalFiles());
    reply.int64(at + 32, space.freeFiles());
    reply.int32(at + 40, (int) block);
    reply.int32(at + 44, space.maxNameBytes());
    reply.int32(at + 48, (int) block);
  }
}
