package dev.vfo.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.FileTree;
import dev.vfo.Options;
import dev.vfo.VirtualFile;
import dev.vfo.VirtualFileManager;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is changed by the library while programs use the mount, and what they must not reach. */
class OtherDoorsTest {
  @TempDir Path folder;

  private MountedRoot root;
  private FileTree tree;

  @BeforeEach
  void mount() throws IOException {
    root = new MountedRoot(folder);
    tree = root.files.tree();
  }

  @AfterEach
  void unmount() throws IOException {
    root.close();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The kernel is told soon, not at once. */
  private static <T> void soon(T expected, Callable<T> actual) throws Exception {
    for (int i = 0; i < 1000 && !expected.equals(actual.call()); i++) {
      Thread.sleep(5);
    }
    assertEquals(expected, actual.call());
  }

  @Test
  void contentThatTheLibraryChangesIsSeen() throws Exception {
    tree.writeAll("/f", bytes("before").array());
    assertEquals("before", root.run("cat f"));
    try (VirtualFile file = tree.open("/f", StandardOpenOption.WRITE)) {
      file.write(bytes("AFTER!"), 0);
    }
    soon("AFTER!", () -> root.run("cat f"));
    tree.chmod("/f", 0600);
    soon("600", () -> root.run("stat -c %a f").strip());
  }

  @Test
  void namesThatTheLibraryChangesAreSeen() throws Exception {
    assertEquals("none\n", root.run("cat made 2>/dev/null || echo none; ls"));
    tree.writeAll("/made", bytes("made").array());
    soon("made", () -> root.run("cat made 2>/dev/null || :"));
    soon("made", () -> root.run("ls").strip());
    tree.rename("/made", "/moved");
    soon("moved", () -> root.run("ls").strip());
    assertEquals("made", root.run("cat moved"));
    tree.delete("/moved");
    soon("", () -> root.run("ls").strip());
  }

  @Test
  void whatProgramsWriteTheLibraryReadsAfterTheBarrier() throws Exception {
    root.run("echo from a program > f; mkdir d; ln f d/g");
    root.fuse().barrier();
    assertEquals("from a program\n", new String(tree.readAll("/d/g"), StandardCharsets.UTF_8));
  }

  @Test
  void theControlFolderIsNotThere() throws Exception {
    assertTrue(Files.exists(root.home.resolve(".vfo")));
    String tries =
        """
        ls -a; [ ! -e .vfo ]; ! cat .vfo/format 2>/dev/null
        for try in 'mkdir .vfo' 'touch .vfo' 'ln -s x .vfo' 'mkfifo .vfo' 'mv d .vfo' 'touch d/../.vfo/x'
        do if $try 2>/dev/null; then echo "could $try"; fi; done
        """;
    assertEquals(".\n..\nd\n", root.run("mkdir d\n" + tries));
  }

  /** Its lock, and its files, are nobody's any more: no thread of a mount keeps them open. */
  @Test
  void anotherRootThatWasOpenBeforeTheMountCanBeOpenedAgain() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    VirtualFileManager open = VirtualFileManager.open(other, Options.defaults());
    try (MountedRoot _ = new MountedRoot(folder.resolve("second"))) {
      open.close();
      VirtualFileManager.open(other, Options.defaults()).close();
    }
  }

  @Test
  void aRootCanBeOpenedAgainAtOnce() throws Exception {
    for (int i = 0; i < 50; i++) {
      root.close();
      root = new MountedRoot(folder);
    }
  }

  @Test
  void closingTwiceIsClosingOnce() throws Exception {
    root.fuse().close();
    Path file = Files.writeString(folder.resolve("file"), "of somebody else");
    try (var stream = Files.newInputStream(file)) {
      root.fuse().close();
      assertEquals("of somebody else", new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void numbersOfFilesStayTheSameAcrossACheckpoint() throws Exception {
    root.run("mkdir d; echo x > d/f; ln d/f g; echo y > h");
    String script = "stat -c '%n %i' . d d/f g h";
    String before = root.run(script);
    root.checkpoint();
    assertEquals(before, root.run(script));
    root.run("echo 3 > /proc/sys/vm/drop_caches");
    assertEquals(before, root.run(script));
  }
}
