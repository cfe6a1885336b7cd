package dev.vfo.cli.demo;

import dev.vfo.cli.Document;
import dev.vfo.cli.ExitCode;
import dev.vfo.cli.Json;
import dev.vfo.cli.Terminal;
import dev.vfo.cli.UsageException;
import dev.vfo.cli.VfoCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vfo demo}: shows what VFO is for. */
@Command(
    name = "demo",
    header = "Show what VFO is for, with real kill -9.",
    description = {
      "Real processes work on real files, and are really killed. Parts:",
      "",
      "  faults   the three ways in which a step that is repeated after a crash spoils",
      "           files, first on plain files, then with VFO",
      "  engine   a job over real text is killed with SIGKILL, again and again, and",
      "           goes on each time; its files must end up byte for byte as if nothing",
      "           had happened. Then the same on plain files.",
      "  make     GNU make, which knows nothing of VFO, builds under 'vfo run' and is",
      "           killed ten times; its files must be those of an undisturbed build",
      "",
      "Without PART all of them. Works in a folder of its own in $TMPDIR, else in",
      "/var/tmp, and removes it at the end; if it is killed, the next one does."
    },
    footer = {
      "",
      "Examples:",
      "  vfo demo",
      "  vfo demo engine",
      "  vfo demo --input ~/mail --kills 50 engine",
      "",
      "Exit codes: 0 VFO did what it promises, 1 it did not, 2 wrong command line,",
      "125 the demo itself failed, 130 Ctrl-C."
    })
public final class DemoCommand extends VfoCommand {
  private static final int MAX_KILLS = 1000;
  private static final List<DemoPart> PARTS =
      List.of(new FaultsPart(), new EnginePart(), new MakePart());

  @Option(
      names = "--input",
      paramLabel = "DIR",
      description = "The text to index; else that of the JDK and the system's documentation.")
  private @Nullable String input;

  @Option(
      names = "--kills",
      paramLabel = "N",
      description = "How often the engine's job is killed (default: ${DEFAULT-VALUE}).")
  private int kills = 20;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Draw the same text and the same instants again.")
  private @Nullable Long seed;

  @Option(
      names = "--json",
      description = "Print one JSON document; all else goes to the error output.")
  private boolean json;

  @Option(names = "--keep", description = "Leave the folder with all files there.")
  private boolean keep;

  @Parameters(arity = "0..1", paramLabel = "PART", description = "One of the parts above.")
  private @Nullable String part;

  /** A demo that prints to the terminal. */
  public DemoCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<DemoPart> wanted =
        PARTS.stream().filter(p -> part == null || p.name().equals(part)).toList();
    if (wanted.isEmpty()) {
      throw new UsageException("no part of the demo is called " + part);
    }
    if (kills < 0 || kills > MAX_KILLS) {
      throw new UsageException("--kills goes from 0 to " + MAX_KILLS);
    }
    Optional<Path> text = inputFolder();
    Document document = new Document().put("seed", drawn());
    try (DemoFolder folder = DemoFolder.create(terminal(), keep)) {
      return run(wanted, folder, text, document);
    }
  }

  private int run(List<DemoPart> wanted, DemoFolder folder, Optional<Path> text, Document document)
      throws IOException, InterruptedException {
    boolean good = false;
    try {
      good = runParts(wanted, folder, text, document);
    } catch (IOException e) {
      if (folder.isInterrupted()) {
        // Its files and workers are being taken away; that is no failure to tell.
        return ExitCode.INTERRUPTED;
      }
      throw e;
    }
    if (json) {
      Json.print(terminal(), document.put("ok", good).fields());
    }
    return good ? ExitCode.OK : ExitCode.PROBLEM;
  }

  private boolean runParts(
      List<DemoPart> wanted, DemoFolder folder, Optional<Path> text, Document document)
      throws IOException, InterruptedException {
    Terminal human = json ? terminal().onErrorOutput() : terminal();
    boolean good = true;
    for (DemoPart each : wanted) {
      Path own = folder.subfolder(each.name());
      SplittableRandom random = new SplittableRandom(drawn());
      PartResult result = run(each, new DemoSettings(human, own, text, kills, random));
      document.put(each.name(), result.facts().fields());
      good &= result.good();
    }
    human.line("--seed " + drawn() + " draws the same again.");
    if (keep) {
      human.line("All files are in " + folder.path());
    }
    return good;
  }

  /** The seed of this run. */
  private long drawn() {
    if (seed == null) {
      seed = System.nanoTime() & 0xffff;
    }
    return seed;
  }

  private Optional<Path> inputFolder() throws NoSuchFileException {
    if (input == null) {
      return Optional.empty();
    }
    Path folder = terminal().folder().resolve(input);
    if (!Files.exists(folder)) {
      throw new NoSuchFileException(input);
    }
    return Optional.of(folder);
  }

  private static PartResult run(DemoPart each, DemoSettings settings)
      throws IOException, InterruptedException {
    Terminal human = settings.terminal();
    long start = System.nanoTime();
    human.line("== " + each.name() + ": " + each.title());
    PartResult result = each.run(settings);
    String time = Durations.seconds(System.nanoTime() - start);
    human.line("== " + each.name() + (result.good() ? ": as promised, " : ": FAILED, ") + time);
    human.line("");
    return result;
  }
}
