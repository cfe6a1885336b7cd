package dev.vfo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.Operation;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.SimulationOptions;
import dev.vfo.testkit.TreeImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Roots that cannot be opened (G9): the error is one that a caller can tell, names the root and
 * says what to do; not a byte and no time of the tree has changed; and when the cause is gone the
 * root opens at its last checkpoint.
 */
class RefusedRootTest {
  private static SimulatedStorage fresh() throws StorageException {
    SimulatedStorage storage = new SimulatedStorage();
    storage.makeDirectory(SampleRoot.ROOT);
    return storage;
  }

  /** Opening must fail so, with these words in the message, and change nothing. */
  private static <E extends VfoException> E assertRefused(
      Class<E> type, SimulatedStorage storage, String... words) throws IOException {
    TreeImage before = SampleRoot.everything(storage);
    E refused = assertThrows(type, () -> SampleRoot.open(storage));
    String message = String.valueOf(refused.getMessage());
    for (String word : words) {
      assertTrue(message.contains(word), message);
    }
    assertEquals(List.of(), before.differences(SampleRoot.everything(storage)));
    assertEquals(0, storage.openDescriptors(), () -> "" + storage.describeDescriptors());
    return refused;
  }

  private static void assertOpensAt(int checkpoint, SimulatedStorage storage) throws IOException {
    SampleRoot.assertOpensAt(checkpoint, SampleRoot.trees().get(checkpoint), storage, "");
  }

  @Test
  void readOnlyFileSystem() throws IOException {
    for (int checkpoints : List.of(0, 3)) {
      SimulatedStorage storage = checkpoints == 0 ? fresh() : SampleRoot.unapplied(checkpoints);
      storage.setReadOnly(true);
      assertRefused(
          UnusableRootException.class, storage, "/top/data ", "read-only", "mount it for writing");
      storage.setReadOnly(false);
      assertOpensAt(checkpoints, storage);
    }
  }

  /** The kernel turns it read-only at a bad moment, or the directory itself may not be written. */
  @Test
  void rootThatTurnsOutNotToBeWritable() throws IOException {
    for (Errno errno : List.of(Errno.EROFS, Errno.EACCES, Errno.EPERM)) {
      SimulatedStorage storage = fresh();
      storage.faults().add(Fault.error(errno).on(Operation.MAKE_DIRECTORY).forEver());
      assertRefused(
          UnusableRootException.class, storage, "/top/data: ", ".vfo cannot be used", "writable");
      storage.faults().clear();
      assertOpensAt(0, storage);

      SimulatedStorage used = SampleRoot.unapplied(3);
      used.faults().add(Fault.error(errno).on(Operation.OPEN).onPath("lock"));
      assertRefused(
          UnusableRootException.class, used, "/top/data: ", ".vfo cannot be used", "writable");
      used.faults().clear();
      assertOpensAt(3, used);
    }
  }

  @Test
  void fileSystemThatCannotServe() throws IOException {
    for (String type : List.of("nfs", "cifs", "fuse", "vfat", "9p", "proc", "sysfs")) {
      SimulatedStorage storage =
          new SimulatedStorage(SimulationOptions.defaults().withType(1, type));
      storage.makeDirectory(SampleRoot.ROOT);
      assertRefused(
          UnusableRootException.class,
          storage,
          "/top/data is on " + type + ",",
          "cannot keep what VFO promises",
          "use a local ext4, xfs or btrfs");
    }
  }

  @Test
  void fileSystemThatIsNotServedIsOpenedWhenItDoesWhatIsNeeded() throws IOException {
    SimulatedStorage storage =
        new SimulatedStorage(SimulationOptions.defaults().withType(1, "nfs"));
    storage.makeDirectory(SampleRoot.ROOT);
    Options options = SampleRoot.options(storage).withUnsupportedFileSystem(true);
    try (VirtualFileManager files = VirtualFileManager.open(SampleRoot.ROOT, options)) {
      files.tree().createDirectory("folder");
      files.checkpoint(State.empty());
    }
    List<String> names = new ArrayList<>();
    int root = storage.openRoot(SampleRoot.ROOT);
    storage.list(root, (name, inode, type) -> names.add(name.toString()));
    storage.close(root);
    assertEquals(Set.of(".vfo", "folder"), Set.copyOf(names), "the probe's folder is gone");
  }

  /** Each thing that is needed, on a file system that does all but that. */
  @TestFactory
  List<DynamicTest> fileSystemThatLacksSomethingIsRefusedAndNamed() {
    return Lacking.all().entrySet().stream()
        .map(each ->
            DynamicTest.dynamicTest(
                each.getKey(),
                () -> {
                  SimulatedStorage disk =
                      new SimulatedStorage(SimulationOptions.defaults().withType(1, "nfs"));
                  disk.makeDirectory(SampleRoot.ROOT);
                  Options options =
                      SampleRoot.options(each.getValue().apply(disk))
                          .withUnsupportedFileSystem(true);
                  UnusableRootException refused =
                      assertThrows(
                          UnusableRootException.class,
                          () -> VirtualFileManager.open(SampleRoot.ROOT, options));
                  String message = String.valueOf(refused.getMessage());
                  assertTrue(message.contains("does not hold: " + each.getKey()), message);
                  int root = disk.openRoot(SampleRoot.ROOT);
                  disk.list(
                      root,
                      (name, inode, type) -> {
                        throw new AssertionError(name + " is left");
                      });
                  disk.close(root);
                }))
        .toList();
  }

  @Test
  void missingOrNoDirectoryOrBelowAnotherRoot() throws IOException {
    SimulatedStorage storage = SampleRoot.unapplied(3);
    TreeImage before = SampleRoot.everything(storage);
    for (String bad : List.of("/top/nothing", "/top/data/.vfo/lock", "/top/data/.vfo/journal")) {
      UnusableRootException refused =
          assertThrows(
              UnusableRootException.class,
              () -> VirtualFileManager.open(Path.of(bad), SampleRoot.options(storage)));
      assertTrue(String.valueOf(refused.getMessage()).startsWith(bad), refused::getMessage);
    }
    assertEquals(List.of(), before.differences(SampleRoot.everything(storage)));
    assertOpensAt(3, storage);
  }

  private static void assertNoSpace(SimulatedStorage storage) {
    NoSpaceException refused = assertThrows(NoSpaceException.class, () -> SampleRoot.open(storage));
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.startsWith("/top/data: "), message);
    assertTrue(message.contains("make room"), message);
    assertEquals(0, storage.openDescriptors(), () -> "" + storage.describeDescriptors());
  }

  @Test
  void fullDiskWithoutAControlFolder() throws IOException {
    SimulatedStorage storage = fresh();
    TreeImage before = SampleRoot.everything(storage).withoutDirectoryTimes();
    storage.setAvailableBytes(0);
    assertNoSpace(storage);
    assertEquals(
        List.of(),
        before.differences(SampleRoot.everything(storage).withoutDirectoryTimes()),
        "what could not be finished is taken away again");
    storage.setAvailableBytes(1 << 30);
    storage.setAvailableInodes(0);
    assertRefused(NoSpaceException.class, storage, "/top/data", "make room");
    storage.setAvailableInodes(1000);
    assertOpensAt(0, storage);
  }

  /**
   * At each call that could need space, once and from then on: either it is not opened, or what it
   * has cannot be applied; the checkpoints that were committed are there when there is room again,
   * however far the open had come.
   */
  @Test
  void fullDiskWithCommittedCheckpoints() throws IOException {
    SimulatedStorage left = SampleRoot.unapplied(3);
    TreeImage tree = SampleRoot.trees().get(3);
    SimulatedStorage counted = left.fork();
    SampleRoot.open(counted).close();
    int refused = 0;
    int stuck = 0;
    for (long change = 1; change <= counted.faults().changeCount(); change++) {
      SimulatedStorage storage = left.fork();
      storage.faults().add(full().atChange(change).forEver());
      try {
        SampleRoot.open(storage).close();
      } catch (NoSpaceException e) {
        refused++;
        assertTrue(String.valueOf(e.getMessage()).startsWith("/top/data: "), e::getMessage);
      } catch (StuckApplyException e) {
        stuck++;
        assertTrue(String.valueOf(e.getMessage()).contains("ENOSPC"), e::getMessage);
      }
      assertEquals(0, storage.openDescriptors(), () -> "" + storage.describeDescriptors());
      storage.faults().clear();
      SampleRoot.assertOpensAt(3, tree, storage, "full from change " + change + " on");
    }
    assertTrue(refused > 0, "refused " + refused);
    assertTrue(stuck > 10, "stuck " + stuck);
  }

  private static Fault full() {
    return Fault.error(Errno.ENOSPC)
        .on(
            Operation.WRITE,
            Operation.ALLOCATE,
            Operation.MAKE_DIRECTORY,
            Operation.OPEN,
            Operation.LINK,
            Operation.RENAME,
            Operation.MAKE_SYMLINK);
  }
}
