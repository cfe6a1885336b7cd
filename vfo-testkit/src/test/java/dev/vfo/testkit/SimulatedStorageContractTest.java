package dev.vfo.testkit;

import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The simulated storage is one of those that the contract is for. */
final class SimulatedStorageContractTest extends StorageContract {
  private static final Path ROOT = Path.of("/home/root");

  private final SimulatedStorage storage = new SimulatedStorage();
  private int root = -1;

  @BeforeEach
  void open() throws StorageException {
    storage.makeDirectory(ROOT);
    root = storage.openRoot(ROOT);
  }

  @AfterEach
  void check() {
    storage.check();
  }

  @Override
  public Storage storage() {
    return storage;
  }

  @Override
  public int root() {
    return root;
  }
}
