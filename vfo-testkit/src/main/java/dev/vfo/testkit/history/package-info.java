/**
 * Histories: sequences of {@link dev.vfo.testkit.history.Operation}s that a {@link
 * dev.vfo.testkit.history.Subject} is driven through. {@link
 * dev.vfo.testkit.history.HistoryGenerator} makes them from a seed, {@link
 * dev.vfo.testkit.history.CheckpointModel} says what each operation must answer, {@link
 * dev.vfo.testkit.history.Shrinker} makes a failing one small. Nothing here is thread safe but what
 * is immutable.
 */
package dev.vfo.testkit.history;
