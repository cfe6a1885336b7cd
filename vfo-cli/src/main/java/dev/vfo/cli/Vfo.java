package dev.vfo.cli;

import dev.vfo.cli.demo.DemoCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.MutuallyExclusiveArgsException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command {@code vfo} with all its subcommands: parses a command line, runs it and turns what
 * goes wrong into one line.
 */
final class Vfo {
  private final Terminal terminal;

  Vfo(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Runs a command line; the exit code. */
  int run(String... arguments) {
    return commandLine(arguments.length == 0 ? "" : arguments[0]).execute(arguments);
  }

  /** The parser of command lines, with all commands. */
  CommandLine commandLine() {
    return commandLine("");
  }

  /**
   * The same; when the first word names a command only with that one: each costs time at the start.
   */
  private CommandLine commandLine(String firstWord) {
    CommandLine vfo = new CommandLine(new Top());
    Map<String, Supplier<Object>> commands = commands();
    Supplier<Object> only = commands.get(firstWord);
    if (only != null) {
      vfo.addSubcommand(only.get());
    } else {
      commands.values().forEach(command -> vfo.addSubcommand(command.get()));
      vfo.addSubcommand(new CommandLine.HelpCommand());
    }
    return configure(vfo);
  }

  /** The commands by name, in the order of the help. */
  private Map<String, Supplier<Object>> commands() {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("demo", () -> new DemoCommand(terminal));
    commands.put("run", () -> new RunCommand(terminal));
    commands.put("resume", () -> new ResumeCommand(terminal));
    commands.put("status", () -> new StatusCommand(terminal));
    commands.put("history", () -> new HistoryCommand(terminal));
    commands.put("verify", () -> new VerifyCommand(terminal));
    commands.put("recover", () -> new RecoverCommand(terminal));
    commands.put("wait-applied", () -> new WaitAppliedCommand(terminal));
    commands.put("undecided", () -> new UndecidedCommand(terminal));
    commands.put("detach", () -> new DetachCommand(terminal));
    commands.put("inspect", () -> new InspectCommand(terminal));
    commands.put("completion", () -> new CompletionCommand(terminal));
    return commands;
  }

  private CommandLine configure(CommandLine vfo) {
    Ansi ansi = isColourful() ? Ansi.ON : Ansi.OFF;
    vfo.setStopAtPositional(true)
        .setUsageHelpWidth(Terminal.WIDTH)
        .setUsageHelpAutoWidth(false)
        .setColorScheme(CommandLine.Help.defaultColorScheme(ansi))
        .setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
        .setParameterExceptionHandler((e, args) -> usage(e))
        .setExecutionExceptionHandler((e, command, parsed) -> failure(e));
    // It runs no other command, whose options would have to be left alone.
    CommandLine undecided = vfo.getSubcommands().get("undecided");
    if (undecided != null) {
      undecided.setStopAtPositional(false);
    }
    return vfo;
  }

  private boolean isColourful() {
    return terminal.isInteractive()
        && terminal.variable("NO_COLOR") == null
        && !"dumb".equals(terminal.variable("TERM"));
  }

  private int usage(ParameterException e) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    terminal.error(command + ": " + explain(e) + " (see '" + command + " --help')");
    return ExitCode.USAGE;
  }

  private static String explain(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      return explain(unmatched.getUnmatched().getFirst(), e.getCommandLine().getCommandSpec());
    }
    String message =
        String.valueOf(e.getMessage()).lines().findFirst().orElse("wrong command line");
    if (e instanceof MutuallyExclusiveArgsException) {
      message = message.replaceFirst("^Error: ", "");
    }
    return Character.toLowerCase(message.charAt(0)) + message.substring(1);
  }

  private static String explain(String unmatched, CommandSpec command) {
    if (command.findOption(unmatched) != null) {
      return "options stand before other words, but here is " + unmatched;
    }
    if (unmatched.startsWith("-")) {
      return "there is no option " + unmatched;
    }
    return command.subcommands().isEmpty()
        ? "one word too many: " + unmatched
        : "there is no command " + unmatched;
  }

  private int failure(Exception e) {
    if (terminal.variable("VFO_DEBUG") != null) {
      e.printStackTrace(terminal.err());
    }
    if (e instanceof InterruptedException) {
      return ExitCode.INTERRUPTED;
    }
    terminal.error("vfo: " + describe(e));
    return switch (e) {
      case ProblemException p -> ExitCode.PROBLEM;
      case UsageException u -> ExitCode.USAGE;
      default -> ExitCode.FAILED;
    };
  }

  /** What went wrong, in one line. */
  static String describe(Throwable e) {
    String message = String.valueOf(e.getMessage()).replace('\n', ' ');
    return switch (e) {
      case UncheckedIOException wrapped when e.getCause() != null -> describe(e.getCause());
      case NoSuchFileException missing -> missing.getFile() + ": no such file or directory";
      case AccessDeniedException denied -> denied.getFile() + ": permission denied";
      case IOException known when known.getMessage() != null -> message;
      default -> "internal error: " + e.toString().replace('\n', ' ') + " (VFO_DEBUG=1 says where)";
    };
  }

  /** The command without a subcommand. */
  @Command(
      name = "vfo",
      header = {
        "Files that are part of a checkpoint: after a crash, kill -9 or power loss they",
        "are as at the last checkpoint, all of them."
      },
      synopsisHeading = "%nUsage: ",
      optionListHeading = "%nOptions:%n",
      customSynopsis = "vfo COMMAND [OPTIONS] [ARGUMENTS]",
      commandListHeading = "%nCommands:%n",
      mixinStandardHelpOptions = true,
      version = "vfo 0.1.0-SNAPSHOT",
      footer = {
        "",
        "DIR is a root: a directory that VFO manages. Where it may be left out it is",
        "the root that the current folder lies in. Options stand before other words.",
        "",
        "Examples:",
        "  vfo demo              see what it is for: a minute or two, real kill -9",
        "  vfo status            the root around the current folder",
        "  vfo recover --all     after a crash: bring every root to its checkpoint",
        "  vfo COMMAND --help    more on a command",
        "",
        "Exit codes: 0 done, 1 a problem was found, 2 wrong command line,",
        "125 vfo itself failed, 130 Ctrl-C. VFO_DEBUG=1 shows where an error is from."
      })
  static final class Top implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
      spec.commandLine().usage(spec.commandLine().getErr());
      throw new ParameterException(spec.commandLine(), "Which command?");
    }
  }
}
