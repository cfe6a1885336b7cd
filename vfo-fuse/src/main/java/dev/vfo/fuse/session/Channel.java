package dev.vfo.fuse.session;

import dev.vfo.storage.StorageException;
import java.lang.foreign.MemorySegment;

/** Where requests come from and answers go to, each whole. Thread safe. */
public interface Channel {
  /** What {@link #receive} returns when there will be no more requests. */
  long ENDED = -1;

  /** Waits for a request and reads it; returns its length, or {@link #ENDED}. */
  long receive(MemorySegment buffer) throws StorageException;

  /**
   * Sends an answer or a notification.
   *
   * @throws StorageException ENOENT when nobody waits for it any more; ENODEV when there will be no
   *     more requests
   */
  void send(MemorySegment message) throws StorageException;
}
