package dev.vfo.cli;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vfo resume}: goes on with a job after a crash. */
@Command(
    name = "resume",
    header = "Go on with a job after a crash, or after it was stopped.",
    description = {
      "Puts the files of a job back to its last checkpoint and starts its program",
      "again, in the folder and with the environment that it had. Of a job that has",
      "ended nothing is run; its exit code is given again."
    },
    footer = {
      "",
      "Examples:",
      "  vfo resume             the job of the root that the current folder lies in",
      "  vfo resume data",
      "",
      "Exit codes: 0 and others: those of 'vfo run'."
    })
final class ResumeCommand extends JobCommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "The job's directory; else the root around the current folder.")
  private @Nullable String directory;

  ResumeCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    return run(root(directory), null, true, List.of());
  }
}
