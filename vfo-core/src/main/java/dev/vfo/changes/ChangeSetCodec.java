package dev.vfo.changes;

import dev.vfo.changes.EntryChange.Fate;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The bytes of a change set, as they stand in a journal record: {@code docs/changeset-format.md}
 * has the layout. The encoding has neither version nor checksum; the record around it has both.
 * Decoding is strict: bytes that no encoder writes are refused.
 */
public final class ChangeSetCodec {
  /** The length of an encoding, and thus the place of the next one, is a multiple of this. */
  public static final int ALIGNMENT_BYTES = 8;

  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  static final int HEADER_BYTES = 40;
  static final int LENGTH_AT = 0;
  static final int LAYER_AT = 8;
  static final int ROOT_AT = 16;
  static final int ENTRY_COUNT_AT = 24;
  static final int NAME_COUNT_AT = 28;
  static final int DATA_AT = 32;

  /** How far st_mode is shifted for the byte that tells the type. */
  static final int TYPE_SHIFT = 12;

  static final int MIN_ENTRY_BYTES = 12;
  static final int ATTRIBUTES_BYTES = 28;

  /** What an extended attribute has besides its name and value. */
  static final int MIN_XATTR_BYTES = 5;

  /** In place of a value's length: there is none. */
  static final int NO_VALUE = -1;

  static final int IDENTITY_BYTES = 16;
  static final int EXPECTATION_BYTES = 28;
  static final int MIN_DATA_BYTES = 20;
  static final int EXTENT_BYTES = 16;

  /** In an extent's length: the bytes are in the spill file, and it says where. */
  static final long IS_SPILLED = 1L << 63;

  /** In an extent's length: it is a hole. */
  static final long IS_HOLE = 1L << 62;

  /** What a spilled extent has besides: its place, and for each block a checksum. */
  static final int PLACE_BYTES = 8;

  static final int CHECKSUM_BYTES = 4;
  static final int MIN_NAME_BYTES = 26;

  /** What an entry has besides its number, type and fate; a bit of the entry's flags each. */
  static final int HAS_IDENTITY = 1;

  static final int IS_CREATED = 2;
  static final int HAS_BEFORE = 4;
  static final int HAS_DATA = 8;
  static final int HAS_TARGET = 16;
  static final int HAS_DEVICE = 32;
  static final int HAS_EXPECTATION = 64;
  static final int ALL_FLAGS = 127;

  /** The fates, each at the place that its code says. */
  static final List<Fate> FATES = List.of(Fate.ALIVE, Fate.GONE, Fate.ORPHAN);

  private ChangeSetCodec() {}

  /**
   * How long the encoding will be, bytes.
   *
   * @throws IllegalArgumentException when the change set contradicts itself
   */
  public static long encodedBytes(ChangeSet changes) {
    return new ChangeSetEncoder(changes).lengthBytes();
  }

  /**
   * Writes the encoding to the start of {@code target}, which must have room for {@link
   * #encodedBytes}.
   *
   * @return its length, bytes
   * @throws IllegalArgumentException when the change set contradicts itself
   */
  public static long encode(ChangeSet changes, MemorySegment target) {
    return new ChangeSetEncoder(changes).encode(target);
  }

  /**
   * The length of the encoding that begins where {@code source} does, so that encodings can stand
   * one behind the other.
   *
   * @throws ChangeSetFormatException when {@code source} is not as long
   */
  public static long lengthBytesAt(MemorySegment source) {
    if (source.byteSize() < HEADER_BYTES) {
      throw new ChangeSetFormatException(LENGTH_AT, "only " + source.byteSize() + " bytes");
    }
    long length = source.get(LONG, LENGTH_AT);
    if (length < HEADER_BYTES || length > source.byteSize() || length % ALIGNMENT_BYTES != 0) {
      throw new ChangeSetFormatException(
          LENGTH_AT, "length " + length + " in " + source.byteSize() + " bytes");
    }
    return length;
  }

  /**
   * The change set that these bytes, all of them, encode. Its extents are slices of {@code source}:
   * nothing is copied.
   *
   * @throws ChangeSetFormatException when the bytes are no encoding
   */
  public static ChangeSet decode(MemorySegment source) {
    if (lengthBytesAt(source) != source.byteSize()) {
      throw new ChangeSetFormatException(
          LENGTH_AT, "shorter than the " + source.byteSize() + " bytes given");
    }
    return new ChangeSetDecoder(source).decode();
  }

  static long align(long bytes) {
    return Math.addExact(bytes, ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
  }
}
