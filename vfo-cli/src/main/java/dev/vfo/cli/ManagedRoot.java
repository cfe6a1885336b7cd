package dev.vfo.cli;

import dev.vfo.Checkpoint;
import dev.vfo.Options;
import dev.vfo.VirtualFileManager;
import dev.vfo.inspect.RootInspection;
import dev.vfo.storage.linux.LinuxStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings a root to its last checkpoint. Stateless but for the registry, where the root is as long
 * as that takes.
 */
final class ManagedRoot {
  private final RootRegistry registry;
  private final Path root;

  /**
   * What was done.
   *
   * @param checkpoint the last one, 0 for none
   * @param layers how many layers were applied
   * @param givenUp paths of what other programs had changed, and was left so
   */
  record Recovery(Path root, long checkpoint, int layers, List<String> givenUp) {}

  ManagedRoot(RootRegistry registry, Path root) {
    this.registry = registry;
    this.root = root;
  }

  private RootInspection look(@Nullable Path journal) throws IOException {
    LinuxStorage storage = new LinuxStorage();
    return journal == null
        ? RootInspection.read(storage, root)
        : RootInspection.read(storage, root, journal);
  }

  /**
   * Recovers and applies all; when it returns the root is an ordinary tree at its last checkpoint.
   */
  Recovery recover(Options options) throws IOException {
    RootInspection before = look(options.journalDirectory());
    try (VirtualFileManager manager =
        VirtualFileManager.open(root, options.withRootListener(registry))) {
      manager.awaitApplied();
      long checkpoint = manager.lastCheckpoint().map(Checkpoint::number).orElse(0L);
      return new Recovery(root, checkpoint, before.unapplied().size(), manager.givenUp());
    }
  }
}
