package dev.vfo.parts;

/**
 * All that is needed to find the content of a part.
 *
 * @param sizeBytes length of the content
 * @param hash of the one block at the top of its tree; {@link BlockHash#NONE} when it is empty
 */
record PartRoot(long sizeBytes, BlockHash hash) {}
