/**
 * Makes committed layers real in the root directory: {@link dev.vfo.apply.Applier} takes a {@link
 * dev.vfo.changes.ChangeSet} and can be stopped at any instruction, any number of times, and run
 * again. Normal running and recovery use it alike. One layer is applied at a time, by one thread;
 * others read the root meanwhile under the lock that every name operation here takes.
 */
package dev.vfo.apply;
