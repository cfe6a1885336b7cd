package dev.vfo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.linux.LinuxStorage;
import dev.vfo.testkit.history.ControlOperation;
import dev.vfo.testkit.history.FileOperation;
import dev.vfo.testkit.history.History;
import dev.vfo.testkit.history.HistoryClock;
import dev.vfo.testkit.history.HistoryGenerator;
import dev.vfo.testkit.history.Operation;
import dev.vfo.testkit.history.Outcome;
import dev.vfo.testkit.history.Profile;
import dev.vfo.testkit.model.PlainFiles;
import dev.vfo.testkit.model.TreeDescription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same random histories on a plain directory and on VFO, on the real disk: every result and
 * errno is that of the kernel, checkpoints and applies between them or not, and so is what is at
 * home in the end. All but times of modification, which depend on when a call was made.
 */
class KernelHistoriesTest {
  private static final int SEEDS = 40;
  private static final Name CONTROL = Name.of(".vfo");

  @TempDir Path folder;

  private final Storage storage = new LinuxStorage();

  static List<Profile> profiles() {
    return Profile.COMPARABLE;
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void everyAnswerIsTheKernels(Profile profile) throws IOException {
    assumeTrue(storage.effectiveUid() == 0, "histories give files away");
    HistoryGenerator generator = new HistoryGenerator(profile);
    int operations = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      History history = generator.generate(seed);
      Path plain = Files.createDirectory(folder.resolve("plain" + seed));
      Path root = Files.createDirectory(folder.resolve("root" + seed));
      operations += run(history, plain, root);
    }
    assertTrue(operations > SEEDS * 20, operations + " operations");
  }

  private int run(History history, Path plain, Path root) throws IOException {
    int plainFd = storage.openRoot(plain);
    int rootFd = storage.openRoot(root);
    int count = 0;
    try (PlainFiles kernel = new PlainFiles(storage, plainFd, new KernelUnnamedFiles());
        EngineSubject vfo = new EngineSubject(storage, root, new HistoryClock())) {
      List<Operation> all = new ArrayList<>(history.setup());
      all.addAll(history.operations());
      for (Operation operation : all) {
        if (operation instanceof ControlOperation control) {
          Outcome done = Outcome.of(control, vfo);
          assertTrue(!done.isError(), () -> operation + ": " + done + "\n" + history);
          continue;
        }
        count++;
        Outcome expected = Outcome.of((FileOperation) operation, kernel).timeless();
        Outcome actual = Outcome.of((FileOperation) operation, vfo).timeless();
        assertEquals(
            expected,
            actual,
            () -> operation + ": " + expected.differenceTo(actual) + "\n" + history);
      }
      assertEquals(
          TreeDescription.of(kernel, CONTROL), TreeDescription.of(vfo, CONTROL), history::toString);
      vfo.checkpoint(new byte[] {1, 2, 3, 4, 5});
      vfo.awaitApplied();
      assertEquals(
          TreeDescription.of(kernel, CONTROL), TreeDescription.of(vfo, CONTROL), history::toString);
      try (PlainFiles home = new PlainFiles(storage, rootFd)) {
        assertEquals(
            TreeDescription.of(kernel, CONTROL),
            TreeDescription.of(home, CONTROL),
            history::toString);
      }
    } finally {
      storage.close(plainFd);
      storage.close(rootFd);
    }
    return count;
  }
}
