/**
 * The net change of a step as plain data: {@link dev.vfo.changes.ChangeSet}. It is what the overlay
 * hands to the journal, what the journal hands back after a crash, and all that the applier knows;
 * so a normal run and a recovery apply the same thing. Nothing here does I/O; nothing is thread
 * safe but by being immutable once built.
 */
package dev.vfo.changes;
