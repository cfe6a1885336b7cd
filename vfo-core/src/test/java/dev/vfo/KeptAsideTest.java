package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.model.TreePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * {@link ConflictPolicy#OURS}: what another program changed after the commit is kept under {@code
 * .vfo/conflicts}, then the checkpoint is applied; also when it crashes at any call, any number of
 * times.
 */
class KeptAsideTest extends ConflictFixture {
  private static final int CRASHES = 3;

  private SimulatedStorage disk = new SimulatedStorage();

  /** A checkpoint that is not applied, and then another program in its way. */
  @BeforeEach
  void commit() throws IOException {
    disk.makeDirectory(ROOT);
    with(
        disk,
        files -> {
          files.makeDirectory(TreePath.of("/d"), 0750);
          files.makeDirectory(TreePath.of("/gone"), 0750);
          write(files, "/d/changed", "old content");
          write(files, "/removed", "old content");
        });
    SimulatedStorage whole = disk;
    int root = whole.openRoot(ROOT);
    whole.syncFileSystem(root);
    VirtualFileManager manager = open(whole, ConflictPolicy.OURS);
    manager.tree().writeAll("new", "ours".getBytes(UTF_8));
    manager.tree().writeAll("d/changed", "ours".getBytes(UTF_8));
    manager.tree().delete("removed");
    manager.tree().removeDirectory("gone");
    manager.checkpoint(new byte[] {1});
    disk = whole.killProcess();
    with(
        disk,
        files -> {
          write(files, "/new", "theirs: new");
          write(files, "/d/changed", "theirs: changed");
          write(files, "/removed", "theirs: removed");
          write(files, "/gone/file", "theirs: file");
        });
    int again = disk.openRoot(ROOT);
    disk.syncFileSystem(again);
    disk.close(again);
  }

  private void open(SimulatedStorage on) throws IOException {
    try (VirtualFileManager manager = open(on, ConflictPolicy.OURS)) {
      manager.awaitApplied();
    }
  }

  private static void assertOurs(SimulatedStorage on, boolean isOnce) throws IOException {
    with(
        on,
        files -> {
          assertEquals("ours", read(files, "/new"));
          assertEquals("ours", read(files, "/d/changed"));
          assertThrows(StorageException.class, () -> files.stat(TreePath.of("/removed")));
          assertThrows(StorageException.class, () -> files.stat(TreePath.of("/gone")));
          for (String path : List.of("new", "d/changed", "removed", "gone/file")) {
            String name = path.substring(path.lastIndexOf('/') + 1);
            assertEquals("theirs: " + name, read(files, "/.vfo/conflicts/1/" + path));
          }
          List<Name> kept = new ArrayList<>();
          files.list(TreePath.of("/.vfo/conflicts/1")).forEach(item -> kept.add(item.name()));
          assertTrue(!isOnce || kept.size() == 4, kept::toString);
        });
  }

  @Test
  void theirsAreKeptAndOursIsApplied() throws IOException {
    open(disk);
    assertOurs(disk, true);
  }

  @Test
  void withoutThePolicyNothingIsChanged() {
    ForeignChangeException e =
        assertThrows(ForeignChangeException.class, () -> open(disk, ConflictPolicy.REFUSE));
    assertEquals(4, e.conflicts().size(), e.getMessage());
  }

  @Test
  void whatIsMissingCannotBeMade() throws IOException {
    with(disk, files -> files.unlink(TreePath.of("/d/changed")));
    ForeignChangeException e = assertThrows(ForeignChangeException.class, () -> open(disk));
    assertTrue(e.conflicts().size() == 4, e.getMessage());
    with(disk, files -> assertEquals("theirs: new", read(files, "/new")));
  }

  /** At every call, with power loss or without, and again in the next tries. */
  @Test
  void aCrashAnywhereLosesNothing() throws IOException {
    crashEverywhere(
        disk,
        CRASHES,
        ConflictPolicy.OURS,
        on -> {
          open(on);
          assertOurs(on, false);
        });
  }
}
