package dev.vfo.apply;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Where things are in a plan, little-endian:
 *
 * <pre>
 *    0  8  magic "VFOPLAN" and a zero
 *    8  4  version
 *   12  4  number of entries that were given up
 *   16 16  root id
 *   32  8  layer
 *   40  4  number of objects
 *   44  4  number of saved ranges
 *   48  8  length of the file
 *   56  4  zero
 *   60  4  checksum (CRC32C) of the bytes before
 *   64     objects, 24 bytes each: entry number, inode, generation; by ascending number
 *          if entries were given up: the newest layer that was made without knowing of it, 8 bytes;
 *          then these, 8 bytes each: entry number; by ascending number
 *          saved ranges: entry number, offset, length, bytes, zeros up to a multiple of 8
 *          checksum (CRC32C) of all bytes before it, 4 bytes, and 4 zeros
 * </pre>
 */
final class PlanFormat {
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  static final long MAGIC = 0x004E414C504F4656L;
  static final int VERSION = 2;

  /** Without anything given up; zeros stand for that. */
  static final int OLDEST_VERSION = 1;

  static final int HEADER_BYTES = 64;
  static final int OBJECT_BYTES = 24;
  static final int GIVEN_UP_BYTES = 8;
  static final int SAVED_HEADER_BYTES = 24;
  static final int TRAILER_BYTES = 8;

  private static final int ALIGNMENT_BYTES = 8;

  private PlanFormat() {}

  /** How much room a saved range takes, bytes. */
  static long savedBytes(long lengthBytes) {
    return SAVED_HEADER_BYTES + lengthBytes + paddingBytes(lengthBytes);
  }

  static int paddingBytes(long lengthBytes) {
    return (int) (-lengthBytes & (ALIGNMENT_BYTES - 1));
  }
}
