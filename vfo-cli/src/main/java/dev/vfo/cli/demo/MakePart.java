package dev.vfo.cli.demo;

import dev.vfo.cli.Document;
import dev.vfo.cli.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * GNU make, as it is: builds a C project under {@code vfo run --files-only}, is killed again and
 * again, and ends with the files of a build that was not disturbed.
 */
final class MakePart implements DemoPart {
  private static final int MAX_KILLS = 10;
  private static final int ROOT_USER = 0;
  private static final List<String> MAKE = List.of("make", "-s", "-j2");

  @Override
  public String name() {
    return "make";
  }

  @Override
  public String title() {
    return "make, which knows nothing of VFO, is killed while it builds";
  }

  @Override
  public PartResult run(DemoSettings settings) throws IOException, InterruptedException {
    Terminal terminal = settings.terminal();
    Optional<String> missing = missing(terminal);
    if (missing.isPresent()) {
      terminal.line("left out: needs " + missing.get());
      return new PartResult(true, new Document().put("leftOut", missing.get()));
    }
    Path plain = Files.createDirectory(settings.folder().resolve("plain"));
    Path root = Files.createDirectory(settings.folder().resolve("root"));
    MakeProject.write(plain);
    MakeProject.write(root);
    int code = new ProcessBuilder(MAKE).directory(plain.toFile()).start().waitFor();
    if (code != 0) {
      throw new IOException("make failed undisturbed, with exit code " + code);
    }
    int kills = buildUnderKills(settings, root);
    TreeComparison comparison = TreeComparison.of(plain, root);
    boolean same = comparison.differences().isEmpty();
    comparison.differences().forEach(terminal::line);
    terminal.line(
        "make was killed "
            + kills
            + " times; its "
            + comparison.files()
            + " files are "
            + (same ? "IDENTICAL with" : "DIFFERENT from")
            + " those of an undisturbed build");
    return new PartResult(
        same,
        new Document().put("kills", kills).put("files", comparison.files()).put("same", same));
  }

  /** What this machine lacks for it. */
  private static Optional<String> missing(Terminal terminal) {
    if (terminal.uid() != ROOT_USER) {
      return Optional.of("root");
    }
    if (launcher() == null) {
      return Optional.of("the launcher ./vfo");
    }
    return Stream.of("make", "cc", "unshare", "nsenter").filter(tool -> !isThere(tool)).findFirst();
  }

  private static @Nullable String launcher() {
    return System.getProperty("vfo.launcher");
  }

  private static boolean isThere(String tool) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder).resolve(tool)));
  }

  private static int buildUnderKills(DemoSettings settings, Path root)
      throws IOException, InterruptedException {
    int wanted = Math.min(settings.kills(), MAX_KILLS);
    Process job =
        new ProcessBuilder(
                List.of(
                    String.valueOf(launcher()),
                    "run",
                    "--files-only",
                    "--every",
                    "200ms",
                    "--retries",
                    Integer.toString(wanted),
                    MAKE.get(0),
                    MAKE.get(1),
                    MAKE.get(2)))
            .directory(root.toFile())
            .redirectError(settings.folder().resolve("make.log").toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    int kills = 0;
    while (job.isAlive()) {
      boolean ended = job.waitFor(200 + settings.random().nextInt(500), TimeUnit.MILLISECONDS);
      if (!ended
          && kills < wanted
          && make(job).filter(ProcessHandle::destroyForcibly).isPresent()) {
        kills++;
      }
    }
    if (job.waitFor() != 0) {
      throw new IOException(
          "vfo run ended with "
              + job.exitValue()
              + ": "
              + Files.readString(settings.folder().resolve("make.log")));
    }
    return kills;
  }

  /** The first make: others are below it. */
  private static Optional<ProcessHandle> make(Process job) {
    return job.descendants()
        .filter(each -> each.info().command().filter(path -> path.endsWith("/make")).isPresent())
        .findFirst();
  }
}
