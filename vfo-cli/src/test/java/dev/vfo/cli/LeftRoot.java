package dev.vfo.cli;

import dev.vfo.Options;
import dev.vfo.VirtualFileManager;
import dev.vfo.cli.demo.JavaCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that takes checkpoints of a root and applies none of them: to be left there by a crash,
 * or watched at work.
 */
public final class LeftRoot {
  private static final int LONG_STATE_BYTES = 100_000;

  private LeftRoot() {}

  /** Makes the root, and takes so many checkpoints in a process that then ends as by a crash. */
  static void make(Path root, int checkpoints) throws IOException, InterruptedException {
    Process process = start(root, checkpoints, "crash", "");
    try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
      lines.lines().forEach(line -> {});
    }
    process.waitFor();
  }

  /**
   * The same, but that the process goes on; returns when the checkpoints are there. It applies them
   * once its input ends.
   */
  static Process run(Path root, int checkpoints) throws IOException {
    return run(root, checkpoints, "");
  }

  /** The same, with the root on a list. */
  static Process run(Path root, int checkpoints, RootRegistry list) throws IOException {
    return run(root, checkpoints, list.folder().toString());
  }

  private static Process run(Path root, int checkpoints, String list) throws IOException {
    Process process = start(root, checkpoints, "wait", list);
    if (process.getInputStream().read() < 0) {
      throw new IOException("the process has failed");
    }
    return process;
  }

  private static Process start(Path root, int checkpoints, String end, String list)
      throws IOException {
    Files.createDirectories(root);
    List<String> command = new ArrayList<>(JavaCommand.forMain(LeftRoot.class));
    command.addAll(List.of(root.toString(), String.valueOf(checkpoints), end, list));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** The process: ROOT CHECKPOINTS crash|wait LIST. */
  public static void main(String[] arguments) throws IOException {
    Options options = Options.defaults().withExecutor(task -> {});
    if (!arguments[3].isEmpty()) {
      options = options.withRootListener(new RootRegistry(Path.of(arguments[3])));
    }
    Path root = Path.of(arguments[0]);
    int checkpoints = Integer.parseInt(arguments[1]);
    try (VirtualFileManager manager = VirtualFileManager.open(root, options)) {
      for (int i = 1; i <= checkpoints; i++) {
        manager.tree().writeAll("file" + i, new byte[] {(byte) i});
        manager.checkpoint(new byte[i == 3 ? LONG_STATE_BYTES : i]);
      }
      if (arguments[2].equals("crash")) {
        Runtime.getRuntime().halt(1);
      }
      System.out.println("ready");
      while (System.in.read() >= 0) {
        Thread.onSpinWait();
      }
    }
  }
}
