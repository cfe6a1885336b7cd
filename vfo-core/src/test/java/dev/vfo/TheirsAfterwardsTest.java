package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.Operation;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.TreeImage;
import dev.vfo.testkit.model.PlainFiles;
import dev.vfo.testkit.model.TreePath;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What comes behind {@link ConflictPolicy#THEIRS}: errors in its midst, other policies, prepared
 * checkpoints, steps on what the other program left, and descriptors of what was given up. Each was
 * found by somebody who looked for ways to break it.
 */
class TheirsAfterwardsTest extends ConflictFixture {
  private static final String SECOND_PLAN = "0000000000000002.plan.new";

  /** A checkpoint that writes a file, and another program that does, too. */
  private SimulatedStorage inConflict(String... other) throws IOException {
    SimulatedStorage disk = diskWith("f");
    VirtualFileManager manager = open(disk, ConflictPolicy.REFUSE);
    manager.tree().writeAll("f", bytes("ours"));
    for (String name : other) {
      manager.tree().writeAll(name, bytes("ours"));
    }
    manager.checkpoint(new byte[] {1});
    SimulatedStorage left = disk.killProcess();
    with(left, files -> write(files, "/f", "theirs"));
    return left;
  }

  private static void assertTheirs(SimulatedStorage disk) throws IOException {
    with(disk, files -> assertEquals("theirs", read(files, "/f")));
  }

  /** Whichever call fails: nobody sees ours, and nothing is built on it. */
  @Test
  void anErrorInTheMiddleIsOneOfTheOpening() throws IOException {
    for (Fault fault :
        List.of(
            Fault.error(Errno.EIO).on(Operation.WRITE).onPath("plan.new"),
            Fault.error(Errno.EIO).on(Operation.RENAME).onPath("root/g"))) {
      SimulatedStorage disk = inConflict("g");
      disk.faults().add(fault);
      StorageException e =
          assertThrows(StorageException.class, () -> open(disk, ConflictPolicy.THEIRS));
      assertEquals(Errno.EIO, e.errno());
      disk.faults().clear();
      open(disk, ConflictPolicy.THEIRS).close();
      assertTheirs(disk);
    }
  }

  /** The younger layer removes the file: it is kept aside, and with a plan it is to be gone. */
  @Test
  void oursAboveItGoesOnAfterACrash() throws IOException {
    SimulatedStorage disk = diskWith("f");
    VirtualFileManager manager = open(disk, ConflictPolicy.REFUSE);
    manager.tree().writeAll("f", bytes("ours"));
    manager.checkpoint(new byte[] {1});
    manager.tree().delete("f");
    manager.checkpoint(new byte[] {2});
    SimulatedStorage left = disk.killProcess();
    with(left, files -> write(files, "/f", "theirs"));
    left.faults().add(Fault.crash().on(Operation.WRITE).onPath(SECOND_PLAN));
    assertThrows(Error.class, () -> open(left, ConflictPolicy.THEIRS));
    SimulatedStorage begun = left.killProcess();
    crashEverywhere(
        begun,
        1,
        ConflictPolicy.OURS,
        on -> {
          open(on, ConflictPolicy.OURS).close();
          with(
              on,
              files -> {
                assertMissing(files, "/f");
                assertEquals("theirs", read(files, "/.vfo/conflicts/2/f"));
              });
        });
  }

  /** It was taken away, and comes back before the apply has begun. */
  @Test
  void aLostOrphanThatComesBackIsOne() throws IOException {
    SimulatedStorage disk = diskWith("held");
    VirtualFileManager manager = open(disk, ConflictPolicy.REFUSE);
    assertEquals(0, manager.descriptors().open("held", READ));
    manager.descriptors().unlink("held");
    manager.tree().writeAll("new", bytes("ours"));
    manager.checkpoint(new byte[] {1});
    SimulatedStorage left = disk.killProcess();
    with(left, files -> rename(files, "/held", "/away"));
    left.faults().add(Fault.crash().on(Operation.WRITE).onPath("plan.new"));
    assertThrows(Error.class, () -> open(left, ConflictPolicy.REFUSE));
    SimulatedStorage back = left.killProcess();
    with(back, files -> rename(files, "/away", "/held"));
    for (int i = 0; i < 2; i++) {
      try (VirtualFileManager files = open(back, ConflictPolicy.REFUSE)) {
        assertEquals("old content", read(files.descriptors(), 0));
      }
    }
  }

  private static void rename(PlainFiles files, String from, String to) throws IOException {
    files.rename(TreePath.of(from), TreePath.of(to), RenameMode.NO_REPLACE);
  }

  private static String read(Descriptors open, int descriptor) throws IOException {
    ByteBuffer target = ByteBuffer.allocate(20);
    open.read(descriptor, target);
    return new String(target.array(), 0, target.position(), UTF_8);
  }

  private static void assertStale(VirtualFileManager manager, int descriptor) {
    StorageException e =
        assertThrows(StorageException.class, () -> read(manager.descriptors(), descriptor));
    assertEquals(Errno.ESTALE, e.errno());
  }

  /** The program opens it again and deletes it: that is another open file. */
  @Test
  void whatWasGivenUpBecomesAnOrphanLater() throws IOException {
    SimulatedStorage disk = diskWith("held");
    VirtualFileManager manager = open(disk, ConflictPolicy.REFUSE);
    assertEquals(0, manager.descriptors().open("held", READ, WRITE));
    manager.descriptors().unlink("held");
    manager.descriptors().write(0, ByteBuffer.wrap(bytes("ours")));
    manager.checkpoint(new byte[] {1});
    SimulatedStorage left = disk.killProcess();
    with(left, files -> write(files, "/held", "theirs"));
    try (VirtualFileManager files = open(left, ConflictPolicy.THEIRS)) {
      assertStale(files, 0);
      assertEquals(1, files.descriptors().open("held", READ, WRITE));
      files.descriptors().unlink("held");
      files.checkpoint(new byte[] {2});
    }
    try (VirtualFileManager files = open(left, ConflictPolicy.REFUSE)) {
      assertStale(files, 0);
      assertEquals("theirs", read(files.descriptors(), 1));
    }
  }

  /** A prepared checkpoint keeps the plans; what is made now is made over theirs all the same. */
  @Test
  void aStepOnTheirsAfterAnAbort() throws IOException {
    for (boolean isKilled : new boolean[] {false, true}) {
      SimulatedStorage disk = diskWith("f");
      VirtualFileManager first = open(disk, ConflictPolicy.REFUSE);
      first.tree().writeAll("f", bytes("ours"));
      first.checkpoint(new byte[] {1});
      first.tree().writeAll("unrelated", bytes("prepared"));
      first.prepare(first.seal(), "two", State.of(new byte[] {2}));
      SimulatedStorage left = disk.killProcess();
      with(left, files -> write(files, "/f", "theirs"));
      VirtualFileManager manager = open(left, ConflictPolicy.THEIRS);
      manager.abort("two");
      assertEquals("theirs", new String(manager.tree().readAll("f"), UTF_8));
      manager.tree().writeAll("f", bytes("ours over theirs"));
      manager.checkpoint(new byte[] {3});
      if (isKilled) {
        left = left.killProcess();
        open(left, ConflictPolicy.REFUSE).close();
      } else {
        manager.close();
      }
      with(left, files -> assertEquals("ours over theirs", read(files, "/f")));
    }
  }

  private interface Step {
    void on(FileTree tree) throws IOException;
  }

  private SimulatedStorage withPrepared(Step step, boolean isDirectory) throws IOException {
    SimulatedStorage disk = diskWith("f");
    with(disk, files -> files.makeDirectory(TreePath.of("/d"), 0750));
    VirtualFileManager first = open(disk, ConflictPolicy.REFUSE);
    if (isDirectory) {
      first.tree().chmod("d", 0700);
    } else {
      first.tree().writeAll("f", bytes("ours"));
    }
    first.checkpoint(new byte[] {1});
    step.on(first.tree());
    first.prepare(first.seal(), "two", State.of(new byte[] {2}));
    return disk.killProcess();
  }

  @Test
  void aPreparedMoveOfItCannotBeCommitted() throws IOException {
    SimulatedStorage disk = withPrepared(tree -> tree.rename("f", "g"), false);
    with(disk, files -> write(files, "/f", "theirs"));
    try (VirtualFileManager manager = open(disk, ConflictPolicy.THEIRS)) {
      assertThrows(ForeignChangeException.class, () -> manager.commit("two"));
      manager.abort("two");
    }
    assertTheirs(disk);
  }

  /** Of the directory only the mode was given up. */
  @Test
  void aPreparedFileInADirectoryOfItCanBeCommitted() throws IOException {
    SimulatedStorage disk = withPrepared(tree -> tree.writeAll("d/y", bytes("prepared")), true);
    int root = disk.openRoot(ROOT);
    disk.changeMode(root, Name.of("d"), 0755);
    disk.close(root);
    try (VirtualFileManager manager = open(disk, ConflictPolicy.THEIRS)) {
      assertEquals(List.of("d"), manager.givenUp());
      manager.commit("two");
      manager.awaitApplied();
    }
    with(
        disk,
        files -> {
          assertEquals("prepared", read(files, "/d/y"));
          assertEquals(0755, files.stat(TreePath.of("/d")).mode());
        });
  }

  /** It must not write into the other program's file, however often the root is opened. */
  @Test
  void aDescriptorOfItIsStale() throws IOException {
    for (boolean isMoved : new boolean[] {false, true}) {
      SimulatedStorage disk = diskWith("f");
      VirtualFileManager first = open(disk, ConflictPolicy.REFUSE);
      if (isMoved) {
        assertEquals(0, first.descriptors().open("f", READ, WRITE));
        first.tree().rename("f", "new");
      } else {
        first.tree().writeAll("new", bytes("ours"));
        assertEquals(0, first.descriptors().open("new", READ, WRITE));
      }
      first.checkpoint(new byte[] {1});
      SimulatedStorage left = disk.killProcess();
      with(left, files -> write(files, "/new", "theirs"));
      open(left, ConflictPolicy.THEIRS).close();
      for (int i = 0; i < 3; i++) {
        try (VirtualFileManager manager = open(left, ConflictPolicy.REFUSE)) {
          assertStale(manager, 0);
          assertEquals(1 + i, manager.descriptors().open("new", READ));
          assertEquals("theirs", read(manager.descriptors(), 1 + i));
          manager.descriptors().seek(1 + i, 0, Descriptors.Whence.SET);
          for (int j = 1; j < i; j++) {
            assertEquals("theirs", read(manager.descriptors(), j), "opened at the checkpoint " + j);
            manager.descriptors().seek(j, 0, Descriptors.Whence.SET);
          }
          manager.checkpoint(new byte[] {(byte) (2 + i)});
        }
        left = left.crash(i);
      }
    }
  }

  /** Crashed anywhere: also between the mark and what comes behind it. */
  @Test
  void aDescriptorOfItIsStaleAfterACrashAnywhere() throws IOException {
    SimulatedStorage disk = diskWith();
    VirtualFileManager first = open(disk, ConflictPolicy.REFUSE);
    first.tree().writeAll("new", bytes("ours"));
    assertEquals(0, first.descriptors().open("new", READ, WRITE));
    first.checkpoint(new byte[] {1});
    SimulatedStorage left = disk.killProcess();
    with(left, files -> write(files, "/new", "theirs"));
    crashEverywhere(
        left,
        1,
        ConflictPolicy.THEIRS,
        on -> {
          open(on, ConflictPolicy.THEIRS).close();
          try (VirtualFileManager manager = open(on, ConflictPolicy.REFUSE)) {
            assertStale(manager, 0);
          }
        });
  }

  /** What apply gives itself it gives on files that it keeps, and no right to run them. */
  @Test
  void aChangedModeOfTheOwnerIsAChange() throws IOException {
    SimulatedStorage disk = diskWith("f", "removed");
    VirtualFileManager first = open(disk, ConflictPolicy.REFUSE);
    first.tree().writeAll("f", bytes("ours"));
    first.tree().delete("removed");
    first.checkpoint(new byte[] {1});
    SimulatedStorage left = disk.killProcess();
    with(
        left,
        files -> {
          files.changeMode(TreePath.of("/f"), 0740);
          files.changeMode(TreePath.of("/removed"), 0440);
        });
    try (VirtualFileManager manager = open(left, ConflictPolicy.THEIRS)) {
      assertEquals(List.of("f", "removed"), manager.givenUp());
    }
    with(
        left,
        files -> {
          assertEquals(0740, files.stat(TreePath.of("/f")).mode());
          assertEquals(0440, files.stat(TreePath.of("/removed")).mode());
        });
  }

  /** Found before anything is written. */
  @Test
  void aChangedByteOfTheLostNamesIsDamage() throws IOException {
    SimulatedStorage disk = inConflict();
    open(disk, ConflictPolicy.THEIRS).close();
    byte[] whole = new byte[1000];
    int length = lostNames(disk, OpenFlag.READ, whole);
    for (int at = 0; at < length; at++) {
      SimulatedStorage damaged = disk.fork();
      byte[] changed = Arrays.copyOf(whole, length);
      changed[at] ^= 0x10;
      lostNames(damaged, OpenFlag.WRITE, changed);
      TreeImage before = everything(damaged);
      assertThrows(
          CorruptJournalException.class, () -> open(damaged, ConflictPolicy.REFUSE), "byte " + at);
      assertEquals(List.of(), before.differences(everything(damaged)), "byte " + at);
    }
  }

  private static TreeImage everything(SimulatedStorage disk) throws IOException {
    SimulatedStorage seen = disk.fork();
    return TreeImage.read(seen, seen.openRoot(ROOT));
  }

  /** Reads or writes {@code stage/lost}; returns how much. */
  private static int lostNames(SimulatedStorage disk, int flags, byte[] bytes) throws IOException {
    int stage = disk.openRoot(ROOT.resolve(".vfo/stage"));
    int file = disk.open(stage, Name.of("lost"), flags, 0);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(bytes.length).copyFrom(MemorySegment.ofArray(bytes));
      if (flags == OpenFlag.WRITE) {
        return (int) disk.write(file, memory, 0);
      }
      int count = (int) disk.read(file, memory, 0);
      MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, 0, bytes, 0, count);
      return count;
    } finally {
      disk.close(file);
      disk.close(stage);
    }
  }
}
