package dev.vfo.cli;

import dev.vfo.run.job.FilesOnlyJob;
import dev.vfo.run.job.JobOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command that runs a job; in the process that {@code run.sh} has started. */
abstract class JobCommand extends VfoCommand {
  @Option(
      names = "--every",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = JobDuration.class,
      description = "Time between checkpoints: a number with ms, s, m, h or d (10s).")
  private Duration every = Duration.ofSeconds(10);

  @Option(
      names = "--retries",
      paramLabel = "N",
      defaultValue = "0",
      description = "How often CMD is started again when it crashes (0).")
  private int retries;

  JobCommand(Terminal terminal) {
    super(terminal);
  }

  /** Runs the job, and gives its end to who started this process. */
  final Integer run(Path root, @Nullable String name, boolean resume, List<String> command)
      throws IOException, InterruptedException {
    if (terminal().variable("VFO_ROUND") == null) {
      throw new IOException("a job is started by the script vfo, not by this program alone");
    }
    if (retries < 0) {
      throw new UsageException("--retries " + retries + ": 0 or more");
    }
    JobOptions options =
        new JobOptions(
            root,
            name == null ? String.valueOf(root.getFileName()) : name,
            every,
            retries,
            resume,
            folder(root),
            command);
    new FilesOnlyJob(options, RootRegistry.ofUser(terminal()), this::say).run();
    return ExitCode.OK;
  }

  private void say(String line) {
    terminal().error("vfo: " + line);
  }

  /** Where CMD starts: in the current folder if it lies in the root, else there. */
  private Path folder(Path root) throws IOException {
    Path here = terminal().folder().toRealPath();
    return here.startsWith(root) ? here : root;
  }

  /** The root that is meant: what is named, else the one around the current folder, else that. */
  final Path root(@Nullable String named) throws IOException {
    Path here = terminal().folder();
    if (named == null) {
      return RootFinder.enclosing(here).orElse(here).toRealPath();
    }
    Path root = here.resolve(named);
    if (!Files.exists(root)) {
      throw new NoSuchFileException(named);
    }
    if (!Files.isDirectory(root)) {
      throw new NotDirectoryException(named + ": not a directory");
    }
    return root.toRealPath();
  }
}
