package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.LinuxStorage;
import dev.vfo.testkit.TreeImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Roots that cannot be opened, as they come on a real system: other processes, copies, mounts. As
 * {@link RefusedRootTest} else.
 */
class RefusedRootOnDiskTest {
  private static final Storage STORAGE = new LinuxStorage();

  @TempDir private Path top = Path.of("");
  private boolean mounted;

  private static VirtualFileManager open(Path root) throws IOException {
    return VirtualFileManager.open(root, Options.defaults().withExecutor(task -> {}));
  }

  /** All of the root, with {@code .vfo} and times of modification. */
  private static TreeImage everything(Path root) throws StorageException {
    int fd = STORAGE.openRoot(root);
    try {
      return TreeImage.read(STORAGE, fd);
    } finally {
      STORAGE.close(fd);
    }
  }

  private static <E extends VfoException> E assertRefused(Class<E> type, Path root, String... words)
      throws IOException {
    TreeImage before = everything(root);
    E refused = assertThrows(type, () -> open(root));
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.startsWith(root.toString()), message);
    for (String word : words) {
      assertTrue(message.contains(word), message);
    }
    assertEquals(List.of(), before.differences(everything(root)));
    return refused;
  }

  private static boolean runs(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.waitFor() == 0;
  }

  @Test
  void anotherProcessHasIt() throws Exception {
    Path root = Files.createDirectory(top.resolve("root"));
    Process other = OtherProcess.open(root);
    try {
      RootInUseException refused =
          assertRefused(RootInUseException.class, root, "process " + other.pid() + ": close it");
      assertEquals(other.pid(), refused.pid().orElseThrow());
      other.getOutputStream().close();
      assertEquals(0, other.waitFor());
    } finally {
      other.destroyForcibly();
    }
    assertHasCheckpointOfTheOther(root);
  }

  @Test
  void anotherProcessHadItAndWasKilled() throws Exception {
    Path root = Files.createDirectory(top.resolve("root"));
    Process other = OtherProcess.open(root);
    other.destroyForcibly().waitFor();
    assertFalse(Files.exists(root.resolve("by the other")));
    assertHasCheckpointOfTheOther(root);
  }

  private static void assertHasCheckpointOfTheOther(Path root) throws IOException {
    try (VirtualFileManager files = open(root)) {
      assertEquals(1, files.lastCheckpoint().orElseThrow().number());
    }
    assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(root.resolve("by the other")));
  }

  @Test
  void copyWithCheckpointsThatAreNotApplied() throws Exception {
    Path root = Files.createDirectory(top.resolve("root"));
    Path copy = top.resolve("copy");
    try (VirtualFileManager files = open(root)) {
      files.tree().writeAll("a", "one".getBytes(UTF_8));
      files.checkpoint(new byte[] {1});
      files.awaitApplied();
      files.tree().writeAll("a", "two".getBytes(UTF_8));
      files.checkpoint(new byte[] {2});
      assertTrue(runs("cp", "-a", root.toString(), copy.toString()));
      assertRefused(CopiedRootException.class, copy, "run 'vfo recover' on the original", "delete");
    }
    assertEquals("two", Files.readString(root.resolve("a")), "the original has it");
    assertEquals("one", Files.readString(copy.resolve("a")), "the copy is as it was");

    // What the message says: copied again, or as an ordinary directory.
    Path second = top.resolve("second");
    assertTrue(runs("cp", "-a", root.toString(), second.toString()));
    try (VirtualFileManager files = open(second)) {
      assertEquals(2, files.lastCheckpoint().orElseThrow().number());
      assertEquals("two", new String(files.tree().readAll("a"), UTF_8));
    }
    assertTrue(runs("rm", "-r", copy.resolve(".vfo").toString()));
    try (VirtualFileManager files = open(copy)) {
      assertTrue(files.lastCheckpoint().isEmpty());
      assertEquals("one", new String(files.tree().readAll("a"), UTF_8));
    }
  }

  /** A directory that was renamed is the same one, also with checkpoints that are not applied. */
  @Test
  void rootThatWasRenamed() throws Exception {
    Path root = Files.createDirectory(top.resolve("root"));
    OtherProcess.open(root).destroyForcibly().waitFor();
    Path moved = Files.move(root, top.resolve("moved"));
    assertHasCheckpointOfTheOther(moved);
  }

  @Test
  void fileSystemsOfTheKernel() {
    for (String root : List.of("/proc", "/sys")) {
      assumeTrue(Files.isDirectory(Path.of(root)));
      UnusableRootException refused =
          assertThrows(UnusableRootException.class, () -> open(Path.of(root)));
      String message = String.valueOf(refused.getMessage());
      assertTrue(message.startsWith(root + " is on " + root.substring(1)), message);
      assertTrue(message.contains("use a local ext4, xfs or btrfs"), message);
    }
  }

  /** A file system in memory, mounted for this test; aborts the test where it cannot be. */
  private Path mount(String options) throws Exception {
    Path at = Files.createDirectory(top.resolve("mount"));
    assumeTrue(STORAGE.effectiveUid() == 0, "only root may mount");
    mounted = runs("mount", "-t", "tmpfs", "-o", options, "vfo-test", at.toString());
    assumeTrue(mounted, "mount does not work here");
    return Files.createDirectory(at.resolve("root"));
  }

  private void remount(String options) throws Exception {
    String at = top.resolve("mount").toString();
    assertTrue(runs("mount", "-o", "remount," + options, at), options);
  }

  @AfterEach
  void unmount() throws Exception {
    assertTrue(!mounted || runs("umount", top.resolve("mount").toString()), "left mounted");
  }

  @Test
  void readOnlyMount() throws Exception {
    Path root = mount("size=16m");
    OtherProcess.open(root).destroyForcibly().waitFor();
    remount("ro");
    assertRefused(UnusableRootException.class, root, "read-only", "mount it for writing");
    Path fresh = root.getParent();
    assertRefused(UnusableRootException.class, fresh, "read-only", "mount it for writing");
    remount("rw");
    assertHasCheckpointOfTheOther(root);
  }

  @Test
  void fullDisk() throws Exception {
    Path root = mount("size=8m");
    Path fresh = Files.createDirectory(root.resolveSibling("fresh"));
    Path filler = root.resolveSibling("filler");
    try (VirtualFileManager files = open(root)) {
      files.tree().writeAll("a", "one".getBytes(UTF_8));
      files.checkpoint(new byte[] {1});
      files.awaitApplied();

      fill(filler);
      NoSpaceException refused = assertThrows(NoSpaceException.class, () -> open(fresh));
      String message = String.valueOf(refused.getMessage());
      assertTrue(message.startsWith(fresh + ": ") && message.contains("make room"), message);
      assertFalse(Files.exists(fresh.resolve(".vfo")), "what could not be finished");

      files.tree().writeAll("a", new byte[2 << 20]);
      assertThrows(NoSpaceException.class, () -> files.checkpoint(new byte[] {2}));
      assertEquals("one", Files.readString(root.resolve("a")));
      Files.delete(filler);
      files.checkpoint(new byte[] {2});
    }
    assertEquals(2 << 20, Files.size(root.resolve("a")));
    open(fresh).close();
  }

  private static void fill(Path filler) throws IOException {
    byte[] piece = new byte[4096];
    Arrays.fill(piece, (byte) 1);
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(piece);
      }
    } catch (IOException e) {
      assertTrue(String.valueOf(e.getMessage()).contains("No space"), e::getMessage);
    }
  }
}
