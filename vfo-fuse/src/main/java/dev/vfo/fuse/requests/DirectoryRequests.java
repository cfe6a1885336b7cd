package dev.vfo.fuse.requests;

import dev.vfo.DirectoryItem;
import dev.vfo.EntryOperations;
import dev.vfo.fuse.protocol.Attributes;
import dev.vfo.fuse.protocol.DirectoryEntries;
import dev.vfo.fuse.protocol.Reply;
import dev.vfo.fuse.protocol.Request;
import dev.vfo.fuse.requests.OpenDirectories.Listed;
import dev.vfo.fuse.session.Exchange;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads directories: "." and "..", then the list of the instant when reading began. The offset of
 * an entry is its place in these, so that it means the same as long as the directory is open. The
 * kernel keeps no lists: it would go on with one of its own from a place in another one of ours.
 */
final class DirectoryRequests {
  private static final int OPEN_BYTES = 16;
  private static final byte[] SELF = {'.'};
  private static final byte[] PARENT = {'.', '.'};

  private final Nodes nodes;
  private final EntryOperations entries;
  private final OpenDirectories open = new OpenDirectories();

  DirectoryRequests(Nodes nodes) {
    this.nodes = nodes;
    this.entries = nodes.entries();
  }

  void open(Reply reply) {
    int at = reply.grow(OPEN_BYTES);
    reply.int64(at, open.add());
  }

  void release(Request request) throws StorageException {
    open.close(request.int64(0));
  }

  /** Answers with as many entries as there is room for. */
  void read(Exchange exchange) throws IOException {
    Request request = exchange.request();
    Reply reply = exchange.reply();
    int limit = limit(request, reply);
    List<Listed> list = list(exchange);
    for (long i = request.int64(8); i < list.size(); i++) {
      Listed listed = list.get((int) i);
      if (reply.bodyBytes() + DirectoryEntries.length(listed.bytes().length) > limit) {
        return;
      }
      DirectoryEntries.add(reply, listed.number(), i + 1, listed.type(), listed.bytes());
    }
  }

  /** The same, each with its attributes: the kernel remembers it as if it had looked it up. */
  void readWithAttributes(Exchange exchange) throws IOException {
    Request request = exchange.request();
    Reply reply = exchange.reply();
    int limit = limit(request, reply);
    long directory = nodes.entry(request.node());
    List<Listed> list = list(exchange);
    for (long i = request.int64(8); i < list.size(); i++) {
      Listed listed = list.get((int) i);
      int length = Attributes.ENTRY_BYTES + DirectoryEntries.length(listed.bytes().length);
      if (reply.bodyBytes() + length > limit) {
        return;
      }
      addAttributes(reply, directory, listed.name());
      DirectoryEntries.add(reply, listed.number(), i + 1, listed.type(), listed.bytes());
    }
  }

  private static int limit(Request request, Reply reply) throws StorageException {
    return Math.min(request.int32(16), reply.capacityBytes());
  }

  private List<Listed> list(Exchange exchange) throws IOException {
    Request request = exchange.request();
    OpenDirectories.Open reading = open.get(request.int64(0));
    List<Listed> list = reading.list();
    if (list == null || request.int64(8) == 0) {
      exchange.mayTakeLong();
      list = list(nodes.entry(request.node()));
      reading.begin(list);
    }
    return list;
  }

  private List<Listed> list(long directory) throws IOException {
    List<DirectoryItem> items = entries.list(directory);
    List<Listed> list = new ArrayList<>(items.size() + 2);
    list.add(new Listed(SELF, null, directory, FileType.DIRECTORY));
    list.add(new Listed(PARENT, null, parent(directory), FileType.DIRECTORY));
    for (DirectoryItem item : items) {
      list.add(new Listed(item.name().bytes(), item.name(), item.number(), item.type()));
    }
    return list;
  }

  private long parent(long directory) throws IOException {
    long parent = entries.lookupParent(directory);
    entries.unpin(parent, 1);
    return parent;
  }

  // All zeros mean that the kernel is to look it up itself; what fails here then fails there.
  private void addAttributes(Reply reply, long directory, @Nullable Name name) throws IOException {
    int before = reply.bodyBytes();
    if (name != null) {
      try {
        nodes.addEntry(reply, entries.lookup(directory, name));
        return;
      } catch (StorageException e) {
        reply.cut(before);
      }
    }
    int _ = reply.grow(Attributes.ENTRY_BYTES);
  }
}
