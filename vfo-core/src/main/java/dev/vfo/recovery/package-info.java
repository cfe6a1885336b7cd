/**
 * What happens at open: {@link dev.vfo.recovery.Recovery} reads the journal and applies what the
 * root does not have yet, with the applier of a normal run. The decision table is in {@code
 * docs/recovery.md}. One thread.
 */
package dev.vfo.recovery;
