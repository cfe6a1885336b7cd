package dev.vfo.fuse.requests;

import dev.vfo.EntryOperations;
import dev.vfo.fuse.protocol.Attributes;
import dev.vfo.fuse.protocol.Reply;
import java.io.IOException;

/**
 * The kernel's numbers of files, which are the engine's but for the root: that is 1 for the kernel.
 */
public final class Nodes {
  /** The kernel's number of the root. */
  public static final long ROOT = 1;

  private final EntryOperations entries;
  private final long root;
  private final long keptSeconds;

  /**
   * @param root the engine's number of the directory that is mounted
   * @param keptSeconds how long the kernel may keep names and attributes
   */
  public Nodes(EntryOperations entries, long root, long keptSeconds) {
    this.entries = entries;
    this.root = root;
    this.keptSeconds = keptSeconds;
  }

  EntryOperations entries() {
    return entries;
  }

  /** The engine's number of a node. */
  public long entry(long node) {
    return exchanged(node);
  }

  /** The kernel's number of an entry. */
  public long node(long entry) {
    return exchanged(entry);
  }

  // Both ways alike: an entry with number 1 that is not the root gets the number that the root does
  // not need.
  private long exchanged(long number) {
    return number == ROOT ? root : number == root ? ROOT : number;
  }

  /** Answers with an entry, which was pinned for the kernel; unpins it when that fails. */
  void addEntry(Reply reply, long entry) throws IOException {
    boolean added = false;
    try {
      Attributes.addEntry(reply, node(entry), entries.stat(entry), keptSeconds);
      added = true;
    } finally {
      if (!added) {
        entries.unpin(entry, 1);
      }
    }
  }

  /** Answers that there is no such name. */
  void addAbsent(Reply reply) {
    Attributes.addAbsent(reply, keptSeconds);
  }

  /** Answers with the attributes of an entry. */
  void addAttributes(Reply reply, long entry) throws IOException {
    Attributes.add(reply, entries.stat(entry), keptSeconds);
  }
}
