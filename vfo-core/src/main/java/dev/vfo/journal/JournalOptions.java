package dev.vfo.journal;

/**
 * Sizes and kind of the journal's files.
 *
 * @param firstSegmentBytes length of the first segment; a further new one, made when none that was
 *     retired is left to use again, is twice as long as the one before. A multiple of 4096, at
 *     least 8192
 * @param maxSegmentBytes length at which they stop to grow; a record that needs it gets a longer
 *     one. Likewise
 * @param spareSegments how many retired segments are kept to be used again
 * @param direct whether to write past the page cache (O_DIRECT); where the file system cannot, it
 *     is done without
 */
public record JournalOptions(
    long firstSegmentBytes, long maxSegmentBytes, int spareSegments, boolean direct) {

  private static final long MIN_SEGMENT_BYTES = 2L * JournalFormat.BLOCK_BYTES;

  /** Checks the ranges. */
  public JournalOptions {
    requireSegmentBytes(firstSegmentBytes);
    requireSegmentBytes(maxSegmentBytes);
    if (spareSegments < 0) {
      throw new IllegalArgumentException("spareSegments " + spareSegments);
    }
  }

  /** 4 MiB growing to 64 MiB, two spares, past the page cache. */
  public static JournalOptions defaults() {
    return new JournalOptions(4L << 20, 64L << 20, 2, true);
  }

  private static void requireSegmentBytes(long bytes) {
    if (bytes < MIN_SEGMENT_BYTES || bytes % JournalFormat.BLOCK_BYTES != 0) {
      throw new IllegalArgumentException(
          "a segment of " + bytes + " bytes: must be a multiple of 4096, at least 8192");
    }
  }
}
