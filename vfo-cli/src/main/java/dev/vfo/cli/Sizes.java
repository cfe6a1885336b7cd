package dev.vfo.cli;

/** Writes numbers of bytes for people. */
public final class Sizes {
  private static final String[] UNITS = {"kB", "MB", "GB", "TB", "PB", "EB"};

  private Sizes() {}

  /** In units of thousands, such as "3.1 MB"; as it is below 1000, such as "12 B". */
  public static String decimal(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    int unit = 0;
    long value = bytes;
    while (value >= 999_950) {
      value /= 1000;
      unit++;
    }
    long tenths = (value + 50) / 100;
    return tenths / 10 + "." + tenths % 10 + " " + UNITS[unit];
  }
}
