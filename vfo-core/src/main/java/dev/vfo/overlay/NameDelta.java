package dev.vfo.overlay;

import org.jspecify.annotations.Nullable;

/**
 * What a layer did to one directory entry.
 *
 * @param before who had the name when the layer began, or null
 * @param after who has it now, or null: gone
 */
public record NameDelta(@Nullable FileEntry before, @Nullable FileEntry after) {}
