/**
 * The part store: large state as 4 KiB blocks by their hash, so that what the checkpoint before had
 * is not written again. Format and rules: {@code docs/part-store.md}.
 */
@NullMarked
package dev.vfo.parts;

import org.jspecify.annotations.NullMarked;
