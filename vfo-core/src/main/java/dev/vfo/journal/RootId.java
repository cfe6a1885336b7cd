package dev.vfo.journal;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * The random name of a managed root, in every file that VFO writes for it: what belongs to another
 * root is recognized.
 *
 * @param low bytes 0 to 7, little-endian
 * @param high bytes 8 to 15, little-endian
 */
public record RootId(long low, long high) {
  /** A new one. */
  public static RootId random(RandomGenerator random) {
    return new RootId(random.nextLong(), random.nextLong());
  }

  /** The 32 hexadecimal digits of the number. */
  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(high) + hex.toHexDigits(low);
  }
}
