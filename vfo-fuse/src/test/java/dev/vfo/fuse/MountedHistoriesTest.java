package dev.vfo.fuse;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.testkit.history.ControlOperation;
import dev.vfo.testkit.history.History;
import dev.vfo.testkit.history.HistoryGenerator;
import dev.vfo.testkit.history.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories in a mount, with checkpoints and applies in between: every result is the
 * kernel's, and so is what is at home in the end.
 */
class MountedHistoriesTest {
  private static final int SEEDS = Integer.getInteger("vfo.mountedSeeds", 40);
  private static final long FIRST_SEED = Long.getLong("vfo.mountedSeed", 0);

  @TempDir Path folder;

  static List<Profile> profiles() {
    return Profile.COMPARABLE;
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void everyAnswerIsTheKernels(Profile profile) throws IOException {
    HistoryGenerator generator = new HistoryGenerator(profile);
    int operations = 0;
    try (MountedRoot mounted = new MountedRoot(folder)) {
      Path plain = Files.createDirectory(folder.resolve("plain"));
      HistoryComparison comparison = new HistoryComparison(plain, mounted.mount);
      for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
        String name = "s" + seed;
        History history = generator.generate(seed);
        operations += comparison.run(history, name, control -> perform(control, mounted));
        mounted.checkpoint();
        comparison.requireAtHome(mounted.home, name, history.toString());
      }
    }
    assertTrue(operations > SEEDS * 20, operations + " operations");
  }

  private static void perform(ControlOperation operation, MountedRoot mounted) throws IOException {
    switch (operation) {
      case ControlOperation.Checkpoint(var state) -> {
        mounted.fuse().barrier();
        mounted.files.checkpoint(state.bytes());
      }
      case ControlOperation.RunBackground() -> mounted.files.doBackgroundWork();
      case ControlOperation.AwaitApplied() -> mounted.files.awaitApplied();
      default -> throw new IllegalArgumentException(operation.toString());
    }
  }
}
