package dev.vfo;

import java.time.Instant;

/**
 * A checkpoint that is durable and not decided: it counts when it is committed, and is dropped when
 * it is aborted.
 *
 * @param id the name that it is decided by
 * @param time when it was prepared
 * @param state the program's state; its parts can be read as long as the manager is open and it is
 *     not decided
 */
public record PreparedCheckpoint(String id, Instant time, State state) {}
