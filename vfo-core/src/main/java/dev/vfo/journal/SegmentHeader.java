package dev.vfo.journal;

/**
 * What the first block of a segment says.
 *
 * @param rootId the root that it belongs to
 * @param number which segment, from 1
 * @param salt random; stands in every record of the segment, new each time that the file is used
 *     again
 * @param lengthBytes length of the file
 */
public record SegmentHeader(RootId rootId, long number, long salt, long lengthBytes) {}
