package dev.vfo.changes;

import dev.vfo.storage.Name;

/**
 * The net change of one directory entry: what the name stood for before the layer, and what it
 * stands for after it.
 *
 * @param directory number of the directory
 * @param name the name in it
 * @param before number of the entry that had the name when the layer began, or {@link #NONE}
 * @param after number of the entry that has it at the end, or {@link #NONE}; may equal {@code
 *     before}
 */
public record NameChange(long directory, Name name, long before, long after) {
  /** No entry. */
  public static final long NONE = 0;
}
