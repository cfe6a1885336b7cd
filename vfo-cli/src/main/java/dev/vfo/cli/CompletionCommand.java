package dev.vfo.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** {@code vfo completion}: a script that completes command lines. */
@Command(
    name = "completion",
    header = "Print a script for the shell's completion.",
    description = {
      "Prints a script that lets bash (and zsh, with its bashcompinit) complete the",
      "words of vfo's command lines."
    },
    footer = {
      "",
      "Examples:",
      "  source <(vfo completion)         for this shell",
      "  vfo completion > ~/.local/share/bash-completion/completions/vfo",
      "",
      "Exit codes: 0 done, 2 wrong command line, 125 vfo failed."
    })
final class CompletionCommand extends VfoCommand {

  CompletionCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() {
    terminal().print(AutoComplete.bash("vfo", new Vfo(terminal()).commandLine()));
    return ExitCode.OK;
  }
}
