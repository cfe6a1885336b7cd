package dev.vfo.changes;

/**
 * A state in a record: the bytes themselves, or what to expect in the file that has them, and where
 * its parts are.
 *
 * @param inline the bytes; empty when they are in a file
 * @param isStored whether they are in a file of the folder {@code .vfo/state}, named by the
 *     checkpoint's number
 * @param lengthBytes number of bytes
 * @param checksum CRC32C of them
 * @param manifest what the part store says of the parts; empty when there are none
 */
@SuppressWarnings("ArrayRecordComponent")
public record StateBytes(
    byte[] inline, boolean isStored, long lengthBytes, int checksum, byte[] manifest) {
  /** A longer state is stored in a file, bytes. */
  public static final int MAX_INLINE_BYTES = 64 << 10;

  /** No bytes and no parts. */
  public static final StateBytes EMPTY = new StateBytes(new byte[0], false, 0, 0, new byte[0]);

  /** Whether there are neither bytes nor parts. */
  public boolean isEmpty() {
    return lengthBytes == 0 && manifest.length == 0;
  }
}
