/**
 * The life of a manager: {@link dev.vfo.checkpoint.Engine} opens and recovers a root, seals and
 * commits steps; {@link dev.vfo.checkpoint.ApplyQueue} applies what was committed, behind the
 * program. Thread rule: one commit at a time, one apply at a time, both beside the program's own
 * operations.
 */
package dev.vfo.checkpoint;
