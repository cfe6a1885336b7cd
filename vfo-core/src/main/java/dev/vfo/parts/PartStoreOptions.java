package dev.vfo.parts;

/**
 * Sizes of the part store.
 *
 * @param maxPackBytes length at which a new pack is begun, bytes; at least 12,288
 * @param slackBlocks how many blocks may lie there unused, beyond as many as are used, before the
 *     used ones of sparse packs are moved together
 */
public record PartStoreOptions(long maxPackBytes, long slackBlocks) {
  private static final long MIN_PACK_BLOCKS = 3;

  /** Packs of at most so many bytes, and a fourth of it as slack. */
  public static PartStoreOptions ofPackBytes(long packBytes) {
    long blocks = Math.max(MIN_PACK_BLOCKS, packBytes / PackFormat.BLOCK_BYTES);
    return new PartStoreOptions(blocks * PackFormat.BLOCK_BYTES, blocks / 4);
  }
}
