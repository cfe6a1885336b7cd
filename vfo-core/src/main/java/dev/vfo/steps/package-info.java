/**
 * A program as a loop of steps, each of which ends with a checkpoint: {@link dev.vfo.steps.Steps}.
 * Stands on the API, as a program does. One thread runs a loop; what may be called by others says
 * so.
 */
package dev.vfo.steps;
