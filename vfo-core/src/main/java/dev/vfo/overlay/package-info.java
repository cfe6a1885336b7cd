/**
 * The modifications of the steps that are not in the root yet, in memory. {@link
 * dev.vfo.overlay.FileEntry} is a file's identity; each layer that changed it left an {@link
 * dev.vfo.overlay.EntryDelta} on it: blocks, attributes, names. {@link dev.vfo.overlay.FileContent}
 * reads and writes through them, {@link dev.vfo.overlay.ChangeExtractor} turns a layer into the
 * change set that the journal keeps.
 *
 * <p>Locks, always taken in this order: the gate ({@link dev.vfo.overlay.LayerStack}), the
 * namespace lock, an entry's lock, the home lock ({@link dev.vfo.overlay.HomeTree}).
 */
package dev.vfo.overlay;
