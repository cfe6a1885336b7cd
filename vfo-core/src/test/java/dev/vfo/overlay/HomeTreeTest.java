package dev.vfo.overlay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.SimulatedStorage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Closing home while it is used: no descriptor is closed under its reader, and none is left. */
class HomeTreeTest {
  private static final Name FILE = Name.of("file");
  static final StagedFiles NOTHING_STAGED =
      new StagedFiles() {
        @Override
        public int openParked(long layer, long number, int flags) throws StorageException {
          throw new StorageException(Errno.ENOENT, "open", "stage");
        }

        @Override
        public int openOrphan(long number, int flags) throws StorageException {
          throw new StorageException(Errno.ENOENT, "open", "orphans");
        }

        @Override
        public byte @Nullable [] readSymlink(long layer, long number) {
          return null;
        }

        @Override
        public List<FileIdentity> identities(long layer) {
          return List.of();
        }
      };

  /** 256 that are kept, the one that is added just now, and the root's own. */
  private static final int MOST_DESCRIPTORS = 258;

  private final SimulatedStorage storage = new SimulatedStorage();
  private int root;
  private FileEntry file;
  private EntryTable table;
  private HomeTree home;

  @BeforeEach
  void makeFile() throws StorageException {
    root = storage.openRoot(Path.of("/"));
    int fd = storage.open(root, FILE, OpenFlag.WRITE | OpenFlag.CREATE, 0600);
    try (Arena arena = Arena.ofConfined()) {
      assertEquals(4, storage.write(fd, arena.allocateFrom("text", UTF_8).asSlice(0, 4), 0));
    }
    storage.close(fd);
    table = new EntryTable(storage.stat(root), 1);
    home = new HomeTree(storage, table.root(), root, NOTHING_STAGED);
    file = table.adopt(storage.stat(root, FILE), table.root(), FILE);
  }

  @Test
  void lastReaderClosesWhatIsReadByAtTheClose() throws Exception {
    HomeDescriptors.Lease first = home.lease(file);
    HomeDescriptors.Lease second = home.lease(file);
    home.close();
    assertEquals(4, storage.stat(first.fd()).sizeBytes(), "still open, and still the same file");
    home.release(first);
    assertEquals(4, storage.stat(second.fd()).sizeBytes(), "one reader is left");
    home.release(second);
    assertEquals(1, storage.openDescriptors(), "the root's own");
  }

  @Test
  void whatNobodyUsesIsClosed() throws Exception {
    home.release(home.lease(file));
    assertEquals(2, storage.openDescriptors());
    home.close();
    assertEquals(1, storage.openDescriptors());
  }

  @Test
  void onlySoManyAreKeptOpen() throws Exception {
    HomeDescriptors.Lease used = home.lease(file);
    for (int i = 0; i < 1000; i++) {
      Name name = Name.of("file" + i);
      storage.close(storage.open(root, name, OpenFlag.WRITE | OpenFlag.CREATE, 0600));
      FileEntry entry = table.adopt(storage.stat(root, name), table.root(), name);
      home.release(home.lease(entry));
      int open = storage.openDescriptors();
      assertTrue(open <= MOST_DESCRIPTORS, "open: " + open);
    }
    assertEquals(4, storage.stat(used.fd()).sizeBytes(), "one in use stays");
    home.release(used);
    home.close();
    assertEquals(1, storage.openDescriptors());
  }

  // The root's descriptor is closed next, and its number given to another file.
  @Test
  void nothingIsReadThroughTheRootWhenItIsClosed() throws Exception {
    home.close();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment target = arena.allocate(4);
      assertEbadf(() -> home.read(file, 0, target));
    }
    assertEbadf(() -> home.find(table.root(), FILE));
    assertEbadf(() -> home.list(table.root(), (name, inode, type) -> true));
  }

  private interface Call {
    void run() throws StorageException;
  }

  private static void assertEbadf(Call call) {
    StorageException e = assertThrows(StorageException.class, call::run);
    assertEquals(Errno.EBADF, e.errno());
  }
}
