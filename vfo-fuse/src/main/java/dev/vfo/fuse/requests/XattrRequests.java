package dev.vfo.fuse.requests;

import dev.vfo.EntryOperations;
import dev.vfo.XattrMode;
import dev.vfo.fuse.protocol.Reply;
import dev.vfo.fuse.protocol.Request;
import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.XattrNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;

/** Extended attributes, access control lists among them. */
final class XattrRequests {
  private static final int CREATE = 1;
  private static final int REPLACE = 2;
  private static final int HEAD_BYTES = 8;

  /** Of SETXATTR, as was agreed on. */
  private static final int LONG_HEAD_BYTES = 16;

  /** The caller may not keep the set-group-id bit of a file that gets an access control list. */
  private static final int CLEARS_SET_GROUP_ID = 1;

  private static final String TRUSTED = "trusted.";

  private final Nodes nodes;
  private final EntryOperations entries;
  private final SetIdBits setIdBits;

  XattrRequests(Nodes nodes, SetIdBits setIdBits) {
    this.nodes = nodes;
    this.setIdBits = setIdBits;
    this.entries = nodes.entries();
  }

  private long entry(Request request) {
    return nodes.entry(request.node());
  }

  void set(Request request) throws IOException {
    int size = request.int32(0);
    XattrMode mode =
        switch (request.int32(4)) {
          case 0 -> XattrMode.ANY;
          case CREATE -> XattrMode.CREATE;
          case REPLACE -> XattrMode.REPLACE;
          default -> throw new StorageException(Errno.EINVAL, "setxattr", "with unknown flags");
        };
    byte[] name = request.text(LONG_HEAD_BYTES);
    byte[] value =
        request.bytes(LONG_HEAD_BYTES + name.length + 1, size).toArray(ValueLayout.JAVA_BYTE);
    entries.setXattr(entry(request), text(name), value, mode);
    if ((request.int32(8) & CLEARS_SET_GROUP_ID) != 0) {
      setIdBits.clearGroup(entry(request));
    }
  }

  private static String text(byte[] name) {
    return XattrNames.decode(name, 0, name.length);
  }

  void get(Request request, Reply reply) throws IOException {
    String name = text(request.text(HEAD_BYTES));
    addWanted(request, reply, entries.getXattr(entry(request), name));
  }

  void list(Request request, Reply reply) throws IOException {
    ByteArrayOutputStream names = new ByteArrayOutputStream();
    for (String name : entries.listXattrs(entry(request))) {
      if (request.uid() != 0 && name.startsWith(TRUSTED)) {
        // The kernel hides them from who may not see them, but not in this list.
        continue;
      }
      names.writeBytes(XattrNames.encode(name));
      names.write(0);
    }
    addWanted(request, reply, names.toByteArray());
  }

  // Who asks for no bytes wants to know how many there are.
  private static void addWanted(Request request, Reply reply, byte[] value)
      throws StorageException {
    int size = request.int32(0);
    if (size == 0) {
      int at = reply.grow(HEAD_BYTES);
      reply.int32(at, value.length);
    } else if (Integer.compareUnsigned(size, value.length) < 0) {
      throw new StorageException(Errno.ERANGE, "getxattr", value.length + " bytes");
    } else {
      reply.add(value);
    }
  }

  void remove(Request request) throws IOException {
    entries.removeXattr(entry(request), text(request.text(0)));
  }
}
