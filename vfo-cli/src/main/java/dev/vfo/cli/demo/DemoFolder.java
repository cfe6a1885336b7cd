package dev.vfo.cli.demo;

import dev.vfo.cli.FolderTree;
import dev.vfo.cli.RootRegistry;
import dev.vfo.cli.Terminal;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The folder that the demo works in: made on a real disk where there is one, removed at the end,
 * also when the demo is interrupted; its workers are ended first then. With it go the roots in it
 * from the user's list. What a demo leaves that is killed is removed by the next one.
 */
final class DemoFolder implements AutoCloseable {
  /** How the names of these folders begin. */
  static final String PREFIX = "vfo-demo-";

  private final Path path;
  private final RootRegistry registry;
  private final Optional<DemoMark> mark;
  private volatile boolean interrupted;
  private final Thread interruptHook = new Thread(this::removeAfterInterrupt, "vfo-demo-cleanup");

  /**
   * @param mark empty when the folder is to stay
   */
  private DemoFolder(Path path, RootRegistry registry, Optional<DemoMark> mark) {
    this.path = path;
    this.registry = registry;
    this.mark = mark;
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
    RootRegistry registry = RootRegistry.ofUser(terminal);
    // By its real path, as roots stand on the list.
    Path path = Files.createTempDirectory(parent, PREFIX).toRealPath();
    Optional<DemoMark> mark = keep ? Optional.empty() : Optional.of(DemoMark.set(path));
    DemoFolder folder = new DemoFolder(path, registry, mark);
    Runtime.getRuntime().addShutdownHook(folder.interruptHook);
    LeftDemos.remove(path, registry, terminal);
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
    if (mark.isPresent()) {
      remove(path, registry);
      mark.get().close();
    }
  }

  /** Removes the folder of a demo, and its roots from the list. */
  static void remove(Path path, RootRegistry registry) throws IOException {
    // The mark goes last: whoever stops half-way leaves something that is still known as a demo's.
    try (DirectoryStream<Path> content = Files.newDirectoryStream(path)) {
      for (Path each : content) {
        if (!each.equals(DemoMark.in(path))) {
          FolderTree.remove(each);
        }
      }
    }
    registry.removeBelow(path);
    FolderTree.remove(path);
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
