package dev.vfo;

import dev.vfo.storage.linux.LinuxStorage;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tests with threads, with other seeds, for a tenth of the time that there is. */
@Tag("deep")
class ThreadsDeepTest {
  private static final int PERCENT = 10;

  @TempDir Path folder;

  @Test
  void threadsForLong() throws Exception {
    long end = System.nanoTime() + DeepRun.nanos(PERCENT);
    long first = DeepRun.firstSeed();
    long seed = first;
    while (System.nanoTime() < end) {
      try {
        all(Files.createDirectory(folder.resolve("seed" + seed)), seed);
      } catch (AssertionError e) {
        throw new AssertionError("-Dvfo.deep.seed=" + seed, e);
      }
      seed++;
    }
    System.out.println("vfo: threads, deep: seeds " + first + " to " + (seed - 1));
  }

  private static void all(Path root, long seed) throws Exception {
    ThreadsTest.stopped(new LinuxStorage(), Files.createDirectory(root.resolve("stopped")), seed);
    ThreadsTest.running(new LinuxStorage(), Files.createDirectory(root.resolve("running")), seed);
    Path simulated = ThreadsTest.SIMULATED;
    ThreadsTest.stopped(ThreadsTest.simulated(simulated), simulated, seed);
    ThreadsTest.running(ThreadsTest.simulated(simulated), simulated, seed);
    SharedTreeTest.run(Files.createDirectory(root.resolve("shared")), seed, false);
    SharedTreeTest.run(Files.createDirectory(root.resolve("rollbacks")), seed, true);
    SharedTreeTest.runClosing(Files.createDirectory(root.resolve("closing")), seed);
    HotFilesTest.run(Files.createDirectory(root.resolve("hot")), seed);
  }
}
