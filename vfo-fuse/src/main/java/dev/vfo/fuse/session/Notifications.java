package dev.vfo.fuse.session;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.vfo.fuse.protocol.Reply;
import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Tells the kernel what it may not keep any longer. Thread safe; what a thread that serves requests
 * may not call says so, for the kernel would wait for what that thread is to serve.
 */
public final class Notifications {
  private static final int INVALIDATE_INODE = 2;
  private static final int INVALIDATE_ENTRY = 3;
  private static final int INODE_BYTES = 24;
  private static final int ENTRY_HEAD_BYTES = 16;

  private final Channel channel;

  /** Notifications by way of a channel. */
  public Notifications(Channel channel) {
    this.channel = channel;
  }

  /** A file's attributes are others; may be called by any thread. */
  public void attributesChanged(long node) throws StorageException {
    inode(node, -1);
  }

  /**
   * A file's attributes and content, or the names in a directory, are others. What was written to
   * the file is brought in first. Not for threads that serve requests.
   */
  public void contentChanged(long node) throws StorageException {
    inode(node, 0);
  }

  private void inode(long node, long offset) throws StorageException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment message = message(arena, INVALIDATE_INODE, INODE_BYTES);
      message.set(JAVA_LONG, Reply.HEADER_BYTES, node);
      message.set(JAVA_LONG, Reply.HEADER_BYTES + 8, offset);
      send(message);
    }
  }

  /** A name stands for something else now, or for nothing. Not for threads that serve requests. */
  public void nameChanged(long directory, Name name) throws StorageException {
    try (Arena arena = Arena.ofConfined()) {
      byte[] bytes = name.bytes();
      MemorySegment message = message(arena, INVALIDATE_ENTRY, ENTRY_HEAD_BYTES + bytes.length + 1);
      message.set(JAVA_LONG, Reply.HEADER_BYTES, directory);
      message.set(JAVA_INT, Reply.HEADER_BYTES + 8, bytes.length);
      int at = Reply.HEADER_BYTES + ENTRY_HEAD_BYTES;
      MemorySegment.copy(bytes, 0, message, JAVA_BYTE, at, bytes.length);
      send(message);
    }
  }

  private static MemorySegment message(Arena arena, int code, int bodyBytes) {
    int length = Reply.HEADER_BYTES + bodyBytes;
    MemorySegment message = arena.allocate(length, Long.BYTES);
    message.set(JAVA_INT, 0, length);
    message.set(JAVA_INT, 4, code);
    return message;
  }

  private void send(MemorySegment message) throws StorageException {
    try {
      channel.send(message);
    } catch (StorageException e) {
      // The kernel keeps nothing of it, or the mount is gone.
      if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENODEV) {
        throw e;
      }
    }
  }
}
