package dev.vfo.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.testkit.history.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes at once in one mount, while checkpoint follows checkpoint. */
class TwoProcessesTest {
  private static final int SEEDS = Integer.getInteger("vfo.mountedSeeds", 10);
  private static final long MANY = 1_000_000;

  @TempDir Path folder;

  @Test
  void bothGetTheKernelsAnswers() throws Exception {
    try (MountedRoot mounted = new MountedRoot(folder)) {
      Path plain = Files.createDirectory(folder.resolve("plain"));
      List<Process> clients = new ArrayList<>();
      for (long first : new long[] {MANY, 2 * MANY}) {
        clients.add(JavaProcess.start(HistoryClient.class, plain, mounted.mount, first, SEEDS));
      }
      int checkpoints = 0;
      while (clients.stream().anyMatch(Process::isAlive)) {
        mounted.checkpoint();
        checkpoints++;
        clients.getFirst().waitFor(20, TimeUnit.MILLISECONDS);
      }
      for (Process client : clients) {
        assertEquals(0, client.waitFor());
      }
      assertTrue(checkpoints > 10, checkpoints + " checkpoints");
      mounted.checkpoint();
      requireAtHome(mounted, plain);
    }
  }

  private static void requireAtHome(MountedRoot mounted, Path plain) throws IOException {
    HistoryComparison comparison = new HistoryComparison(plain, mounted.mount);
    for (int profile = 0; profile < Profile.COMPARABLE.size(); profile++) {
      for (long first : new long[] {MANY, 2 * MANY}) {
        for (long seed = first; seed < first + SEEDS; seed++) {
          String name = HistoryClient.folder(profile, seed);
          comparison.requireAtHome(mounted.home, name, name);
        }
      }
    }
  }
}
