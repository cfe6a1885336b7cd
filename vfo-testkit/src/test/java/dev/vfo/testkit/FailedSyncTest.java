package dev.vfo.testkit;

import static dev.vfo.testkit.TestFiles.assertFails;
import static dev.vfo.testkit.TestFiles.name;
import static dev.vfo.testkit.TestFiles.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Errno;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Syncs that fail: C8, C10. */
final class FailedSyncTest {
  private SimulatedStorage storage = new SimulatedStorage();
  private TestFiles files = new TestFiles(storage, -1);
  private int fd;

  /** A file "a" with durable "old.", written with "NEW!". */
  private void open(long seed) throws StorageException {
    storage = new SimulatedStorage(SimulationOptions.defaults().withSeed(seed));
    files = new TestFiles(storage, storage.openRoot(Disks.ROOT));
    fd = files.create("a", "old.");
    storage.syncFileSystem(files.root());
    files.write(fd, text("NEW!"), 0);
  }

  private String durable() throws StorageException {
    return String.valueOf(Disks.tree(storage.crash(CrashMode.LOSE_ALL, 0)).get("/a"));
  }

  @Test
  void c8FailedSyncDropsTheData() throws StorageException {
    Set<String> seen = new TreeSet<>();
    for (int seed = 0; seed < Disks.SEEDS; seed++) {
      open(seed);
      storage.faults().add(Fault.error(Errno.EIO).on(Operation.SYNC, Operation.DATA_SYNC));
      assertFails(Errno.EIO, () -> storage.dataSync(fd));
      storage.sync(fd);
      storage.syncFileSystem(storage.openRoot(Disks.ROOT));
      String shown = String.valueOf(Disks.tree(storage.killProcess()).get("/a"));
      String disk = durable();
      assertTrue(shown.equals("NEW!") || shown.equals(disk), shown);
      seen.add(shown + " " + (disk.equals("old.") || disk.equals("NEW!") ? disk : "garbage"));
      assertEquals(durable(), String.valueOf(Disks.tree(storage.crash(seed)).get("/a")));
      storage.check();
    }
    assertTrue(
        seen.containsAll(Set.of("NEW! NEW!", "NEW! old.", "old. old.", "NEW! garbage")),
        seen::toString);
  }

  @Test
  void c8WritingAgainAfterAFailedSyncHelps() throws StorageException {
    for (int seed = 0; seed < Disks.SEEDS; seed++) {
      open(seed);
      storage.faults().add(Fault.error(Errno.EIO).on(Operation.SYNC));
      assertFails(Errno.EIO, () -> storage.sync(fd));
      files.write(fd, text("NEW!"), 0);
      storage.sync(fd);
      assertEquals("NEW!", durable());
      assertEquals("NEW!", files.content("a"));
    }
  }

  @Test
  void c8FailedSyncOfADirectoryLeavesNamesPending() throws StorageException {
    open(1);
    files.create("b", "");
    storage.faults().add(Fault.error(Errno.EIO).on(Operation.SYNC));
    assertFails(Errno.EIO, () -> storage.sync(files.root()));
    assertEquals(Set.of("/a", "/a /b"), Disks.namesSeen(storage));
    storage.sync(files.root());
    assertEquals(Set.of("/a /b"), Disks.namesSeen(storage));
  }

  @Test
  void c8OtherDescriptorsHearOfItOnce() throws StorageException {
    open(1);
    int second = files.open("a", OpenFlag.READ);
    storage.faults().add(Fault.error(Errno.EIO).on(Operation.SYNC));
    assertFails(Errno.EIO, () -> storage.sync(fd));
    storage.sync(fd);
    assertFails(Errno.EIO, () -> storage.sync(second));
    storage.sync(second);
  }

  @Test
  void c10FailedSyncOfEverythingDropsAllData() throws StorageException {
    Set<String> seen = new TreeSet<>();
    for (int seed = 0; seed < Disks.SEEDS; seed++) {
      open(seed);
      files.create("b", "");
      storage.faults().add(Fault.error(Errno.EIO).on(Operation.SYNC_FILE_SYSTEM));
      assertFails(Errno.EIO, () -> storage.syncFileSystem(files.root()));
      assertEquals(1, storage.pendingNameOperations());
      storage.syncFileSystem(files.root());
      seen.add(durable());
    }
    assertTrue(seen.contains("old.") && seen.contains("NEW!"), seen::toString);
  }

  @Test
  void c10WriteBackErrorsShowOnlyThroughOlderDescriptors() throws StorageException {
    Set<String> seen = new TreeSet<>();
    for (int seed = 0; seed < Disks.SEEDS; seed++) {
      open(seed);
      storage.faults().add(Fault.writeBackError().on(Operation.STAT));
      files.stat("a");
      int young = storage.openRoot(Disks.ROOT);
      storage.syncFileSystem(young);
      storage.sync(files.open("a", OpenFlag.READ));
      assertFails(Errno.EIO, () -> storage.syncFileSystem(files.root()));
      storage.syncFileSystem(files.root());
      assertFails(Errno.EIO, () -> storage.dataSync(fd));
      storage.dataSync(fd);
      seen.add(durable());
    }
    assertTrue(seen.contains("old.") && seen.contains("NEW!"), seen::toString);
  }

  @Test
  void c10SyncOfEverythingKeepsEverything() throws StorageException {
    open(1);
    int directory = files.makeDirectory("d");
    files.create(directory, name("b"), text("b"));
    storage.makeSymlink(directory, name("s"), text("x"));
    storage.changeMode(files.root(), name("d"), 0711);
    storage.unlink(files.root(), name("a"));
    storage.syncFileSystem(fd);
    String expected = Disks.tree(storage.killProcess()).toString();
    for (int seed = 0; seed < 50; seed++) {
      SimulatedStorage after = storage.crash(seed);
      assertEquals(expected, Disks.tree(after).toString());
      assertEquals(0711, after.stat(after.openRoot(Disks.ROOT), name("d")).mode());
    }
  }

  @Test
  void failedDataSyncedWriteDropsWhatItWrote() throws StorageException {
    Set<String> seen = new TreeSet<>();
    for (int seed = 0; seed < Disks.SEEDS; seed++) {
      open(seed);
      storage.sync(fd);
      int synced = files.open("a", TestFiles.READ_WRITE | OpenFlag.DATA_SYNC);
      storage.faults().add(Fault.error(Errno.EIO).on(Operation.WRITE));
      assertFails(Errno.EIO, () -> files.write(synced, text("XYZ?"), 0));
      storage.syncFileSystem(storage.openRoot(Disks.ROOT));
      String disk = durable();
      seen.add(disk);
      assertEquals(4, disk.length());
    }
    assertTrue(seen.containsAll(Set.of("NEW!", "XYZ?", "XEW!")), seen::toString);
  }
}
