package dev.vfo.cli;

import dev.vfo.Options;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code vfo detach}: makes an ordinary directory of a root. */
@Command(
    name = "detach",
    customSynopsis = "vfo detach [-h] [--json] DIR",
    header = "Make an ordinary directory of a root.",
    description = {
      "Makes an ordinary directory of a root: applies what is left, then removes its",
      ".vfo folder, and with it the last checkpoint's state. Your files stay as they",
      "are. Here DIR must be named.",
      "",
      "Fails, and changes nothing, while somebody has the root open."
    },
    footer = {
      "",
      "Examples:",
      "  vfo detach data",
      "  vfo detach .",
      "",
      "Exit codes: 0 done, 1 damaged, 2 wrong command line, 125 vfo failed."
    })
final class DetachCommand extends RootCommand {

  DetachCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException {
    @Nullable String wanted = directory();
    if (wanted == null) {
      throw new UsageException("name the root to detach as DIR ('.' for this folder)");
    }
    Path folder = terminal().folder().resolve(wanted).normalize();
    if (Detachment.isUnfinished(folder)) {
      new Detachment(folder).removeRest();
      report(folder, "the rest of an interrupted detach is removed");
      return ExitCode.OK;
    }
    Path root = root();
    ManagedRoot.Recovery done =
        new ManagedRoot(RootRegistry.ofUser(terminal()), root).recover(Options.defaults());
    new Detachment(root).run();
    String place =
        done.checkpoint() == 0 ? "without a checkpoint" : "at checkpoint " + done.checkpoint();
    report(root, "detached " + place + ", an ordinary directory now");
    return ExitCode.OK;
  }

  private void report(Path root, String text) throws IOException {
    if (!printJson(new Document().put("root", root.toString()).put("detached", true))) {
      terminal().line(root + ": " + text);
    }
  }
}
