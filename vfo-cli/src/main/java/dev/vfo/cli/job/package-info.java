/**
 * The demo's job, and an example of the library at work: {@link dev.vfo.cli.job.IndexJob} builds an
 * inverted index of a corpus, step by step, with a checkpoint after each. It knows its files
 * through {@link dev.vfo.cli.job.WorkFiles} only, so that the same code runs with VFO and on plain
 * files. One thread.
 */
package dev.vfo.cli.job;
