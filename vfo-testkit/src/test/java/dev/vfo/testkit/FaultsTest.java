package dev.vfo.testkit;

import static dev.vfo.testkit.TestFiles.assertFails;
import static dev.vfo.testkit.TestFiles.memory;
import static dev.vfo.testkit.TestFiles.name;
import static dev.vfo.testkit.TestFiles.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.AccessRight;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Planned errors and crashes, counts and traces. */
final class FaultsTest {
  private SimulatedStorage storage = new SimulatedStorage();
  private TestFiles files = new TestFiles(storage, -1);

  @BeforeEach
  void open() throws StorageException {
    open(0);
  }

  private void open(long seed) throws StorageException {
    storage = new SimulatedStorage(SimulationOptions.defaults().withSeed(seed));
    files = new TestFiles(storage, storage.openRoot(Disks.ROOT));
  }

  @Test
  void errorHitsTheCallThatWasMeant() throws StorageException {
    storage.faults().add(Fault.error(Errno.EIO).atCall(2));
    files.create("a", "");
    assertFails(Errno.EIO, () -> files.create("b", ""));
    assertFalse(files.exists("b"));
    files.create("b", "");
  }

  @Test
  void errorOfOneKindOfCall() throws StorageException {
    storage.faults().add(Fault.error(Errno.ENOSPC).on(Operation.MAKE_DIRECTORY).atCall(2));
    files.create("a", "1");
    files.makeDirectory("b");
    assertFails(Errno.ENOSPC, () -> files.makeDirectory("c"));
    files.makeDirectory("c");
  }

  @Test
  void errorOnAPath() throws StorageException {
    storage.faults().add(Fault.error(Errno.EIO).onPath("/d/").forEver());
    files.create("a", "1");
    int directory = files.makeDirectory("d");
    assertFails(Errno.EIO, () -> files.create(directory, name("x"), text("")));
    assertFails(Errno.EIO, () -> storage.stat(directory, name("x")));
    storage.faults().clear();
    files.create(directory, name("x"), text(""));
  }

  @Test
  void errorForEver() throws StorageException {
    int fd = files.create("a", "1");
    storage.faults().add(Fault.error(Errno.EIO).on(Operation.SYNC).atCall(2).forEver());
    storage.sync(fd);
    for (int i = 0; i < 3; i++) {
      assertFails(Errno.EIO, () -> storage.sync(fd));
    }
  }

  @Test
  void errorNeverHitsCloseUnlessNamed() throws StorageException {
    int fd = files.create("a", "1");
    storage.faults().add(Fault.error(Errno.EIO).forEver());
    files.close(fd);
    storage.faults().clear();
    int other = files.open("a", OpenFlag.READ);
    storage.faults().add(Fault.error(Errno.EIO).on(Operation.CLOSE));
    assertFails(Errno.EIO, () -> storage.close(other));
  }

  @Test
  void errorAfterTheEffect() throws StorageException {
    storage.faults().add(Fault.errorAfterEffect(Errno.EIO).on(Operation.MAKE_DIRECTORY));
    assertFails(Errno.EIO, () -> files.makeDirectory("d"));
    assertTrue(files.exists("d"));
  }

  @Test
  void transfersAreShort() throws StorageException {
    storage.faults().add(Fault.shortTransfer().forEver());
    int fd = files.create("a", "");
    assertEquals(5, storage.write(fd, memory(new byte[10]), 0));
    assertEquals(1, storage.write(fd, memory(new byte[1]), 0));
    assertEquals(2, storage.read(fd, memory(new byte[5]), 0));
    int direct = files.open("a", TestFiles.READ_WRITE | OpenFlag.DIRECT);
    assertEquals(8192, storage.write(direct, memory(new byte[5 * 4096]), 0));
    assertEquals(4096, storage.write(direct, memory(new byte[4096]), 0));
    files.write(fd, text("all of it"), 0);
    assertEquals("all of it", files.content("a").substring(0, 9));
  }

  @Test
  void failedWriteMayHaveWrittenAPart() throws StorageException {
    Set<String> seen = new TreeSet<>();
    for (int seed = 0; seed < 200; seed++) {
      open(seed);
      int fd = files.create("a", "....");
      storage.faults().add(Fault.error(Errno.EIO).on(Operation.WRITE));
      assertFails(Errno.EIO, () -> files.write(fd, text("ABCD"), 0));
      seen.add(files.content("a"));
    }
    assertEquals(Set.of("....", "A...", "AB..", "ABC.", "ABCD"), seen);
  }

  @Test
  void crashEndsEverything() throws StorageException {
    int fd = files.create("a", "1");
    storage.faults().add(Fault.crash().atCall(2));
    storage.sync(fd);
    assertThrows(SimulatedCrash.class, () -> files.makeDirectory("d"));
    long calls = storage.callCount();
    assertTrue(storage.faults().isCrashed());
    assertThrows(SimulatedCrash.class, () -> storage.stat(fd));
    assertThrows(SimulatedCrash.class, () -> storage.close(fd));
    assertEquals(calls, storage.callCount());
    assertFalse(storage.fork().faults().isCrashed());
    assertFalse(storage.crash(1).faults().isCrashed());
  }

  @Test
  void crashedCallMayHaveHadItsEffect() throws StorageException {
    Set<String> seen = new TreeSet<>();
    for (int seed = 0; seed < 50; seed++) {
      open(seed);
      storage.faults().add(Fault.crash().atChange(1));
      assertThrows(SimulatedCrash.class, () -> files.makeDirectory("d"));
      seen.add(Disks.tree(storage.killProcess()).toString());
    }
    assertEquals(Set.of("{}", "{/d=directory}"), seen);
  }

  @Test
  void crashedSyncMayHaveBeenDone() throws StorageException {
    Set<String> seen = new TreeSet<>();
    for (int seed = 0; seed < 50; seed++) {
      open(seed);
      files.create("a", "1");
      storage.faults().add(Fault.crash().on(Operation.SYNC));
      assertThrows(SimulatedCrash.class, () -> storage.sync(files.root()));
      seen.add(Disks.tree(storage.crash(CrashMode.LOSE_ALL, 0)).toString());
    }
    assertEquals(Set.of("{}", "{/a=}"), seen);
  }

  @Test
  void crashAtEveryCallOfAHistory() throws StorageException {
    SimulatedStorage whole = new SimulatedStorage();
    history(whole);
    long calls = whole.callCount();
    for (long n = 1; n <= calls; n++) {
      SimulatedStorage other = new SimulatedStorage();
      other.faults().add(Fault.crash().atCall(n));
      assertThrows(SimulatedCrash.class, () -> history(other));
      assertEquals(n, other.callCount());
      other.crash(n).check();
    }
    SimulatedStorage last = new SimulatedStorage();
    last.faults().add(Fault.crash().atCall(calls + 1));
    history(last);
  }

  private static void history(SimulatedStorage target) throws StorageException {
    TestFiles steps = new TestFiles(target, target.openRoot(Disks.ROOT));
    int fd = steps.create("a", "hello");
    target.sync(fd);
    target.sync(steps.root());
    steps.makeDirectory("d");
    target.unlink(steps.root(), name("a"));
  }

  @Test
  void callsAreCounted() throws StorageException {
    history(storage);
    assertEquals(9, storage.callCount());
    assertEquals(2, storage.faults().callCount(Operation.SYNC));
    assertEquals(6, storage.faults().changeCount());
    assertEquals(0, storage.fork().callCount());
  }

  @Test
  void traceTellsTheLastCalls() throws StorageException {
    storage.trace(4);
    int fd = files.create("a", "hello");
    storage.rename(files.root(), name("a"), files.root(), name("b"), RenameMode.REPLACE);
    assertFails(Errno.ENOENT, () -> files.stat("a"));
    storage.faults().add(Fault.crash().on(Operation.TRUNCATE));
    assertThrows(SimulatedCrash.class, () -> storage.truncate(fd, 2));
    assertEquals(
        List.of(
            "3: write 4(/a) at 0 length 5 = 5",
            "4: rename /a -> /b",
            "5: stat /a = ENOENT",
            "6: truncate 4(/a) to 2 = CRASH"),
        storage.traceLines());
  }

  @Test
  void directIoCanBeMissingAndIsChecked() throws StorageException {
    int fd = files.open("a", TestFiles.NEW_FILE | OpenFlag.DIRECT);
    assertFails(Errno.EINVAL, () -> storage.write(fd, memory(new byte[512]), 0));
    assertFails(Errno.EINVAL, () -> storage.write(fd, memory(new byte[4096]), 512));
    assertFails(Errno.EINVAL, () -> storage.read(fd, memory(new byte[8192]).asSlice(1, 4096), 0));
    storage.write(fd, memory(new byte[4096]), 4096);
    SimulatedStorage other = new SimulatedStorage(SimulationOptions.defaults().withDirectIo(false));
    TestFiles steps = new TestFiles(other, other.openRoot(Disks.ROOT));
    assertFails(Errno.EINVAL, () -> steps.open("a", TestFiles.NEW_FILE | OpenFlag.DIRECT));
    assertFalse(steps.exists("a"));
  }

  @Test
  void readOnlyRefusesChanges() throws StorageException {
    files.create("a", "1");
    storage.setReadOnly(true);
    assertFails(Errno.EROFS, () -> files.create("b", ""));
    assertFails(Errno.EROFS, () -> files.open("a", TestFiles.READ_WRITE));
    assertFails(Errno.EROFS, () -> storage.unlink(files.root(), name("a")));
    assertFails(Errno.EROFS, () -> storage.changeMode(files.root(), name("a"), 0));
    assertFails(Errno.EROFS, () -> storage.requireAccess(files.root(), AccessRight.WRITE));
    storage.requireAccess(files.root(), AccessRight.READ | AccessRight.SEARCH);
    assertEquals("1", files.content("a"));
    assertTrue(storage.fileSystemStat(files.root()).readOnly());
  }

  @Test
  void identitiesAreNeverGivenTwice() throws StorageException {
    Set<Long> numbers = new TreeSet<>();
    SimulatedStorage current = storage;
    Set<FileIdentity> identities = new HashSet<>();
    for (int i = 0; i < 300; i++) {
      TestFiles steps = new TestFiles(current, current.openRoot(Disks.ROOT));
      steps.close(steps.create("a" + i % 3, ""));
      assertTrue(identities.add(steps.stat("a" + i % 3).identity()), "C11");
      numbers.add(steps.stat("a" + i % 3).identity().inode());
      current.unlink(steps.root(), name("a" + i % 3));
      current = i % 7 == 0 ? current.crash(i) : current;
      if (i % 7 == 0) {
        TestFiles found = new TestFiles(current, current.openRoot(Disks.ROOT));
        for (Name left : found.names(found.root())) {
          current.unlink(found.root(), left);
        }
      }
      current.check();
    }
    assertTrue(numbers.size() < 30, "numbers are given again: " + numbers.size());
    assertNotEquals(1, numbers.size());
  }

  @Test
  void numberIsGivenAgainAtOnceOrWhenTheRemovalIsDurable() throws StorageException {
    Set<Boolean> seen = new TreeSet<>();
    for (int seed = 0; seed < 30; seed++) {
      open(seed);
      files.close(files.create("a", ""));
      long number = files.stat("a").identity().inode();
      storage.sync(files.root());
      storage.unlink(files.root(), name("a"));
      files.create("b", "");
      boolean atOnce = files.stat("b").identity().inode() == number;
      seen.add(atOnce);
      Set<String> names = Disks.namesSeen(storage);
      assertEquals(!atOnce, names.contains("/a /b"), "two files with one number");
      assertTrue(names.containsAll(Set.of("/a", "", "/b")));
      if (!atOnce) {
        storage.sync(files.root());
        files.create("c", "");
        assertEquals(number, files.stat("c").identity().inode());
      }
    }
    assertEquals(Set.of(false, true), seen);
  }
}
