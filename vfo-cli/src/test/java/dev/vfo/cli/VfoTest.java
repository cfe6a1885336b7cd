package dev.vfo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

/** How command lines are taken apart, and what becomes of wrong ones. */
class VfoTest {
  @TempDir private Path folder = Path.of("");
  private CapturedTerminal terminal = new CapturedTerminal(folder);

  @BeforeEach
  void makeTerminal() {
    terminal = new CapturedTerminal(folder);
  }

  private void assertUsageError(String message, String... arguments) {
    assertEquals(ExitCode.USAGE, terminal.run(arguments));
    assertEquals(List.of(message), terminal.err());
    assertEquals("", terminal.out());
  }

  @Test
  void withoutACommandItShowsTheHelp() {
    assertEquals(ExitCode.USAGE, terminal.run());
    assertTrue(terminal.err().contains("Usage: vfo COMMAND [OPTIONS] [ARGUMENTS]"));
    assertEquals("vfo: which command? (see 'vfo --help')", terminal.err().getLast());
  }

  @Test
  void wrongCommandLinesAreExplainedInOneLine() {
    assertUsageError("vfo: there is no command stat (see 'vfo --help')", "stat");
    assertUsageError("vfo: there is no option --foo (see 'vfo --help')", "--foo");
    assertUsageError(
        "vfo status: there is no option --foo (see 'vfo status --help')", "status", "--foo");
    assertUsageError(
        "vfo status: one word too many: b (see 'vfo status --help')", "status", "a", "b");
    assertUsageError(
        "vfo undecided: --commit=ID, --abort=ID are mutually exclusive (specify only one)"
            + " (see 'vfo undecided --help')",
        "undecided",
        "--commit",
        "a",
        "--abort",
        "b");
    assertUsageError("vfo: -n must be at least 1", "history", "-n", "0");
    assertUsageError("vfo: --timeout must be at least 0", "wait-applied", "--timeout", "-1");
    assertUsageError("vfo: either DIR or --all", "recover", "--all", ".");
    assertUsageError("vfo: name the root to detach as DIR ('.' for this folder)", "detach");
    assertUsageError("vfo: no part of the demo is called engin", "demo", "engin");
    assertUsageError("vfo: --kills goes from 0 to 1000", "demo", "--kills", "-1");
  }

  @Test
  void optionsEndAtTheFirstOtherWord() {
    assertUsageError(
        "vfo status: options stand before other words, but here is --json"
            + " (see 'vfo status --help')",
        "status",
        "dir",
        "--json");
  }

  @Test
  void whatIsMissingIsNamed() {
    assertEquals(ExitCode.FAILED, terminal.run("status", "nowhere"));
    assertEquals(List.of("vfo: nowhere: no such file or directory"), terminal.err());
    assertEquals(ExitCode.FAILED, terminal.run("inspect", "nothing.seg"));
    assertEquals(List.of("vfo: nothing.seg: no such file or directory"), terminal.err());
    assertEquals(ExitCode.FAILED, terminal.run("demo", "--input", "nowhere"));
    assertEquals(List.of("vfo: nowhere: no such file or directory"), terminal.err());
  }

  @Test
  void errorsAreOneLineUnlessDebugged() {
    terminal.run("status", "nowhere");
    assertEquals(1, terminal.err().size());
    terminal.with("VFO_DEBUG", "1").run("status", "nowhere");
    assertTrue(terminal.err().size() > 2);
    assertTrue(terminal.err().getFirst().startsWith("java.nio.file.NoSuchFileException"));
  }

  @Test
  void anInternalErrorIsVfosOwn() {
    assertEquals(
        "internal error: java.lang.IllegalStateException: a b (VFO_DEBUG=1 says where)",
        Vfo.describe(new IllegalStateException("a\nb")));
  }

  @Test
  void segmentsHaveANameOfTheirOwn() throws IOException {
    Files.writeString(folder.resolve("x"), "");
    assertUsageError("vfo: x is no segment: its name is not ten digits and .seg", "inspect", "x");
  }

  static Stream<String> commands() {
    return new Vfo(new CapturedTerminal(Path.of("/")).terminal())
        .commandLine().getSubcommands().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void eachCommandTeaches(String command) {
    assertEquals(ExitCode.OK, terminal.run(command, "--help"));
    assertTrue(terminal.err().isEmpty());
    String help = terminal.out();
    assertFitsIntoAPipe(help);
    assertTrue(help.lines().toList().containsAll(written(command)), () -> "wrapped: " + help);
    if (!command.equals("help")) {
      assertTrue(help.contains("Examples:\n  "), help);
      assertTrue(help.contains("Exit codes: 0 "), help);
    }
  }

  /** The lines of a command's help as they stand in the source: none is so long that it is cut. */
  private List<String> written(String command) {
    CommandLine parser = new Vfo(terminal.terminal()).commandLine().getSubcommands().get(command);
    UsageMessageSpec usage = parser.getCommandSpec().usageMessage();
    return Stream.of(usage.description(), usage.footer())
        .flatMap(Stream::of)
        .filter(line -> !command.equals("help"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void eachReportingCommandSpeaksJson(String command) {
    CommandLine parser = new Vfo(terminal.terminal()).commandLine().getSubcommands().get(command);
    boolean reports = !List.of("completion", "help", "run", "resume").contains(command);
    assertEquals(reports, parser.getCommandSpec().findOption("--json") != null);
  }

  @Test
  void theMainHelpFitsToo() {
    assertEquals(ExitCode.OK, terminal.run("--help"));
    assertFitsIntoAPipe(terminal.out());
    assertEquals(ExitCode.OK, terminal.run("help", "status"));
    assertTrue(terminal.out().startsWith("Show what a root is"));
  }

  @Test
  void coloursAreForTerminalsOnly() {
    terminal.run("--help");
    assertFalse(terminal.out().contains("\u001b"));
    terminal.interactive().run("--help");
    assertTrue(terminal.out().contains("\u001b"));
    terminal.with("NO_COLOR", "1").run("--help");
    assertFalse(terminal.out().contains("\u001b"));
  }

  @Test
  void completionKnowsTheCommands() {
    assertEquals(ExitCode.OK, terminal.run("completion"));
    assertTrue(terminal.out().contains("complete -F _complete_vfo"));
    assertTrue(terminal.out().contains("wait-applied"));
    assertTrue(terminal.out().contains("--json"));
  }

  private static void assertFitsIntoAPipe(String text) {
    text.lines().forEach(line -> assertTrue(line.length() <= Terminal.WIDTH, line));
    assertFalse(text.contains("\u001b"));
  }
}
