/**
 * Stops all threads of a job at one instant, so that a checkpoint has what all of them had written
 * then and nothing that one wrote later. Main class: {@link dev.vfo.run.stop.Stopper}. A stopper is
 * used by one thread at a time.
 */
package dev.vfo.run.stop;
