package dev.vfo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vfo.storage.FileStat;
import dev.vfo.testkit.SimulatedStorage;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Attributes of the root itself, which has no name that VFO needs to know. */
class RootAttributesTest {
  private static final Path ROOT = Path.of("/");

  /** The root of the file system: its parent is itself, and has no name for it. */
  @Test
  void areAppliedToARootWithoutAName() throws Exception {
    SimulatedStorage disk = new SimulatedStorage();
    Options options =
        Options.defaults()
            .withStorage(disk)
            .withRandom(new Random(1))
            .withExecutor(task -> {})
            .withFirstSegmentBytes(32 << 10)
            .withMaxSegmentBytes(32 << 10);
    try (VirtualFileManager files = VirtualFileManager.open(ROOT, options)) {
      long root = files.entries().root();
      files.entries().changeOwner(root, 12, 34);
      files.entries().changeMode(root, 0751);
      files.entries().setTimes(root, FileStat.OMIT_TIME, 1_234_567_890_123_456_789L);
      files.checkpoint(State.empty());
    }
    int root = disk.openRoot(ROOT);
    FileStat stat = disk.stat(root);
    assertEquals(12, stat.uid());
    assertEquals(34, stat.gid());
    assertEquals(0751, stat.mode());
    assertEquals(1_234_567_890_123_456_789L, stat.modifyNanos());
    disk.close(root);
  }
}
