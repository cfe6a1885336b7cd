package dev.vfo.fuse.requests;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.vfo.EntryOperations;
import dev.vfo.NewEntry;
import dev.vfo.fuse.protocol.Reply;
import dev.vfo.fuse.protocol.Request;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.util.Arrays;

/** Names in directories: looks them up, makes, moves and removes them. */
final class NameRequests {
  private static final byte[] SELF = ".".getBytes(US_ASCII);
  private static final byte[] PARENT = "..".getBytes(US_ASCII);
  private static final int MODE_BITS = 07777;
  private static final int NO_REPLACE = 1;
  private static final int EXCHANGE = 2;

  private final Nodes nodes;
  private final EntryOperations entries;

  NameRequests(Nodes nodes) {
    this.nodes = nodes;
    this.entries = nodes.entries();
  }

  private long directory(Request request) {
    return nodes.entry(request.node());
  }

  static NewEntry owner(Request request, int mode, int umask) {
    return new NewEntry(mode & MODE_BITS, umask & 0777, request.uid(), request.gid());
  }

  void lookup(Request request, Reply reply) throws IOException {
    byte[] name = request.text(0);
    try {
      nodes.addEntry(reply, find(directory(request), name));
    } catch (StorageException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
      nodes.addAbsent(reply);
    }
  }

  // "." and ".." are asked for when a file is opened by its handle.
  private long find(long directory, byte[] name) throws IOException {
    if (Arrays.equals(name, SELF)) {
      entries.pin(directory);
      return directory;
    }
    if (Arrays.equals(name, PARENT)) {
      return entries.lookupParent(directory);
    }
    return entries.lookup(directory, Name.of(name));
  }

  void forget(Request request) throws IOException {
    forget(request.node(), request.int64(0));
  }

  void forgetAll(Request request) throws IOException {
    int count = request.int32(0);
    for (int i = 0; i < count; i++) {
      forget(request.int64(8 + 16 * i), request.int64(16 + 16 * i));
    }
  }

  private void forget(long node, long count) throws IOException {
    entries.unpin(nodes.entry(node), Math.toIntExact(count));
  }

  void makeNode(Request request, Reply reply) throws IOException {
    int mode = request.int32(0);
    NewEntry owner = owner(request, mode, request.int32(8));
    Name name = request.name(16);
    FileType type = type(mode);
    nodes.addEntry(
        reply,
        type == FileType.REGULAR
            ? entries.createFile(directory(request), name, owner)
            : entries.createSpecial(
                directory(request), name, type, owner, Integer.toUnsignedLong(request.int32(4))));
  }

  private static FileType type(int mode) throws StorageException {
    try {
      return FileType.ofMode(mode);
    } catch (IllegalArgumentException e) {
      StorageException refusal =
          new StorageException(Errno.EINVAL, "make", "a node of mode " + mode);
      refusal.initCause(e);
      throw refusal;
    }
  }

  void makeDirectory(Request request, Reply reply) throws IOException {
    NewEntry owner = owner(request, request.int32(0), request.int32(4));
    nodes.addEntry(reply, entries.createDirectory(directory(request), request.name(8), owner));
  }

  void makeSymlink(Request request, Reply reply) throws IOException {
    Name name = request.name(0);
    byte[] target = request.text(name.length() + 1);
    NewEntry owner = owner(request, 0777, 0);
    nodes.addEntry(reply, entries.createSymlink(directory(request), name, target, owner));
  }

  void readSymlink(Request request, Reply reply) throws IOException {
    reply.add(entries.readSymlink(nodes.entry(request.node())));
  }

  void link(Request request, Reply reply) throws IOException {
    long file = nodes.entry(request.int64(0));
    entries.link(file, directory(request), request.name(8));
    entries.pin(file);
    nodes.addEntry(reply, file);
  }

  void unlink(Request request) throws IOException {
    entries.unlink(directory(request), request.name(0));
  }

  void removeDirectory(Request request) throws IOException {
    entries.removeDirectory(directory(request), request.name(0));
  }

  void rename(Request request) throws IOException {
    rename(request, RenameMode.REPLACE, 8);
  }

  void renameWithFlags(Request request) throws IOException {
    RenameMode mode =
        switch (request.int32(8)) {
          case 0 -> RenameMode.REPLACE;
          case NO_REPLACE -> RenameMode.NO_REPLACE;
          case EXCHANGE -> RenameMode.EXCHANGE;
          default ->
              throw new StorageException(Errno.EINVAL, "rename", "with flags " + request.int32(8));
        };
    rename(request, mode, 16);
  }

  private void rename(Request request, RenameMode mode, int names) throws IOException {
    Name from = request.name(names);
    Name to = request.name(names + from.length() + 1);
    entries.rename(directory(request), from, nodes.entry(request.int64(0)), to, mode);
  }
}
