package dev.vfo.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vfo.storage.linux.LinuxStorage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real file system under the tests, which is one that is served, lacks nothing. */
class FileSystemProbeTest {
  @TempDir Path folder;

  @Test
  void nothingIsMissingHere() throws Exception {
    // What a probe has left that was killed.
    Files.createDirectories(folder.resolve(".vfo-probe/inner"));
    LinuxStorage storage = new LinuxStorage();
    int root = storage.openRoot(folder);
    try {
      assertEquals(List.of(), new FileSystemProbe(storage, root).run());
    } finally {
      storage.close(root);
    }
    try (var left = Files.list(folder)) {
      assertEquals(0, left.count());
    }
  }
}
