package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.LinuxStorage;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A root on overlayfs, with files of its lower layer, which are copied when they are changed. */
class OverlayFileSystemTest {
  @TempDir Path folder;

  private Path root;
  private boolean isMounted;

  private static int run(String... command) throws Exception {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
  }

  @BeforeEach
  void mount() throws Exception {
    assumeTrue(new LinuxStorage().effectiveUid() == 0, "mounting needs uid 0");
    Path lower = Files.createDirectories(folder.resolve("lower/dir/inner"));
    Files.writeString(lower.resolve("deep"), "deep");
    Files.writeString(folder.resolve("lower/old"), "old content");
    Files.writeString(folder.resolve("lower/gone"), "gone");
    Files.createDirectory(folder.resolve("upper"));
    Files.createDirectory(folder.resolve("work"));
    root = Files.createDirectory(folder.resolve("root"));
    String options = "lowerdir=%1$s/lower,upperdir=%1$s/upper,workdir=%1$s/work".formatted(folder);
    isMounted = run("mount", "-t", "overlay", "overlay", "-o", options, root.toString()) == 0;
    assumeTrue(isMounted, "no overlayfs here");
  }

  @AfterEach
  void unmount() throws Exception {
    assertTrue(!isMounted || run("umount", root.toString()) == 0, "left mounted");
  }

  @Test
  void filesOfTheLowerLayerAreChanged() throws Exception {
    try (VirtualFileManager files = VirtualFileManager.open(root, Options.defaults())) {
      FileTree tree = files.tree();
      try (VirtualFile file = tree.open("old", StandardOpenOption.WRITE)) {
        file.write(ByteBuffer.wrap("new".getBytes(UTF_8)), 0);
      }
      tree.delete("gone");
      tree.rename("dir/inner/deep", "moved");
      tree.writeAll("dir/made", new byte[] {1});
      files.checkpoint(State.empty());
      files.awaitApplied();
      tree.writeAll("old", "again".getBytes(UTF_8));
      files.checkpoint(State.empty());
    }
    assertEquals("again", Files.readString(root.resolve("old")));
    assertEquals("deep", Files.readString(root.resolve("moved")));
    assertFalse(Files.exists(root.resolve("gone")));
    assertTrue(Files.exists(root.resolve("dir/made")));
  }

  @Test
  void directoriesOfTheLowerLayerAreNotRenamed() throws Exception {
    try (VirtualFileManager files = VirtualFileManager.open(root, Options.defaults())) {
      StorageException e =
          assertThrows(StorageException.class, () -> files.tree().rename("dir", "other"));
      assertEquals(Errno.EXDEV, e.errno());
      files.tree().createDirectory("made");
      files.tree().rename("made", "renamed");
      files.checkpoint(State.empty());
    }
    assertTrue(Files.isDirectory(root.resolve("renamed")));
  }
}
