package dev.vfo.journal;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/** A CRC32C (RFC 3720) of memory, in one go or piece by piece. Not thread safe. */
public final class Crc32c {
  private static final long MAX_PIECE_BYTES = 1L << 30;

  private final CRC32C crc = new CRC32C();

  /** The checksum of nothing yet. */
  public Crc32c() {}

  /** Adds bytes to what the checksum covers. */
  public void update(MemorySegment bytes) {
    for (long at = 0; at < bytes.byteSize(); at += MAX_PIECE_BYTES) {
      long piece = Math.min(MAX_PIECE_BYTES, bytes.byteSize() - at);
      crc.update(bytes.asSlice(at, piece).asByteBuffer());
    }
  }

  /** The checksum of all bytes so far. */
  public int value() {
    return (int) crc.getValue();
  }

  /** The checksum of these bytes. */
  public static int of(MemorySegment bytes) {
    Crc32c crc = new Crc32c();
    crc.update(bytes);
    return crc.value();
  }
}
