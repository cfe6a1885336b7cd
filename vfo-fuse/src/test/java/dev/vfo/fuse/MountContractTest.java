package dev.vfo.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.LinuxStorage;
import dev.vfo.testkit.StorageContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/** What every storage must do, done through a mount. */
class MountContractTest extends StorageContract {
  private static final int NEW = OpenFlag.READ | OpenFlag.WRITE | OpenFlag.CREATE;

  @TempDir static Path folder;

  private static MountedRoot mounted;

  private final Storage storage = new LinuxStorage();

  @TempDir(factory = InTheMount.class)
  Path place;

  private int root;

  /** Makes a folder for each test in the mount. */
  static final class InTheMount implements TempDirFactory {
    @Override
    public Path createTempDirectory(
        AnnotatedElementContext elementContext, ExtensionContext extensionContext)
        throws IOException {
      return Files.createTempDirectory(mounted.mount, "test");
    }
  }

  @BeforeAll
  static void mount() throws IOException {
    mounted = new MountedRoot(folder);
  }

  @AfterAll
  static void unmount() throws IOException {
    mounted.close();
  }

  @BeforeEach
  void openRoot() throws IOException {
    root = storage.openRoot(place);
  }

  @AfterEach
  void closeRoot() throws IOException {
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

  // Blocks are counted when they are written, not when they are reserved (docs/posix-coverage.md).

  @Override
  @Test
  public void allocateReservesBlocks() throws StorageException {
    int fd = storage.open(root, Name.of("a"), NEW, 0644);
    storage.allocate(fd, 0, 2 << 20, false);
    assertEquals(2 << 20, storage.stat(fd).sizeBytes());
    storage.close(fd);
  }

  @Override
  @Test
  public void allocateCanKeepTheSize() throws StorageException {
    int fd = storage.open(root, Name.of("a"), NEW, 0644);
    storage.allocate(fd, 0, 2 << 20, true);
    assertEquals(0, storage.stat(fd).sizeBytes());
    storage.close(fd);
  }

  @Override
  @Test
  public void sparseFileUsesFewBlocks() throws StorageException {
    int fd = storage.open(root, Name.of("a"), NEW, 0644);
    storage.truncate(fd, 100 << 20);
    assertTrue(storage.stat(fd).blocks512() < 2048);
    storage.close(fd);
  }
}
