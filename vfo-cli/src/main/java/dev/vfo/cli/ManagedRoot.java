package dev.vfo.cli;

import dev.vfo.Checkpoint;
import dev.vfo.Options;
import dev.vfo.VirtualFileManager;
import dev.vfo.inspect.RootInspection;
import dev.vfo.storage.Storage;
import dev.vfo.storage.linux.LinuxStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

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
  Recovery recover() throws IOException {
    Storage storage = new LinuxStorage();
    RootInspection before = RootInspection.read(storage, root);
    Optional<RootRegistry.Item> item =
        before.rootId().map(id -> new RootRegistry.Item(id, root.toAbsolutePath()));
    if (item.isPresent()) {
      registry.add(item.get());
    }
    long checkpoint;
    try (VirtualFileManager manager = VirtualFileManager.open(root, Options.defaults())) {
      manager.awaitApplied();
      checkpoint = manager.lastCheckpoint().map(Checkpoint::number).orElse(0L);
    }
    if (item.isPresent()) {
      registry.remove(item.get());
    }
    return new Recovery(root, checkpoint, before.unapplied().size());
  }
}
