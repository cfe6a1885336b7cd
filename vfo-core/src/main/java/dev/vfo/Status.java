package dev.vfo;

import java.util.Optional;

/**
 * How a manager is doing, at one instant.
 *
 * @param lastCheckpoint number of the last checkpoint, 0 when there is none
 * @param unappliedLayers committed layers that are not in the root yet
 * @param memoryBytes memory that the blocks of all layers take
 * @param stuck why the oldest of them cannot be applied, if it cannot
 * @param failure why the manager cannot go on, if it cannot
 */
public record Status(
    long lastCheckpoint,
    int unappliedLayers,
    long memoryBytes,
    Optional<String> stuck,
    Optional<String> failure) {}
