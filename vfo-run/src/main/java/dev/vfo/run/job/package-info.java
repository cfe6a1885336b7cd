/**
 * A job: a program in a mount space, whose files are checkpointed while it runs. Main class: {@link
 * dev.vfo.run.job.FilesOnlyJob}.
 */
package dev.vfo.run.job;
