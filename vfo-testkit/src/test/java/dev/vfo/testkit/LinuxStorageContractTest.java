package dev.vfo.testkit;

import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.LinuxStorage;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The real storage keeps the contract, on the file system of the temporary folder. */
final class LinuxStorageContractTest extends StorageContract {
  private final Storage storage = new LinuxStorage();

  @TempDir private Path folder;

  private int root;

  @BeforeEach
  void openRoot() throws StorageException {
    root = storage.openRoot(folder);
  }

  @AfterEach
  void closeRoot() throws StorageException {
    storage.close(root);
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
