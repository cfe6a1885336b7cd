/**
 * Where blocks of a layer go when memory is used up: {@link dev.vfo.spill.SpillFile}, one a layer,
 * in the stage. Thread safe. {@code docs/spill.md} has the layout.
 */
package dev.vfo.spill;
