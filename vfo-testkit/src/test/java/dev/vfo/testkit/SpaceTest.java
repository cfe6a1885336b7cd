package dev.vfo.testkit;

import static dev.vfo.testkit.TestFiles.assertFails;
import static dev.vfo.testkit.TestFiles.memory;
import static dev.vfo.testkit.TestFiles.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Errno;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Space and inodes that run out: C12. */
final class SpaceTest {
  private static final int BLOCK = 4096;

  private SimulatedStorage storage = new SimulatedStorage();
  private TestFiles files = new TestFiles(storage, -1);

  @BeforeEach
  void open() throws StorageException {
    storage = new SimulatedStorage(SimulationOptions.defaults().withCapacity(100 * BLOCK, 20));
    files = new TestFiles(storage, storage.openRoot(Disks.ROOT));
  }

  private long available() throws StorageException {
    return storage.fileSystemStat(files.root()).availableBytes() / BLOCK;
  }

  @Test
  void writesTakeBlocksAndAreShortAtTheEnd() throws StorageException {
    assertEquals(99, available());
    int fd = files.create("a", "");
    assertEquals(40 * BLOCK, storage.write(fd, memory(new byte[40 * BLOCK]), 0));
    assertEquals(59, available());
    assertEquals(59 * BLOCK, storage.write(fd, memory(new byte[80 * BLOCK]), 100 * BLOCK));
    assertFails(Errno.ENOSPC, () -> storage.write(fd, memory(new byte[1]), 0x100_0000));
    assertEquals(40 * BLOCK, storage.write(fd, memory(new byte[40 * BLOCK]), 0), "overwriting");
    storage.punchHole(fd, 0, 10 * BLOCK);
    storage.truncate(fd, 90 * BLOCK);
    assertEquals(69, available());
    storage.check();
  }

  @Test
  void blocksOfAnOpenFileAreFreedWithItsLastDescriptor() throws StorageException {
    int fd = files.create("a", "");
    files.write(fd, new byte[30 * BLOCK], 0);
    storage.unlink(files.root(), name("a"));
    assertEquals(69, available());
    files.close(fd);
    assertEquals(99, available());
    storage.check();
  }

  @Test
  void c12ReservedBlocksCanBeWrittenOnAFullDisk() throws StorageException {
    int fd = files.create("a", "");
    storage.allocate(fd, 0, 10 * BLOCK, true);
    storage.sync(fd);
    storage.setAvailableBytes(0);
    files.write(fd, new byte[10 * BLOCK], 0);
    assertFails(Errno.ENOSPC, () -> storage.write(fd, memory(new byte[1]), 10 * BLOCK));
    assertFails(Errno.ENOSPC, () -> storage.allocate(fd, 0, 11 * BLOCK, false));
    storage.sync(files.root());
    SimulatedStorage after = storage.crash(CrashMode.LOSE_ALL, 0);
    TestFiles found = new TestFiles(after, after.openRoot(Disks.ROOT));
    found.write(found.open("a", TestFiles.READ_WRITE), new byte[10 * BLOCK], 0);
  }

  @Test
  void directoriesTakeBlocksToo() throws StorageException {
    storage = new SimulatedStorage(SimulationOptions.defaults().withCapacity(100 * BLOCK, 1000));
    files = new TestFiles(storage, storage.openRoot(Disks.ROOT));
    int directory = files.makeDirectory("d");
    storage.setAvailableBytes(0);
    assertFails(Errno.ENOSPC, () -> storage.makeDirectory(files.root(), name("e"), 0755));
    int made = 0;
    StorageException refused = null;
    while (refused == null) {
      try {
        files.create(directory, name("f" + made), new byte[0]);
        made++;
      } catch (StorageException e) {
        refused = e;
      }
    }
    assertEquals(Errno.ENOSPC, refused.errno());
    assertEquals(64, made);
    storage.check();
  }

  @Test
  void inodesRunOut() throws StorageException {
    for (int i = 0; i < 19; i++) {
      files.close(files.create("f" + i, ""));
    }
    assertEquals(0, storage.fileSystemStat(files.root()).freeInodes());
    assertFails(Errno.ENOSPC, () -> files.create("g", ""));
    storage.unlink(files.root(), name("f3"));
    files.create("g", "");
    storage.setAvailableInodes(0);
    assertFails(Errno.ENOSPC, () -> storage.makeDirectory(files.root(), name("d"), 0755));
    storage.check();
  }

  @Test
  void descriptorsRunOut() throws StorageException {
    storage = new SimulatedStorage(SimulationOptions.defaults().withMaxDescriptors(3));
    files = new TestFiles(storage, storage.openRoot(Disks.ROOT));
    int fd = files.create("a", "");
    files.open("a", TestFiles.READ_WRITE);
    assertFails(Errno.EMFILE, () -> files.create("b", ""));
    assertEquals(false, files.exists("b"));
    files.close(fd);
    assertEquals(fd, files.create("b", ""), "the lowest free number is given");
  }

  @Test
  void crashNeverFindsMoreThanThereIsRoomFor() throws StorageException {
    for (int seed = 0; seed < 60; seed++) {
      open();
      Random random = new Random(seed);
      for (int step = 0; step < 60; step++) {
        try {
          step(random);
        } catch (StorageException e) {
          assertTrue(e.isNoSpace() || e.errno() == Errno.ENOENT, e.getMessage());
        }
        storage.check();
        storage.crash(random.nextLong()).check();
      }
    }
  }

  /** Fills the disk and frees again. */
  private void step(Random random) throws StorageException {
    String name = "f" + random.nextInt(6);
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        int fd = files.open(name, TestFiles.READ_WRITE | OpenFlag.CREATE);
        try {
          long from = random.nextInt(40) * (long) BLOCK;
          storage.write(fd, memory(new byte[(1 + random.nextInt(50)) * BLOCK]), from);
        } finally {
          files.close(fd);
        }
      }
      case 2 -> storage.unlink(files.root(), name(name));
      case 3 -> {
        int fd = files.open(name, TestFiles.READ_WRITE);
        storage.truncate(fd, random.nextInt(40) * (long) BLOCK);
        if (random.nextBoolean()) {
          storage.sync(fd);
        }
        files.close(fd);
      }
      case 4 -> {
        int fd = files.open(name, TestFiles.READ_WRITE);
        try {
          storage.allocate(fd, 0, random.nextInt(1, 60) * (long) BLOCK, true);
        } finally {
          files.close(fd);
        }
      }
      default -> {
        if (random.nextInt(4) == 0) {
          storage.sync(files.root());
        }
      }
    }
  }
}
