package dev.vfo.journal;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The bytes that a record is to carry, to be copied piece by piece. They must not change until the
 * record is written.
 */
public interface Payload {
  /** How many bytes there are. */
  long lengthBytes();

  /** Fills {@code target} with the bytes from {@code from} on; there are enough of them. */
  void copy(long from, MemorySegment target) throws IOException;

  /**
   * Is told the checksum of all bytes that were copied, before they become a record; throws to
   * prevent it.
   */
  default void verify(int checksum) throws IOException {}

  /** These segments, one after the other. Not thread safe. */
  static Payload of(List<MemorySegment> segments) {
    return new MemoryPayload(segments);
  }
}
