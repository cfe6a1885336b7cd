package dev.vfo.run.job;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a job is to be like.
 *
 * @param root the directory whose files are checkpointed, absolute
 * @param name what the job is called
 * @param every time between checkpoints
 * @param retries how often its program is started again after a crash
 * @param resume whether to go on with what there is, if there is something
 * @param folder where the program starts, absolute
 * @param command the program and its arguments; empty: that of the job that is resumed
 */
public record JobOptions(
    Path root,
    String name,
    Duration every,
    int retries,
    boolean resume,
    Path folder,
    List<String> command) {}
