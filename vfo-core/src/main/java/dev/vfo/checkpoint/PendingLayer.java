package dev.vfo.checkpoint;

import dev.vfo.changes.ChangeSet;
import dev.vfo.overlay.Layer;

/**
 * A durable layer that is not applied.
 *
 * @param record number of the record that it is part of
 * @param layer the layer
 * @param changes what the layer does
 */
record PendingLayer(long record, Layer layer, ChangeSet changes) {}
