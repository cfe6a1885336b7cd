package dev.vfo.cli.demo;

import dev.vfo.cli.Terminal;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A process that has a demo's folder with a file in it, until it is ended or killed. */
public final class RunningDemo implements AutoCloseable {
  private final Process process;
  private final Path path;

  private RunningDemo(Process process, Path path) {
    this.process = process;
    this.path = path;
  }

  /**
   * @param parent where the folder is made; the user's list lies there, too
   * @param keep as on the demo's command line
   */
  static RunningDemo start(Path parent, boolean keep) throws IOException {
    List<String> command = new ArrayList<>(JavaCommand.forMain(RunningDemo.class));
    command.addAll(List.of(parent.toString(), String.valueOf(keep)));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    @Nullable String path = lines.readLine();
    if (path == null) {
      throw new IOException("the process has failed");
    }
    return new RunningDemo(process, Path.of(path));
  }

  Path path() {
    return path;
  }

  /** Ends it as {@code kill -9} does. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Ends it as Ctrl-C does. */
  void interrupt() throws InterruptedException {
    // The handle leaves the input open, whose end would end it too.
    process.toHandle().destroy();
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** The process: PARENT KEEP. */
  public static void main(String[] arguments) throws IOException {
    Map<String, String> environment = Map.of("TMPDIR", arguments[0], "HOME", arguments[0]);
    Terminal terminal =
        new Terminal(System.out, System.err, false, environment, Path.of(arguments[0]), 1000);
    try (DemoFolder folder = DemoFolder.create(terminal, Boolean.parseBoolean(arguments[1]))) {
      Files.writeString(folder.subfolder("part").resolve("file"), "content");
      System.out.println(folder.path());
      while (System.in.read() >= 0) {
        Thread.onSpinWait();
      }
    }
  }
}
