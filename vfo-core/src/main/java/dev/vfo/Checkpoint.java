package dev.vfo;

import java.time.Instant;

/**
 * The durable end of a step.
 *
 * @param number 1, 2, 3 ... in a root
 * @param time when it was made, by the manager's clock
 * @param state what the program gave
 */
public record Checkpoint(long number, Instant time, State state) {}
