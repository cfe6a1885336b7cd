package dev.vfo;

import dev.vfo.storage.StorageException;
import java.lang.foreign.MemorySegment;

/** Receives the parts of a range of a file, in their order, by where their bytes are. */
public interface RangeVisitor {
  /** A part that is in memory; it is as it is during the call only. */
  void memory(long offset, MemorySegment data) throws StorageException;

  /** A part that is zeros. */
  void zeros(long offset, long lengthBytes) throws StorageException;

  /**
   * A part that stands in the home file, at the same offset; the descriptor is for this call only.
   */
  void home(long offset, long lengthBytes, int fd) throws StorageException;
}
