package dev.vfo.checkpoint;

import dev.vfo.changes.ChangeSet;
import dev.vfo.overlay.Layer;

/**
 * A committed layer that is not applied.
 *
 * @param checkpoint the checkpoint's number
 * @param layer one of its layers
 * @param changes what the layer does
 */
record PendingLayer(long checkpoint, Layer layer, ChangeSet changes) {}
