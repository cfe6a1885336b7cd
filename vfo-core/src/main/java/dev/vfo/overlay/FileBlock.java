package dev.vfo.overlay;

/**
 * A view of one block of a file in a layer; as in the paper, but without an object of its own for
 * as long as nobody looks.
 *
 * @param fromOffset where its valid part begins in the file, bytes
 * @param toOffset where that ends
 * @param isSpilled whether it is in the layer's spill file
 * @param slot its number in the pool, or its place in the spill file
 * @param checksum of the valid part, when it is in the spill file
 */
record FileBlock(long fromOffset, long toOffset, boolean isSpilled, int slot, int checksum) {}
