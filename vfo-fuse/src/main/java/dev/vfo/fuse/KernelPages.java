package dev.vfo.fuse;

import dev.vfo.fuse.requests.Nodes;
import dev.vfo.fuse.requests.OpenFiles;
import dev.vfo.fuse.requests.PageCache;
import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.LinuxStorage;
import dev.vfo.storage.linux.NodeFile;
import dev.vfo.storage.linux.OwnDescriptors;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What the kernel keeps of the files of a mount, reached by way of the mount, in whatever mount
 * namespace the caller is. Thread safe.
 *
 * <p>All that needs the mount is done by one thread that has descriptors of its own, the FUSE
 * device not among them: when this process is killed while that thread waits in the kernel for an
 * answer of ours, the device is closed all the same, and so the wait ends. Else the process could
 * not die.
 */
final class KernelPages implements PageCache {
  private static final System.Logger LOG = System.getLogger(KernelPages.class.getName());

  private final LinuxStorage storage = new LinuxStorage();
  private final ExecutorService thread;

  /** A descriptor of the mount's root, the thread's own. */
  private int place;

  private interface Task {
    void run() throws IOException;
  }

  private KernelPages(ExecutorService thread) {
    this.thread = thread;
  }

  /** Those of a mount in the mount namespace of the calling thread, which is served already. */
  static KernelPages of(Path mount) throws IOException {
    KernelPages pages =
        new KernelPages(
            Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("vfo-fuse-pages").factory()));
    boolean found = false;
    try {
      // The thread is started by this call, and so it is in the caller's namespace.
      pages.await(() -> {
        OwnDescriptors.take();
        pages.place = pages.storage.openRoot(mount);
      });
      found = true;
      return pages;
    } finally {
      if (!found) {
        pages.thread.shutdown();
      }
    }
  }

  private void await(Task task) throws IOException {
    Future<?> done =
        thread.submit(() -> {
          task.run();
          return task;
        });
    boolean interrupted = false;
    try {
      while (true) {
        try {
          Object _ = done.get();
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StorageException refused) {
        throw new StorageException("in the mount", refused);
      }
      if (e.getCause() instanceof IOException failed) {
        throw new IOException("in the mount: " + failed.getMessage(), failed);
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void bringIn(long node) throws IOException {
    await(() -> {
      NodeFile file = open(node);
      // Older kernels take the file's lock at a close, which somebody may hold who waits for us.
      thread.execute(() -> closeLater(file));
      file.writePages();
    });
  }

  private static void closeLater(NodeFile file) {
    try {
      file.close();
    } catch (StorageException e) {
      LOG.log(Level.WARNING, "a file in the mount was not closed", e);
    }
  }

  /**
   * Waits until we have got all that was written to files that are open for it, and their times.
   */
  void sync(OpenFiles open, Nodes nodes) throws IOException {
    Set<Long> written = open.written();
    if (written.isEmpty()) {
      return;
    }
    await(() -> {
      for (long entry : written) {
        try (NodeFile file = open(nodes.node(entry))) {
          file.sync();
        } catch (StorageException e) {
          // Closed and forgotten meanwhile: the kernel has written all of it before that.
          if (e.errno() != Errno.ESTALE || open.written().contains(entry)) {
            throw e;
          }
        }
      }
    });
  }

  private NodeFile open(long node) throws StorageException {
    return NodeFile.open(place, node);
  }

  /** Lets go of the mount; it may be gone already. */
  void close() {
    // The thread's descriptors go with it.
    thread.shutdown();
  }
}
