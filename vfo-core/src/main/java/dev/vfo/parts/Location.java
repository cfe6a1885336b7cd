package dev.vfo.parts;

/** Where a block is: the number of its pack, and the offset there in bytes. */
record Location(long pack, long offset) {}
