package dev.vfo.run.space;

import dev.vfo.VirtualFileManager;
import dev.vfo.fuse.FuseMount;
import dev.vfo.fuse.MountOptions;
import dev.vfo.storage.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A mount namespace in which the tree of a manager lies over its root: a program that enters it
 * finds the step's files where it finds the plain ones outside. For this process itself the root
 * stays the plain directory, so it never waits for its own mount. Thread safe.
 *
 * <p>The namespace belongs to one thread of this process, and to the programs that entered it; it
 * goes, with all mounts in it, when the last of them ends. So nothing is left of it when this
 * process is killed and its programs with it.
 */
public final class MountSpace implements AutoCloseable {
  private final ExecutorService thread;
  private final Path namespace;
  private final FuseMount mount;

  private MountSpace(ExecutorService thread, Path namespace, FuseMount mount) {
    this.thread = thread;
    this.namespace = namespace;
    this.mount = mount;
  }

  /**
   * Makes one.
   *
   * @param root the manager's root, absolute
   * @throws IOException when this process may not make mount namespaces, or mount in them
   */
  public static MountSpace open(VirtualFileManager files, Path root, MountOptions options)
      throws IOException {
    ExecutorService thread =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("vfo-mounts").factory());
    boolean opened = false;
    try {
      MountSpace space =
          in(
              thread,
              () -> {
                Mounts.unshare();
                // As it is named now: "thread-self" is another one for everybody who looks.
                Path self = Files.readSymbolicLink(Path.of("/proc/thread-self"));
                Path namespace = Path.of("/proc").resolve(self).resolve("ns/mnt");
                return new MountSpace(thread, namespace, FuseMount.mount(files, root, options));
              });
      opened = true;
      return space;
    } finally {
      if (!opened) {
        thread.shutdown();
      }
    }
  }

  private static <T> T in(ExecutorService thread, Callable<T> call) throws IOException {
    try {
      return thread.submit(call).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException known) {
        throw known;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.io.InterruptedIOException("while a mount namespace was made");
    }
  }

  /** The mount in it. */
  public FuseMount mount() {
    return mount;
  }

  /**
   * A command that runs another one in it.
   *
   * @param folder where that starts, absolute, as it is called inside
   * @param command the program and its arguments; 127 when it is not found, 126 when it may not be
   *     started
   */
  public List<String> entering(Path folder, List<String> command) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "nsenter",
                "--mount=" + namespace,
                "--",
                "sh",
                "-c",
                "cd -- \"$1\" && shift && exec \"$@\"",
                "sh",
                folder.toString()));
    all.addAll(command);
    return all;
  }

  /** Takes the mount away from all who are in it. */
  @Override
  public void close() throws IOException {
    try {
      in(
          thread,
          () -> {
            mount.close();
            return mount;
          });
    } finally {
      thread.shutdown();
    }
  }
}
