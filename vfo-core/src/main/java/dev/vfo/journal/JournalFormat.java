package dev.vfo.journal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * What all parts of the format have in common: version, byte order, block size and the place of
 * magic and version.
 */
public final class JournalFormat {
  /** The format version that is written, and the newest that is read. */
  public static final int VERSION = 1;

  /** Records and segments start at and end at multiples of this, bytes. */
  public static final int BLOCK_BYTES = 4096;

  /** A number of 8 bytes, at any place. */
  public static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** A number of 4 bytes, at any place. */
  public static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  static final int MAGIC = 0;

  /** Offset of the version in each header. */
  public static final int VERSION_FIELD = 8;

  private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[BLOCK_BYTES]);

  private JournalFormat() {}

  /** The number that eight bytes make up: the text, filled up with zeros. */
  public static long magic(String text) {
    long magic = 0;
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < bytes.length; i++) {
      magic |= (long) bytes[i] << (8 * i);
    }
    return magic;
  }

  /** The least multiple of the block size that is not less than {@code bytes}. */
  static long roundUp(long bytes) {
    return Math.addExact(bytes, BLOCK_BYTES - 1) & -BLOCK_BYTES;
  }

  /** Whether a range of less than a block is zero throughout. */
  public static boolean isZero(MemorySegment bytes, long from, long to) {
    return MemorySegment.mismatch(bytes, from, to, ZEROS, 0, to - from) < 0;
  }

  /** Writes magic and version at the start of a header. */
  public static void putIntroduction(MemorySegment header, long magic) {
    header.set(LONG, MAGIC, magic);
    header.set(INT, VERSION_FIELD, VERSION);
  }

  /**
   * Whether a header starts with the magic and has at {@code checksumAt} the checksum of all bytes
   * before.
   */
  public static boolean isGenuine(MemorySegment header, long magic, long checksumAt) {
    return header.get(LONG, MAGIC) == magic
        && header.get(INT, checksumAt) == Crc32c.of(header.asSlice(0, checksumAt));
  }
}
