package dev.vfo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vfo run}: a program under checkpoints. */
@Command(
    name = "run",
    header = "Run a program whose files are checkpointed.",
    description = {
      "Runs CMD with its files in DIR under checkpoints: all that it does there",
      "becomes real checkpoint by checkpoint, each of one instant and atomic. After a",
      "crash of CMD, of vfo, or of the machine the files are those of the last one,",
      "and 'vfo resume' starts CMD again. Nothing outside of DIR is checkpointed."
    },
    footer = {
      "",
      "Examples:",
      "  vfo run --files-only make                in the current folder",
      "  vfo run --files-only --retries 3 -D data ./job --all",
      "",
      "Exit codes: 0 and others: that of CMD; 128 and the signal when one ended it, 75",
      "stopped, and can be resumed, 2 wrong command line, 125 vfo failed, 126 CMD is no",
      "program, 127 there is no CMD."
    })
final class RunCommand extends JobCommand {
  @Option(
      names = "--files-only",
      required = true,
      description = "Checkpoint files, not memory: CMD goes on by what is in its files.")
  // Looked at by the parser; images of processes come later.
  @SuppressWarnings("UnusedVariable")
  private boolean filesOnly;

  @Option(
      names = {"-D", "--dir"},
      paramLabel = "DIR",
      description = "The directory; else the root around the current folder, else that.")
  private @Nullable String directory;

  @Option(names = "--name", paramLabel = "NAME", description = "The job's name; else DIR's.")
  private @Nullable String name;

  @Option(names = "--resume", description = "Go on with what there is, if there is something.")
  private boolean resume;

  @Parameters(arity = "1..*", paramLabel = "CMD", description = "The program and its arguments.")
  private List<String> command = List.of();

  RunCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path root = root(directory);
    if (directory == null && isWholeWorld(root)) {
      throw new UsageException(root + ": if you mean all of it, name it as --dir");
    }
    return run(root, name, resume, command);
  }

  private boolean isWholeWorld(Path root) {
    String home = terminal().variable("HOME");
    return root.getParent() == null || (home != null && root.equals(Path.of(home)));
  }
}
