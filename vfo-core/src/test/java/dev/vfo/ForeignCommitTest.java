package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.APPEND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.ForeignChangeException.Conflict;
import dev.vfo.ForeignChangeException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Another program changes the root while a step runs: each kind of change of each kind of entry is
 * listed at the commit, nothing is committed or overwritten, and a rollback takes theirs.
 */
class ForeignCommitTest {
  @TempDir Path folder;

  private interface Step {
    void run(FileTree tree) throws IOException;
  }

  private interface Foreign {
    void run(Path root) throws IOException;
  }

  private record Case(String name, Step step, Foreign foreign, List<Conflict> expected) {}

  private static Case clash(String name, Step step, Foreign foreign, String path, Kind kind) {
    return new Case(name, step, foreign, List.of(new Conflict(path, kind)));
  }

  private static Case harmless(String name, Step step, Foreign foreign) {
    return new Case(name, step, foreign, List.of());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
  }

  private static void append(Path file) throws IOException {
    Files.writeString(file, "theirs", APPEND);
  }

  /** As editors save. */
  private static void replace(Path file) throws IOException {
    Path other = file.resolveSibling("tmp");
    write(other, "theirs");
    Files.move(other, file, REPLACE_EXISTING);
  }

  private static void chmod(Path file, String mode) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private static void patch(FileTree tree, String path) throws IOException {
    try (VirtualFile file = tree.open(path, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(bytes("OURS")), 1);
    }
  }

  private static Path setUp(Path root) throws IOException {
    Files.createDirectories(root.resolve("d"));
    Files.createDirectory(root.resolve("e"));
    for (String name : List.of("a", "b", "c", "d/x")) {
      write(root.resolve(name), "old content of " + name);
      Files.setLastModifiedTime(root.resolve(name), FileTime.fromMillis(1_700_000_000_000L));
    }
    Files.createLink(root.resolve("h"), root.resolve("c"));
    Files.createSymbolicLink(root.resolve("l"), Path.of("a"));
    return root;
  }

  private static List<Case> cases() {
    return List.of(
        clash("write, append", t -> patch(t, "a"), r -> append(r.resolve("a")), "a", Kind.CHANGED),
        clash(
            "write, other bytes",
            t -> patch(t, "a"),
            r -> write(r.resolve("a"), "new content of a"),
            "a",
            Kind.CHANGED),
        clash(
            "write, touch",
            t -> patch(t, "a"),
            r -> Files.setLastModifiedTime(r.resolve("a"), FileTime.fromMillis(5)),
            "a",
            Kind.CHANGED),
        clash(
            "write, chmod",
            t -> patch(t, "a"),
            r -> chmod(r.resolve("a"), "rwx------"),
            "a",
            Kind.CHANGED),
        clash("write, remove", t -> patch(t, "a"), r -> rm(r, "a"), "a", Kind.MISSING),
        clash("write, move", t -> patch(t, "a"), r -> move(r, "a", "z"), "a", Kind.MISSING),
        clash(
            "truncate, replace",
            t -> t.truncate("a", 3),
            r -> replace(r.resolve("a")),
            "a",
            Kind.REPLACED),
        clash(
            "overwrite, append",
            t -> t.writeAll("a", bytes("ours")),
            r -> append(r.resolve("a")),
            "a",
            Kind.CHANGED),
        clash("delete, append", t -> t.delete("a"), r -> append(r.resolve("a")), "a", Kind.CHANGED),
        clash(
            "delete, replace",
            t -> t.delete("a"),
            r -> replace(r.resolve("a")),
            "a",
            Kind.REPLACED),
        harmless("delete, remove", t -> t.delete("a"), r -> rm(r, "a")),
        clash(
            "create, create",
            t -> t.writeAll("n", bytes("ours")),
            r -> write(r.resolve("n"), "theirs"),
            "n",
            Kind.TAKEN),
        clash(
            "mkdir, mkdir",
            t -> t.createDirectory("n"),
            r -> Files.createDirectory(r.resolve("n")),
            "n",
            Kind.TAKEN),
        clash(
            "symlink, create",
            t -> t.symlink("a", "n"),
            r -> write(r.resolve("n"), "theirs"),
            "n",
            Kind.TAKEN),
        clash(
            "link, create",
            t -> t.link("a", "n"),
            r -> write(r.resolve("n"), "theirs"),
            "n",
            Kind.TAKEN),
        clash(
            "rename, create at the target",
            t -> t.rename("a", "n"),
            r -> write(r.resolve("n"), "theirs"),
            "n",
            Kind.TAKEN),
        clash(
            "rename over, append to the target",
            t -> t.rename("a", "b"),
            r -> append(r.resolve("b")),
            "b",
            Kind.CHANGED),
        clash("rename, remove", t -> t.rename("a", "n"), r -> rm(r, "a"), "a", Kind.MISSING),
        harmless("rename, append", t -> t.rename("a", "n"), r -> append(r.resolve("a"))),
        clash(
            "chmod, append",
            t -> t.chmod("a", 0600),
            r -> append(r.resolve("a")),
            "a",
            Kind.CHANGED),
        clash(
            "chmod of a directory, chmod",
            t -> t.chmod("d", 0700),
            r -> chmod(r.resolve("d"), "rwxrwxrwx"),
            "d",
            Kind.CHANGED),
        clash(
            "chmod of the root, chmod",
            t -> t.chmod(".", 0711),
            r -> chmod(r, "rwxrwxrwx"),
            ".",
            Kind.CHANGED),
        harmless(
            "create in a directory, create another",
            t -> t.writeAll("d/n", bytes("ours")),
            r -> write(r.resolve("d/m"), "theirs")),
        harmless(
            "create in a directory, chmod of it",
            t -> t.writeAll("d/n", bytes("ours")),
            r -> chmod(r.resolve("d"), "rwxrwxrwx")),
        clash(
            "create in a directory, move it",
            t -> t.writeAll("d/n", bytes("ours")),
            r -> move(r, "d", "z"),
            "d",
            Kind.MISSING),
        clash(
            "write in a directory, move it",
            t -> patch(t, "d/x"),
            r -> move(r, "d", "z"),
            "d",
            Kind.MISSING),
        clash(
            "rename a directory, replace it",
            t -> t.rename("d", "n"),
            r -> {
              move(r, "d", "z");
              Files.createDirectory(r.resolve("d"));
            },
            "d",
            Kind.REPLACED),
        clash(
            "remove a directory, create in it",
            t -> t.removeDirectory("e"),
            r -> write(r.resolve("e/f"), "theirs"),
            "e",
            Kind.NOT_EMPTY),
        harmless(
            "write, hard link",
            t -> patch(t, "a"),
            r -> Files.createLink(r.resolve("z"), r.resolve("a"))),
        harmless("remove one of two names, likewise", t -> t.delete("h"), r -> rm(r, "h")),
        clash(
            "remove a symbolic link, replace it",
            t -> t.delete("l"),
            r -> replace(r.resolve("l")),
            "l",
            Kind.REPLACED),
        harmless("read, append", t -> t.readAll("a"), r -> append(r.resolve("a"))),
        harmless(
            "made and removed, create",
            t -> {
              t.writeAll("n", bytes("ours"));
              t.delete("n");
            },
            r -> write(r.resolve("n"), "theirs")),
        new Case(
            "several",
            t -> {
              patch(t, "a");
              t.delete("b");
              t.writeAll("n", bytes("ours"));
              t.writeAll("m", bytes("ours"));
            },
            r -> {
              append(r.resolve("a"));
              append(r.resolve("b"));
              append(r.resolve("c"));
              write(r.resolve("n"), "theirs");
            },
            List.of(
                new Conflict("a", Kind.CHANGED),
                new Conflict("b", Kind.CHANGED),
                new Conflict("n", Kind.TAKEN))));
  }

  private static void rm(Path root, String name) throws IOException {
    Files.delete(root.resolve(name));
  }

  private static void move(Path root, String from, String to) throws IOException {
    Files.move(root.resolve(from), root.resolve(to));
  }

  @TestFactory
  Stream<DynamicTest> everyForeignChange() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Case each : cases()) {
      tests.add(
          DynamicTest.dynamicTest(
              each.name(), () -> check(each, setUp(folder.resolve(each.name())), false)));
      tests.add(
          DynamicTest.dynamicTest(
              each.name() + ", above a layer that is not applied",
              () -> check(each, setUp(folder.resolve(each.name() + " 2")), true)));
    }
    return tests.stream();
  }

  private static Options options() {
    return Options.defaults().withExecutor(task -> {});
  }

  private static void check(Case each, Path root, boolean isAboveOther) throws IOException {
    try (VirtualFileManager files = VirtualFileManager.open(root, options())) {
      if (isAboveOther) {
        files.tree().writeAll("other", bytes("1"));
        files.checkpoint(bytes("0"));
      }
      each.step().run(files.tree());
      each.foreign().run(root);
      if (each.expected().isEmpty()) {
        files.checkpoint(bytes("1"));
        files.awaitApplied();
        return;
      }
      refuse(each, root, files);
      files.rollback();
      files.tree().writeAll("after", bytes("ours"));
      files.checkpoint(bytes("2"));
      files.awaitApplied();
      assertEquals("ours", Files.readString(root.resolve("after")));
    }
  }

  private static void refuse(Case each, Path root, VirtualFileManager files) throws IOException {
    var before = files.lastCheckpoint();
    Map<String, String> home = home(root);
    for (int i = 0; i < 2; i++) {
      ForeignChangeException e =
          assertThrows(ForeignChangeException.class, () -> files.checkpoint(bytes("1")));
      assertEquals(each.expected(), sorted(e.conflicts()), e.getMessage());
      assertTrue(e.getMessage().contains(e.path()), e.getMessage());
      assertEquals(before, files.lastCheckpoint());
    }
    Map<String, String> after = home(root);
    // The check has it applied.
    after.remove("other");
    assertEquals(home, after);
  }

  private static List<Conflict> sorted(List<Conflict> conflicts) {
    return conflicts.stream().sorted(Comparator.comparing(Conflict::path)).toList();
  }

  /** Each file with its content, mode and time, but for directories' times. */
  private static Map<String, String> home(Path root) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.filter(each -> !each.startsWith(root.resolve(".vfo"))).toList()) {
        String mode =
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
        String content = "";
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          content = Files.readString(file) + Files.getLastModifiedTime(file);
        }
        found.put(root.relativize(file).toString(), mode + " " + content);
      }
    }
    found.remove("h");
    found.remove("");
    return found;
  }

  @Test
  void aStepCanBeCommittedWhenAllIsAsItWas() throws IOException {
    Path root = setUp(folder);
    try (VirtualFileManager files = VirtualFileManager.open(root, options())) {
      files.tree().writeAll("n", bytes("ours"));
      write(root.resolve("n"), "theirs");
      assertThrows(ForeignChangeException.class, () -> files.checkpoint(bytes("1")));
      assertEquals("ours", new String(files.tree().readAll("n"), UTF_8));
      rm(root, "n");
      assertEquals(1, files.checkpoint(bytes("1")).number());
      files.awaitApplied();
    }
    assertEquals("ours", Files.readString(root.resolve("n")));
  }

  @Test
  void aRollbackTakesTheirs() throws IOException {
    Path root = setUp(folder);
    try (VirtualFileManager files = VirtualFileManager.open(root, options());
        VirtualFile open = files.tree().open("a", StandardOpenOption.WRITE)) {
      files.checkpoint(bytes("0"));
      open.write(ByteBuffer.wrap(bytes("OURS")), 0);
      append(root.resolve("a"));
      assertThrows(ForeignChangeException.class, () -> files.checkpoint(bytes("1")));
      files.rollback();
      assertEquals("old content of atheirs".length(), open.size());
      open.write(ByteBuffer.wrap(bytes("OURS")), 0);
      files.checkpoint(bytes("1"));
    }
    assertEquals("OURScontent of atheirs", Files.readString(root.resolve("a")));
  }

  @Test
  void whatWasChangedBeforeTheStepLookedIsNoConflict() throws IOException {
    Path root = setUp(folder);
    try (VirtualFileManager files = VirtualFileManager.open(root, options())) {
      assertEquals("old content of a", new String(files.tree().readAll("a"), UTF_8));
      append(root.resolve("a"));
      move(root, "d", "moved");
      assertEquals("old content of atheirs", new String(files.tree().readAll("a"), UTF_8));
      patch(files.tree(), "a");
      files.tree().writeAll("moved/n", bytes("ours"));
      files.checkpoint(bytes("1"));
    }
    assertEquals("oOURSontent of atheirs", Files.readString(root.resolve("a")));
    assertEquals("ours", Files.readString(root.resolve("moved/n")));
  }

  @Test
  void ourOwnApplyIsNoForeignChange() throws IOException {
    Path root = setUp(folder);
    try (VirtualFileManager files = VirtualFileManager.open(root, options())) {
      for (int i = 0; i < 5; i++) {
        patch(files.tree(), "a");
        files.tree().writeAll("n" + i, bytes("ours"));
        files.checkpoint(bytes("1"));
        patch(files.tree(), "a");
        files.tree().chmod("d", 0700 + i);
        files.tree().writeAll("n" + i, bytes("again"));
        files.awaitApplied();
        files.checkpoint(bytes("2"));
      }
      // And what somebody does behind it is one.
      patch(files.tree(), "a");
      files.awaitApplied();
      append(root.resolve("a"));
      ForeignChangeException e =
          assertThrows(ForeignChangeException.class, () -> files.checkpoint(bytes("3")));
      assertEquals(List.of(new Conflict("a", Kind.CHANGED)), e.conflicts());
    }
  }

  @Test
  void whatIsChangedAfterTheCommitIsFoundByApply() throws IOException {
    Path root = setUp(folder);
    Path a = root.resolve("a");
    FileTime time = Files.getLastModifiedTime(a);
    try (VirtualFileManager files = VirtualFileManager.open(root, options())) {
      patch(files.tree(), "a");
      files.tree().delete("b");
      files.checkpoint(bytes("1"));
      append(a);
      append(root.resolve("b"));
      ForeignChangeException e =
          assertThrows(ForeignChangeException.class, files::doBackgroundWork);
      assertEquals(
          List.of(new Conflict("a", Kind.CHANGED), new Conflict("b", Kind.CHANGED)),
          sorted(e.conflicts()));
      assertEquals("old content of atheirs", Files.readString(a));
      write(a, "old content of a");
      Files.setLastModifiedTime(a, time);
      write(root.resolve("b"), "old content of b");
      Files.setLastModifiedTime(root.resolve("b"), time);
      files.awaitApplied();
    }
    assertEquals("oOURSontent of a", Files.readString(a));
  }
}
