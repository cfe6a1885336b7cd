package dev.vfo.cli.demo;

import dev.vfo.cli.FolderTree;
import dev.vfo.cli.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The folder that the demo works in: made on a real disk where there is one, removed at the end,
 * also when the demo is interrupted; its workers are ended first then.
 */
final class DemoFolder implements AutoCloseable {
  private final Path path;
  private final boolean keep;
  private volatile boolean interrupted;
  private final Thread interruptHook = new Thread(this::removeAfterInterrupt, "vfo-demo-cleanup");

  private DemoFolder(Path path, boolean keep) {
    this.path = path;
    this.keep = keep;
  }

  /**
   * Makes the folder in $TMPDIR, else in {@code /var/tmp}, which is on a disk more often than
   * {@code /tmp}.
   *
   * @param keep whether it stays at the end
   */
  static DemoFolder create(Terminal terminal, boolean keep) throws IOException {
    @Nullable String wanted = terminal.variable("TMPDIR");
    Path parent = Path.of(wanted != null ? wanted : "/var/tmp");
    if (wanted == null && !Files.isWritable(parent)) {
      parent = Path.of("/tmp");
    }
    DemoFolder folder = new DemoFolder(Files.createTempDirectory(parent, "vfo-demo-"), keep);
    Runtime.getRuntime().addShutdownHook(folder.interruptHook);
    return folder;
  }

  Path path() {
    return path;
  }

  /** A new folder in it. */
  Path subfolder(String name) throws IOException {
    return Files.createDirectory(path.resolve(name));
  }

  /** Whether the program is being ended from outside. */
  boolean isInterrupted() {
    return interrupted;
  }

  private void removeAfterInterrupt() {
    interrupted = true;
    List<ProcessHandle> workers = ProcessHandle.current().descendants().toList();
    workers.forEach(ProcessHandle::destroyForcibly);
    workers.forEach(worker -> worker.onExit().join());
    try {
      remove();
    } catch (IOException e) {
      System.err.println("vfo: cannot remove " + path + ": " + e.getMessage());
    }
  }

  private void remove() throws IOException {
    if (!keep) {
      FolderTree.remove(path);
    }
  }

  @Override
  public void close() throws IOException {
    if (interrupted) {
      return;
    }
    Runtime.getRuntime().removeShutdownHook(interruptHook);
    remove();
  }
}
