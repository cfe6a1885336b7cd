package dev.vfo;

import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;

/**
 * One entry of a directory listing.
 *
 * @param name the name in the directory
 * @param number number of the entry that it stands for
 */
public record DirectoryItem(Name name, long number, FileType type) {}
