package dev.vfo.changes;

import java.lang.foreign.MemorySegment;

/**
 * A range of a file's new content.
 *
 * @param offset in the file, bytes
 * @param content the bytes, at least one
 */
public record Extent(long offset, Content content) {
  /** Blocks of a file begin at multiples of this, bytes. */
  public static final int BLOCK_BYTES = 4096;

  /** A range whose bytes are in memory. */
  public Extent(long offset, MemorySegment data) {
    this(offset, new InMemory(data));
  }

  /** Where the bytes of an extent are. */
  public sealed interface Content {
    /** How many they are. */
    long lengthBytes();
  }

  /**
   * They are in memory.
   *
   * @param data native memory that stays valid and unchanged as long as the change set is used
   */
  public record InMemory(MemorySegment data) implements Content {
    @Override
    public long lengthBytes() {
      return data.byteSize();
    }
  }

  /**
   * They are in the spill file of the layer, which stays as it is as long as the change set is
   * used.
   *
   * @param place offset in the spill file, bytes; in its block where the extent's is in the file's
   * @param lengthBytes how many
   * @param checksums CRC32C of each of the file's blocks that the extent has bytes of, of these
   *     bytes; not copied, not to be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // Four bytes for each block; never compared.
  public record InSpill(long place, long lengthBytes, int[] checksums) implements Content {}

  /**
   * They are zeros, and take no space: the extent begins a block, and shares none with another.
   *
   * @param lengthBytes how many
   */
  public record Hole(long lengthBytes) implements Content {}

  /** Length of the range, bytes. */
  public long lengthBytes() {
    return content.lengthBytes();
  }

  /** How many of the file's blocks it has bytes of. */
  public long blocks() {
    return blocks(offset, lengthBytes());
  }

  static long blocks(long offset, long lengthBytes) {
    return (offset + lengthBytes - 1) / BLOCK_BYTES - offset / BLOCK_BYTES + 1;
  }
}
