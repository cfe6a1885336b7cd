package dev.vfo.changes;

import dev.vfo.storage.Name;

/**
 * A place in the tree.
 *
 * @param directory number of the directory
 * @param name the name in it
 */
public record Location(long directory, Name name) {}
