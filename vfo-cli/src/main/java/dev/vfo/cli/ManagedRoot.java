package dev.vfo.cli;

import dev.vfo.Checkpoint;
import dev.vfo.Options;
import dev.vfo.VirtualFileManager;
import dev.vfo.inspect.RootInspection;
import dev.vfo.storage.linux.LinuxStorage;
import java.io.IOException;
import java.nio.file.Path;

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
   */
  record Recovery(Path root, long checkpoint, int layers) {}

  ManagedRoot(RootRegistry registry, Path root) {
    this.registry = registry;
    this.root = root;
  }

  /**
   * Recovers and applies all; when it returns the root is an ordinary tree at its last checkpoint.
   */
  Recovery recover(Options options) throws IOException {
    RootInspection before = RootInspection.read(new LinuxStorage(), root);
    try (VirtualFileManager manager =
        VirtualFileManager.open(root, options.withRootListener(registry))) {
      manager.awaitApplied();
      long checkpoint = manager.lastCheckpoint().map(Checkpoint::number).orElse(0L);
      return new Recovery(root, checkpoint, before.unapplied().size());
    }
  }
}
