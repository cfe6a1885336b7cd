package dev.vfo.testkit.model;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.LinuxStorage;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.history.HistoryGenerator;
import dev.vfo.testkit.history.Profile;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link FileModel} does what the kernel does, and {@link SimulatedStorage} does it too. */
class FileModelTest {
  private static final int KERNEL_SEEDS = 30;
  private static final int SIMULATOR_SEEDS = 60;

  @TempDir Path folder;

  static Stream<Profile> profiles() {
    return ModelComparison.profiles();
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void answersAsTheKernelDoes(Profile profile) throws StorageException {
    Storage storage = new LinuxStorage();
    assumeTrue(storage.effectiveUid() == 0, "the model is a user who may do everything");
    compare(storage, folder, profile, KERNEL_SEEDS);
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void answersAsTheSimulatorDoes(Profile profile) throws StorageException {
    SimulatedStorage storage = new SimulatedStorage();
    Path top = Path.of("/data");
    storage.makeDirectory(top);
    compare(storage, top, profile, SIMULATOR_SEEDS);
    storage.check();
  }

  private static void compare(Storage storage, Path folder, Profile profile, int seeds)
      throws StorageException {
    HistoryGenerator generator = new HistoryGenerator(profile);
    int top = storage.openRoot(folder);
    for (int seed = 0; seed < seeds; seed++) {
      Name name = Name.of(profile.name() + seed);
      storage.makeDirectory(top, name, 0755);
      int root = storage.openRoot(folder.resolve(name.toString()));
      new ModelComparison(storage, root, generator.generate(seed)).run();
      storage.close(root);
    }
    storage.close(top);
  }
}
