package dev.vfo.inspect;

/**
 * A prepared checkpoint that waits for a decision.
 *
 * @param id the name that it is decided by
 * @param checkpoint its record; the checkpoint gets another number when it is decided
 */
public record UndecidedRecord(String id, CheckpointRecord checkpoint) {}
