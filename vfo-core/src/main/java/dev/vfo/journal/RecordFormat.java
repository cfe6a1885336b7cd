package dev.vfo.journal;

import static dev.vfo.journal.JournalFormat.INT;
import static dev.vfo.journal.JournalFormat.LONG;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The layout of a record: a header of 64 bytes, the payload, zeros up to the next multiple of 4096.
 */
public final class RecordFormat {
  /** Length of the header, and offset of the payload in the record. */
  public static final int HEADER_BYTES = 64;

  /** The type of a record that commits a checkpoint. */
  public static final int COMMIT = 1;

  private static final long MAGIC = JournalFormat.magic("VFOREC");
  private static final int TYPE = 12;
  private static final int SALT = 16;
  private static final int NUMBER = 24;
  private static final int PAYLOAD_BYTES = 32;
  private static final int PREVIOUS_CHECKSUM = 40;
  private static final int PAYLOAD_CHECKSUM = 44;
  private static final int RESERVED = 48;
  private static final int CHECKSUM = 60;

  private RecordFormat() {}

  /** Bytes that a record with such a payload takes up in a segment. */
  public static long recordBytes(long payloadBytes) {
    return JournalFormat.roundUp(Math.addExact(payloadBytes, HEADER_BYTES));
  }

  /**
   * Fills the first 64 bytes of {@code target} with the header of a commit.
   *
   * @return the header with its checksum
   */
  public static RecordHeader encodeCommit(
      MemorySegment target,
      long salt,
      long checkpointNumber,
      long payloadBytes,
      int previousChecksum,
      int payloadChecksum) {
    target.asSlice(0, HEADER_BYTES).fill((byte) 0);
    JournalFormat.putIntroduction(target, MAGIC);
    target.set(INT, TYPE, COMMIT);
    target.set(LONG, SALT, salt);
    target.set(LONG, NUMBER, checkpointNumber);
    target.set(LONG, PAYLOAD_BYTES, payloadBytes);
    target.set(INT, PREVIOUS_CHECKSUM, previousChecksum);
    target.set(INT, PAYLOAD_CHECKSUM, payloadChecksum);
    target.set(INT, CHECKSUM, Crc32c.of(target.asSlice(0, CHECKSUM)));
    return decode(target);
  }

  /**
   * The header at the start of {@code source} when it is genuine in a segment with this salt, else
   * null.
   */
  static @Nullable RecordHeader decodeGenuine(MemorySegment source, long salt) {
    boolean genuine =
        source.get(LONG, SALT) == salt && JournalFormat.isGenuine(source, MAGIC, CHECKSUM);
    return genuine ? decode(source) : null;
  }

  /** Whether a genuine header of this version also has what no writer would write in it. */
  static boolean isMalformed(MemorySegment source, RecordHeader header) {
    return header.version() < 1
        || header.type() != COMMIT
        || header.checkpointNumber() < 1
        || header.payloadBytes() < 0
        || !JournalFormat.isZero(source, RESERVED, CHECKSUM);
  }

  private static RecordHeader decode(MemorySegment source) {
    return new RecordHeader(
        source.get(INT, JournalFormat.VERSION_FIELD),
        source.get(INT, TYPE),
        source.get(LONG, SALT),
        source.get(LONG, NUMBER),
        source.get(LONG, PAYLOAD_BYTES),
        source.get(INT, PREVIOUS_CHECKSUM),
        source.get(INT, PAYLOAD_CHECKSUM),
        source.get(INT, CHECKSUM));
  }
}
