package dev.vfo.overlay;

import dev.vfo.changes.Extent;
import dev.vfo.storage.StorageException;
import java.lang.foreign.MemorySegment;

/** Reads the content of extents that lies elsewhere than in the layer that is to have it. */
public interface ExtentSource {
  /** Takes content, piece by piece. */
  interface Sink {
    /** Takes a piece; {@code offset} is in the file, bytes. The memory is for this call only. */
    void take(long offset, MemorySegment bytes) throws StorageException;
  }

  /**
   * Reads an extent, from its beginning on.
   *
   * @throws StorageException also when it is not what was written
   */
  void read(Extent extent, Sink sink) throws StorageException;
}
