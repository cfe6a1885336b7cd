package dev.vfo.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A job as a user starts it, and its processes. */
final class Job implements AutoCloseable {
  private static final long LIMIT_SECONDS = 120;

  private final Process process;
  private final Path output;
  private final List<ProcessHandle> seen = new ArrayList<>();

  private Job(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  static Job start(Path folder, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(Script.top().resolve("vfo").toString()));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile("job", ".out");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(output.toFile())
            .redirectErrorStream(true)
            .start();
    return new Job(process, output);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** The script that the user has started, which hands signals on. */
  ProcessHandle launcher() {
    return process.toHandle();
  }

  /** One of its processes, by its command line. */
  Optional<ProcessHandle> find(Predicate<String> commandLine) {
    List<ProcessHandle> all = process.descendants().toList();
    seen.addAll(all);
    return all.stream()
        .filter(each -> each.info().commandLine().filter(commandLine).isPresent())
        .findFirst();
  }

  /** The JVM. */
  Optional<ProcessHandle> supervisor() {
    return find(
        line -> line.contains("dev.vfo.cli/dev.vfo.cli.Main") && line.contains("bin/java "));
  }

  /** The first process inside: the child of unshare. */
  Optional<ProcessHandle> first() {
    return find(line -> line.contains("unshare --pid")).stream()
        .flatMap(ProcessHandle::children)
        .findFirst();
  }

  /**
   * A process of the program, by the end of its command line; waits for it for some seconds. What
   * leads to it has the same end: the launcher and the supervisor, run.sh, env, nsenter.
   */
  Optional<ProcessHandle> program(String ending) throws InterruptedException {
    Optional<ProcessHandle> found = Optional.empty();
    for (int i = 0; i < 1000 && found.isEmpty() && isAlive(); i++) {
      found =
          find(line ->
              line.endsWith(ending)
                  && !line.contains("--files-only")
                  && !line.contains("run.sh")
                  && !line.contains("=/")
                  && !line.contains("exec "));
      Thread.sleep(10);
    }
    return found;
  }

  /** Waits for its end; the exit code. */
  int await() throws IOException, InterruptedException {
    assertTrue(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), () -> "not ended: " + output());
    return process.exitValue();
  }

  String output() {
    try {
      return Files.readString(output, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Requires that no process of it is left, shortly after it ended. */
  void requireNothingLeft() throws InterruptedException {
    for (ProcessHandle each : seen) {
      for (int i = 0; i < 1000 && each.isAlive(); i++) {
        Thread.sleep(10);
      }
      assertTrue(!each.isAlive(), () -> "still there: " + each.info());
    }
  }

  @Override
  public void close() throws IOException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    Files.delete(output);
  }
}
