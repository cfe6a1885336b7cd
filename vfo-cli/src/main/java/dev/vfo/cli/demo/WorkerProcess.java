package dev.vfo.cli.demo;

import dev.vfo.cli.ExitCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A running {@link Worker}: a JVM of its own that reports line by line, and can be killed. One
 * thread.
 */
final class WorkerProcess implements AutoCloseable {
  /** After so long a worker hangs. */
  private static final int LIMIT_SECONDS = 300;

  private final Process process;
  private final BufferedReader lines;
  private final Path errors;

  private WorkerProcess(Process process, Path errors) {
    this.process = process;
    this.lines = process.inputReader(StandardCharsets.UTF_8);
    this.errors = errors;
  }

  /**
   * Starts a worker.
   *
   * @param errors file that its error output goes to
   */
  static WorkerProcess start(Path errors, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(JavaCommand.forMain(Worker.class));
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    var _ =
        CompletableFuture.runAsync(
            process::destroyForcibly,
            CompletableFuture.delayedExecutor(LIMIT_SECONDS, TimeUnit.SECONDS));
    return new WorkerProcess(process, errors);
  }

  /** The next line that it reports; null when it has ended. */
  @Nullable String readLine() throws IOException {
    return lines.readLine();
  }

  /** Kills it as {@code kill -9} does; returns when it is gone. */
  void kill() throws InterruptedException {
    // The handle's method sends the signal and leaves alone what the worker has said already; the
    // process's own would close it.
    process.toHandle().destroyForcibly();
    process.waitFor();
  }

  /**
   * Why it ended by itself: the first line of its error output.
   *
   * @throws InterruptedException when it was Ctrl-C, which ends the demo as well
   */
  String failure() throws IOException, InterruptedException {
    if (process.waitFor() == ExitCode.INTERRUPTED) {
      throw new InterruptedException();
    }
    return Files.readString(errors).lines().findFirst().orElse("it said nothing");
  }

  /** Its exit code, once it has ended. */
  int waitFor() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    lines.close();
  }
}
