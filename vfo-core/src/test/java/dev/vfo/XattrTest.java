package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.Change.Aspect;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.LinuxStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Extended attributes on the real disk. */
class XattrTest {
  private static final String CAPABILITY = "security.capability";
  private static final String DEFAULT_LIST = "system.posix_acl_default";

  @TempDir Path folder;

  private final Storage kernel = new LinuxStorage();
  private int root;

  @BeforeEach
  void openRoot() throws IOException {
    Files.writeString(folder.resolve("old"), "content");
    root = kernel.openRoot(folder);
    kernel.setXattr(root, Name.of("old"), "user.kept", bytes("kept"));
    kernel.setXattr(root, Name.of("old"), "user.changed", bytes("before"));
    kernel.setXattr(root, Name.of("old"), "user.gone", bytes("gone"));
  }

  @AfterEach
  void closeRoot() throws IOException {
    kernel.close(root);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private VirtualFileManager open() throws IOException {
    return VirtualFileManager.open(folder, Options.defaults());
  }

  private static void assertErrno(Errno errno, Executable call) {
    assertEquals(errno, assertThrows(StorageException.class, call).errno());
  }

  /** Those that users set; a system may have others on every file. */
  private static List<String> users(List<String> names) {
    return names.stream().filter(name -> name.startsWith("user.")).sorted().toList();
  }

  private String home(String file, String name) throws IOException {
    return new String(kernel.getXattr(root, Name.of(file), name), UTF_8);
  }

  private static void change(FileTree tree) throws IOException {
    tree.setXattr("old", "user.changed", bytes("after"));
    tree.removeXattr("old", "user.gone");
    tree.setXattr("old", "user.new", new byte[0]);
    tree.setXattr(".", "user.root", bytes("root"));
    tree.createDirectory("dir");
    tree.setXattr("dir", "trusted.t", bytes("t"));
  }

  private static void assertChanged(FileTree tree) throws IOException {
    assertEquals(List.of("user.changed", "user.kept", "user.new"), users(tree.listXattrs("old")));
    assertEquals("after", new String(tree.getXattr("old", "user.changed"), UTF_8));
    assertEquals("kept", new String(tree.getXattr("old", "user.kept"), UTF_8));
    assertEquals(0, tree.getXattr("old", "user.new").length);
    assertErrno(Errno.ENODATA, () -> tree.getXattr("old", "user.gone"));
    assertEquals("root", new String(tree.getXattr(".", "user.root"), UTF_8));
    assertEquals("t", new String(tree.getXattr("dir", "trusted.t"), UTF_8));
  }

  private void assertChangedAtHome() throws IOException {
    assertEquals(
        List.of("user.changed", "user.kept", "user.new"),
        users(kernel.listXattrs(root, Name.of("old"))));
    assertEquals("after", home("old", "user.changed"));
    assertEquals("root", new String(kernel.getXattr(root, "user.root"), UTF_8));
    assertEquals("t", home("dir", "trusted.t"));
  }

  @Test
  void theyBelongToTheStep() throws Exception {
    try (VirtualFileManager files = open()) {
      change(files.tree());
      assertChanged(files.tree());
      assertEquals("before", home("old", "user.changed"));
      files.rollback();
      assertEquals("gone", new String(files.tree().getXattr("old", "user.gone"), UTF_8));
      change(files.tree());
      files.checkpoint(State.empty());
      files.awaitApplied();
      assertChanged(files.tree());
      assertChangedAtHome();
      files.tree().setXattr("old", "user.changed", bytes("dropped"));
    }
    assertChangedAtHome();
  }

  @Test
  void theyComeBackFromTheJournal() throws Exception {
    try (VirtualFileManager files =
        VirtualFileManager.open(folder, Options.defaults().withExecutor(task -> {}))) {
      change(files.tree());
      files.prepare(files.seal(), "p", State.empty());
    }
    try (VirtualFileManager files = open()) {
      assertChanged(files.tree());
      files.commit("p");
      files.awaitApplied();
      assertChanged(files.tree());
    }
    assertChangedAtHome();
  }

  @Test
  void aDetachedStepHasThemAndTellsOfThem() throws Exception {
    Path parked = folder.resolveSibling(folder.getFileName() + "-step");
    try (DetachedStep step = DetachedStep.open(folder, parked, Options.defaults())) {
      change(step.tree());
      step.park();
      assertEquals(
          Set.of(Aspect.XATTRS),
          step.changes().stream()
              .filter(change -> change.path().equals("old"))
              .findFirst()
              .orElseThrow()
              .aspects());
    }
    try (DetachedStep step = DetachedStep.open(folder, parked, Options.defaults());
        VirtualFileManager files = open()) {
      assertChanged(step.tree());
      step.commitTo(files, State.empty());
      assertChanged(files.tree());
      files.awaitApplied();
    }
    assertChangedAtHome();
  }

  @Test
  void theModesOfSettingAreObeyed() throws Exception {
    try (VirtualFileManager files = open()) {
      EntryOperations entries = files.entries();
      long old = entries.lookup(entries.root(), Name.of("old"));
      byte[] value = bytes("x");
      assertErrno(Errno.EEXIST, () -> entries.setXattr(old, "user.kept", value, XattrMode.CREATE));
      assertErrno(Errno.ENODATA, () -> entries.setXattr(old, "user.x", value, XattrMode.REPLACE));
      entries.setXattr(old, "user.x", value, XattrMode.CREATE);
      entries.setXattr(old, "user.kept", value, XattrMode.REPLACE);
      entries.removeXattr(old, "user.kept");
      assertErrno(Errno.ENODATA, () -> entries.removeXattr(old, "user.kept"));
      entries.setXattr(old, "user.kept", value, XattrMode.CREATE);
    }
  }

  /** The same errors as the kernel gives for a file beside. */
  @Test
  void whatTheKernelRefusesIsRefusedInTheStep() throws Exception {
    Path plain = Files.createDirectory(folder.resolve("plain"));
    int beside = kernel.openRoot(plain);
    try (VirtualFileManager files = open()) {
      FileTree tree = files.tree();
      tree.createSpecial("fifo", FileType.FIFO, 0600, 0);
      tree.symlink("old", "link");
      tree.writeAll("file", bytes("file"));
      kernel.makeNode(beside, Name.of("fifo"), FileType.FIFO, 0600, 0);
      Files.createSymbolicLink(plain.resolve("link"), Path.of("old"));
      Files.writeString(plain.resolve("file"), "file");
      EntryOperations entries = files.entries();
      for (String file : List.of("fifo", "link", "file")) {
        long number = entries.lookup(entries.root(), Name.of(file));
        for (String name :
            List.of(
                "user.a",
                "trusted.a",
                "security.a",
                "system.other",
                "system.posix_acl_access",
                "user.",
                "user",
                "",
                "nothing.a",
                "user." + "x".repeat(251))) {
          for (int length : new int[] {0, 1, 3000, 5000, 65_536, 65_537}) {
            String what = name + " of " + file + ", " + length;
            byte[] value = new byte[length];
            assertEquals(
                answer(() -> kernel.setXattr(beside, Name.of(file), name, value)),
                answer(() -> entries.setXattr(number, name, value, XattrMode.ANY)),
                what);
            assertEquals(
                answer(() -> kernel.getXattr(beside, Name.of(file), name)),
                answer(() -> entries.getXattr(number, name)),
                "get " + what);
          }
          assertEquals(
              answer(() -> kernel.removeXattr(beside, Name.of(file), name)),
              answer(() -> entries.removeXattr(number, name)),
              "remove " + name + " of " + file);
        }
      }
      files.checkpoint(State.empty());
      files.awaitApplied();
    } finally {
      kernel.close(beside);
    }
  }

  @Test
  void whatIsRefusedIsNoChange() throws Exception {
    try (VirtualFileManager files = open()) {
      FileTree tree = files.tree();
      Checkpoint made = files.checkpoint(State.of(new byte[] {1}));
      assertErrno(Errno.ENODATA, () -> tree.removeXattr("old", "user.none"));
      assertErrno(Errno.E2BIG, () -> tree.setXattr("old", "user.a", new byte[70_000]));
      assertErrno(Errno.EINVAL, () -> tree.setXattr("old", "system.posix_acl_access", new byte[3]));
      assertEquals(made, files.checkpoint(State.of(new byte[] {1})));
    }
  }

  private interface Call {
    void run() throws IOException;
  }

  private static String answer(Call call) throws IOException {
    try {
      call.run();
      return "done";
    } catch (StorageException e) {
      return e.errno().toString();
    }
  }

  private static byte[] capability() {
    byte[] capability = new byte[20];
    capability[3] = 2;
    capability[5] = 0x04;
    return capability;
  }

  @Test
  void writingAndANewOwnerTakeCapabilitiesAway() throws Exception {
    kernel.setXattr(root, Name.of("old"), CAPABILITY, capability());
    try (VirtualFileManager files = open()) {
      FileTree tree = files.tree();
      assertArrayEquals(capability(), tree.getXattr("old", CAPABILITY));
      tree.chown("old", 1, 1);
      assertErrno(Errno.ENODATA, () -> tree.getXattr("old", CAPABILITY));
      tree.setXattr("old", CAPABILITY, capability());
      assertArrayEquals(capability(), tree.getXattr("old", CAPABILITY));
      try (VirtualFile file = tree.open("old", WRITE)) {
        file.write(ByteBuffer.wrap(bytes("C")), 0);
      }
      assertErrno(Errno.ENODATA, () -> tree.getXattr("old", CAPABILITY));
      assertFalse(tree.listXattrs("old").contains(CAPABILITY));
      files.checkpoint(State.of(new byte[] {1}));
      files.awaitApplied();
      assertFalse(kernel.listXattrs(root, Name.of("old")).contains(CAPABILITY));
      tree.truncate("old", 2);
      tree.setXattr("old", CAPABILITY, capability());
      tree.writeAll("made", bytes("program"));
      tree.setXattr("made", CAPABILITY, capability());
      tree.chmod("made", 0755);
      files.checkpoint(State.of(new byte[] {2}));
      files.awaitApplied();
      for (String file : List.of("old", "made")) {
        assertArrayEquals(capability(), tree.getXattr(file, CAPABILITY));
        assertArrayEquals(capability(), kernel.getXattr(root, Name.of(file), CAPABILITY));
      }
    }
  }

  @Test
  void aClosedFileOfOursGetsThem() throws Exception {
    try (VirtualFileManager files = open()) {
      FileTree tree = files.tree();
      tree.setXattr("old", "user.new", bytes("new"));
      tree.chmod("old", 0);
      files.checkpoint(State.empty());
    }
    assertEquals("new", home("old", "user.new"));
    assertEquals(0, kernel.stat(root, Name.of("old")).mode());
  }

  /** What apply makes in the stage is not given the list that the root has for its own files. */
  @Test
  void theStageHasNoListOfItsOwn() throws Exception {
    byte[] list = {
      2, 0, 0, 0, 1, 0, 7, 0, -1, -1, -1, -1, 2, 0, 7, 0, -24, 3, 0, 0, 4, 0, 5, 0, -1, -1, -1, -1,
      16, 0, 7, 0, -1, -1, -1, -1, 32, 0, 5, 0, -1, -1, -1, -1
    };
    Files.createDirectory(folder.resolve("without"));
    kernel.setXattr(root, DEFAULT_LIST, list);
    try (VirtualFileManager files = open()) {
      FileTree tree = files.tree();
      tree.writeAll("without/file", bytes("file"));
      tree.writeAll("with", bytes("with"));
      tree.createDirectory("without/dir");
      tree.createDirectory("with-dir");
      files.checkpoint(State.empty());
      files.awaitApplied();
      assertFalse(kernel.listXattrs(root, Name.of(".vfo")).isEmpty(), "the test tests something");
    }
    int without = kernel.openRoot(folder.resolve("without"));
    try {
      assertEquals(List.of(), kernel.listXattrs(without, Name.of("file")));
      assertEquals(List.of(), kernel.listXattrs(without, Name.of("dir")));
    } finally {
      kernel.close(without);
    }
    assertTrue(kernel.listXattrs(root, Name.of("with")).contains("system.posix_acl_access"));
    assertArrayEquals(list, kernel.getXattr(root, Name.of("with-dir"), DEFAULT_LIST));
  }
}
