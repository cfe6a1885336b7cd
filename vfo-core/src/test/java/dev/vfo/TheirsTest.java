package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.READ;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.Operation;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.model.TreePath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * {@link ConflictPolicy#THEIRS}: what another program changed after the commit stays, and all else
 * of the checkpoints is applied; also when it crashes at any call, any number of times.
 */
class TheirsTest extends ConflictFixture {
  private static final int CRASHES = 3;

  private SimulatedStorage disk = new SimulatedStorage();

  private static byte[] ours(String text) {
    return bytes("ours: " + text);
  }

  /** Two checkpoints that are not applied, and then another program in their way. */
  @BeforeEach
  void commit() throws IOException {
    disk.makeDirectory(ROOT);
    with(
        disk,
        files -> {
          files.makeDirectory(TreePath.of("/d"), 0750);
          files.makeDirectory(TreePath.of("/gone"), 0750);
          for (String path : List.of("/d/changed", "/d/free", "/removed", "/saved", "/held")) {
            write(files, path, "old content");
          }
        });
    VirtualFileManager manager = open(disk, ConflictPolicy.REFUSE);
    FileTree tree = manager.tree();
    tree.writeAll("new", ours("new"));
    tree.writeAll("also new", ours("also new"));
    tree.writeAll("d/changed", ours("changed"));
    tree.writeAll("d/free", ours("free"));
    tree.writeAll("saved", ours("saved"));
    tree.delete("removed");
    tree.removeDirectory("gone");
    Descriptors open = manager.descriptors();
    assertEquals(0, open.open("held", READ));
    open.unlink("held");
    manager.checkpoint(new byte[] {1});
    // It builds on what the first one made, of which some is going to be given up.
    tree.rename("new", "d/moved");
    tree.writeAll("also new", ours("second"));
    tree.rename("d/changed", "changed");
    tree.createDirectory("later");
    tree.rename("d/free", "later/free");
    manager.checkpoint(new byte[] {2});
    disk = disk.killProcess();
    with(
        disk,
        files -> {
          write(files, "/new", "theirs: new");
          write(files, "/d/changed", "theirs: changed");
          write(files, "/removed", "theirs: removed");
          write(files, "/gone/file", "theirs: file");
          // As editors do: a new file in the place of the old one.
          write(files, "/saved~", "theirs: saved");
          files.rename(TreePath.of("/saved~"), TreePath.of("/saved"), RenameMode.REPLACE);
          files.unlink(TreePath.of("/held"));
        });
  }

  private static void assertTheirs(SimulatedStorage on) throws IOException {
    with(
        on,
        files -> {
          for (String path : List.of("new", "d/changed", "removed", "gone/file", "saved")) {
            String name = path.substring(path.lastIndexOf('/') + 1);
            assertEquals("theirs: " + name, read(files, "/" + path));
          }
          assertEquals("ours: second", read(files, "/also new"));
          assertEquals("ours: free", read(files, "/later/free"));
          for (String path : List.of("/d/moved", "/changed", "/d/free", "/held", "/saved~")) {
            assertMissing(files, path);
          }
        });
  }

  /** Opens it as somebody does who does not care, and works with it. */
  private void assertGoesOn(SimulatedStorage on) throws IOException {
    try (VirtualFileManager manager = open(on, ConflictPolicy.REFUSE)) {
      assertEquals(2, manager.lastCheckpoint().orElseThrow().number());
      assertEquals(List.of(), manager.givenUp());
      StorageException stale =
          assertThrows(
              StorageException.class, () -> manager.descriptors().read(0, ByteBuffer.allocate(1)));
      assertEquals(Errno.ESTALE, stale.errno());
      manager.tree().writeAll("changed", ours("third"));
      manager.checkpoint(new byte[] {3});
      manager.awaitApplied();
    }
    with(on, files -> assertEquals("ours: third", read(files, "/changed")));
  }

  @Test
  void theirsStayAndAllElseIsApplied() throws IOException {
    try (VirtualFileManager manager = open(disk, ConflictPolicy.THEIRS)) {
      manager.awaitApplied();
      assertEquals(
          List.of("changed", "d/changed", "d/moved", "gone", "new", "removed", "saved"),
          manager.givenUp());
    }
    assertTheirs(disk);
    assertGoesOn(disk);
  }

  @Test
  void withoutThePolicyNothingIsChanged() throws IOException {
    ForeignChangeException e =
        assertThrows(ForeignChangeException.class, () -> open(disk, ConflictPolicy.REFUSE));
    assertEquals(5, e.conflicts().size(), e.getMessage());
    with(disk, files -> assertEquals("old content", read(files, "/d/free")));
  }

  /** At every call, with power loss or without, and again in the next tries. */
  @Test
  void aCrashAnywhereLosesNothing() throws IOException {
    crashEverywhere(
        disk,
        CRASHES,
        ConflictPolicy.THEIRS,
        on -> {
          open(on, ConflictPolicy.THEIRS).close();
          assertTheirs(on);
          assertGoesOn(on);
        });
  }

  /**
   * Who goes on without the policy, when the first layer has given up something, is told again, and
   * does not see or apply what builds on it.
   */
  @Test
  void whatBuildsOnItIsRefusedWithoutThePolicy() throws IOException {
    disk.faults().add(Fault.crash().on(Operation.WRITE).onPath("0000000000000002.plan.new"));
    assertThrows(Error.class, () -> open(disk, ConflictPolicy.THEIRS));
    SimulatedStorage on = disk.killProcess();
    assertThrows(ForeignChangeException.class, () -> open(on, ConflictPolicy.REFUSE));
    with(on, files -> assertEquals("theirs: changed", read(files, "/d/changed")));
    open(on, ConflictPolicy.THEIRS).close();
    assertTheirs(on);
  }

  /** Through the layers in memory one would see ours. */
  @Test
  void itIsNotOpenedAsLongAsItCannotBeApplied() throws IOException {
    disk.faults().add(Fault.error(Errno.EIO).on(Operation.RENAME).onPath("also new").forEver());
    assertThrows(StorageException.class, () -> open(disk, ConflictPolicy.THEIRS));
    disk.faults().clear();
    // The plan tells what to do, whoever goes on with it.
    disk.faults().add(Fault.error(Errno.EIO).on(Operation.RENAME).onPath("also new").forEver());
    assertThrows(StorageException.class, () -> open(disk, ConflictPolicy.REFUSE));
    disk.faults().clear();
    open(disk, ConflictPolicy.THEIRS).close();
    assertTheirs(disk);
  }

  /** What is prepared above what was given up cannot be read, but aborted. */
  @Test
  void whatIsPreparedAboveItCanBeAborted() throws IOException {
    SimulatedStorage on = new SimulatedStorage();
    on.makeDirectory(ROOT);
    try (VirtualFileManager manager = open(on, ConflictPolicy.REFUSE)) {
      manager.tree().writeAll("new", ours("new"));
      manager.checkpoint(new byte[] {1});
      manager.tree().writeAll("new", ours("prepared"));
      manager.prepare(manager.seal(), "two", State.of(new byte[] {2}));
      on = on.killProcess();
    }
    with(on, files -> write(files, "/new", "theirs"));
    for (int i = 0; i < 2; i++) {
      try (VirtualFileManager manager = open(on, ConflictPolicy.THEIRS)) {
        String id = manager.undecided().getFirst().id();
        ForeignChangeException e =
            assertThrows(ForeignChangeException.class, () -> manager.commit(id));
        assertTrue(e.getMessage().contains("new"), e::getMessage);
      }
      on = on.crash(i);
    }
    try (VirtualFileManager manager = open(on, ConflictPolicy.REFUSE)) {
      manager.abort(manager.undecided().getFirst().id());
      assertEquals("theirs", new String(manager.tree().readAll("new"), UTF_8));
      manager.checkpoint(new byte[] {3});
    }
    int root = on.openRoot(ROOT);
    assertEquals(6, on.stat(root, Name.of("new")).sizeBytes());
    on.close(root);
  }

  /** What leads to theirs is remembered up to the next checkpoint. */
  @Test
  void nothingIsLeftWhenAllIsApplied() throws IOException {
    open(disk, ConflictPolicy.THEIRS).close();
    assertEquals(Set.of("lost", "orphans"), stage());
    try (VirtualFileManager manager = open(disk, ConflictPolicy.REFUSE)) {
      manager.descriptors().close(0);
      manager.checkpoint(new byte[] {3});
    }
    open(disk, ConflictPolicy.REFUSE).close();
    assertEquals(Set.of("orphans"), stage());
  }

  private Set<String> stage() throws IOException {
    Set<String> names = new HashSet<>();
    with(
        disk,
        files ->
            files
                .list(TreePath.of("/.vfo/stage"))
                .forEach(item -> names.add(item.name().toString())));
    return names;
  }
}
