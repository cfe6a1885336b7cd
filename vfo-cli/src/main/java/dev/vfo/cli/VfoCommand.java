package dev.vfo.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What all commands have in common. */
@Command(
    optionListHeading = "%nOptions:%n",
    synopsisHeading = "%nUsage: ",
    descriptionHeading = "%n",
    parameterListHeading = "%n",
    sortOptions = false,
    abbreviateSynopsis = false)
public abstract class VfoCommand implements Callable<Integer> {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  // The parser looks at it, by its annotation.
  @SuppressWarnings("UnusedVariable")
  private boolean helpWanted;

  private final Terminal terminal;

  /** A command that prints to the terminal. */
  protected VfoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Where the command prints. */
  protected final Terminal terminal() {
    return terminal;
  }

  /** Runs the command; one of {@link ExitCode}. */
  @Override
  public abstract Integer call() throws IOException, InterruptedException;
}
