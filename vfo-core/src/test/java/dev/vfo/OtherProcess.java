package dev.vfo;

import java.io.IOException;
import java.nio.file.Path;

/** A process that has a root open: takes one checkpoint, says so, and stays until it is ended. */
public final class OtherProcess {
  private OtherProcess() {}

  /** Starts it, and returns when the checkpoint is there. Closes the root when its input ends. */
  static Process open(Path root) throws IOException {
    Process process =
        new ProcessBuilder(Jvm.command(OtherProcess.class, root))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (process.getInputStream().read() < 0) {
      throw new IOException("the process has failed");
    }
    return process;
  }

  /** The process: ROOT. */
  public static void main(String[] arguments) throws IOException {
    Options options = Options.defaults().withExecutor(task -> {});
    try (VirtualFileManager files = VirtualFileManager.open(Path.of(arguments[0]), options)) {
      files.tree().writeAll("by the other", new byte[] {1, 2, 3});
      files.checkpoint(new byte[] {1});
      System.out.println("ready");
      while (System.in.read() >= 0) {
        Thread.onSpinWait();
      }
    }
  }
}
