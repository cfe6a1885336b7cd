package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.DetachedStep.Selection;
import dev.vfo.storage.FileType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parts of detached steps, on the real disk. */
class SelectionTest {
  private static final String DIRECTORY = "(directory)";

  @TempDir Path folder;

  private DetachedStep open(Path root) throws IOException {
    return DetachedStep.open(root, folder.resolve("step"), Options.defaults());
  }

  private static Map<String, String> tree(Path root) throws IOException {
    Map<String, String> tree = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.toList()) {
        String name = root.relativize(path).toString();
        if (!name.isEmpty() && !name.startsWith(".vfo")) {
          tree.put(name, Files.isDirectory(path) ? DIRECTORY : Files.readString(path));
        }
      }
    }
    return tree;
  }

  private static Map<String, String> tree(FileTree files, String at) throws IOException {
    Map<String, String> tree = new TreeMap<>();
    for (DirectoryItem item : files.list(at.isEmpty() ? "." : at)) {
      String path = at.isEmpty() ? item.name().toString() : at + "/" + item.name();
      if (item.type() == FileType.DIRECTORY) {
        tree.put(path, DIRECTORY);
        tree.putAll(tree(files, path));
      } else {
        tree.put(path, new String(files.readAll(path), UTF_8));
      }
    }
    return tree;
  }

  private static List<String> paths(List<Change> changes) {
    return changes.stream().map(Change::path).toList();
  }

  private Path root(String... files) throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    for (String file : files) {
      Path path = root.resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, "old " + file);
    }
    return root;
  }

  private static void write(FileTree files, String path, String text) throws IOException {
    files.writeAll(path, text.getBytes(UTF_8));
  }

  private Checkpoint commit(Path root, DetachedStep step, Selection selection) throws IOException {
    try (VirtualFileManager manager = VirtualFileManager.open(root, Options.defaults())) {
      return step.commitTo(manager, State.empty(), selection);
    }
  }

  @Test
  void whatAChangeNeedsComesWithIt() throws IOException {
    Path root = root("a", "b", "d/e", "gone/x", "gone/y");
    try (DetachedStep step = open(root)) {
      FileTree files = step.tree();
      files.createDirectories("new/inner");
      write(files, "new/inner/file", "made");
      write(files, "new/other", "left out");
      files.rename("a", "d/a");
      write(files, "d/a", "renamed and changed");
      step.park();
      write(files, "b", "left out");
      files.rename("d", "moved");
      write(files, "moved/e", "changed in a directory that moved");
      files.delete("gone/x");
      files.delete("gone/y");
      files.removeDirectory("gone");
      Set<String> wanted = Set.of("new/inner/file", "moved/a", "moved/e", "gone");
      Selection selection = step.select(change -> wanted.contains(change.path()));
      assertEquals(
          List.of(
              "gone",
              "gone/x",
              "gone/y",
              "moved/a",
              "moved/e",
              "new",
              "new/inner",
              "new/inner/file"),
          paths(selection.changes()));
      assertEquals(List.of("gone/x", "gone/y", "new", "new/inner"), paths(selection.besides()));
      commit(root, step, selection);
    }
    // The directory's own rename was not wanted: its files are changed where it is.
    assertEquals(
        Map.of(
            "b", "old b",
            "d", DIRECTORY,
            "d/a", "renamed and changed",
            "d/e", "changed in a directory that moved",
            "new", DIRECTORY,
            "new/inner", DIRECTORY,
            "new/inner/file", "made"),
        tree(root));
    assertFalse(Files.exists(folder.resolve("step")));
  }

  @Test
  void bothNamesOfALinkAndBothEndsOfAnExchangeCome() throws IOException {
    Path root = root("a", "b", "c");
    try (DetachedStep step = open(root)) {
      FileTree files = step.tree();
      files.link("a", "a2");
      files.rename("b", "tmp");
      files.rename("c", "b");
      files.rename("tmp", "c");
      write(files, "x", "left out");
      Selection selection =
          step.select(change -> change.path().equals("a2") || change.path().equals("b"));
      assertEquals(List.of("a2", "b", "c"), paths(selection.changes()));
      assertEquals(List.of("c"), paths(selection.besides()));
      commit(root, step, selection);
    }
    assertEquals(Map.of("a", "old a", "a2", "old a", "b", "old c", "c", "old b"), tree(root));
    assertEquals(
        Files.getAttribute(root.resolve("a"), "unix:ino"),
        Files.getAttribute(root.resolve("a2"), "unix:ino"));
  }

  @Test
  void aSelectionIsOfTheStepAsItIsNow() throws IOException {
    Path root = root("a");
    try (DetachedStep step = open(root)) {
      write(step.tree(), "a", "one");
      Selection old = step.select(change -> true);
      write(step.tree(), "a", "two");
      assertThrows(IllegalArgumentException.class, () -> commit(root, step, old));
      step.park();
      assertThrows(IllegalArgumentException.class, () -> commit(root, step, old));
      commit(root, step, step.select(change -> false));
    }
    assertEquals(Map.of("a", "old a"), tree(root));
  }

  /** A step without moved directories and links, so that a path is a path. */
  private static void change(FileTree files, Random random, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      List<String> all = new ArrayList<>(tree(files, "").keySet());
      String some = all.get(random.nextInt(all.size()));
      boolean isDirectory = files.stat(some).type() == FileType.DIRECTORY;
      String fresh = (isDirectory ? some + "/" : "") + "n" + random.nextInt(8);
      switch (random.nextInt(6)) {
        case 0 -> {
          if (!files.exists(fresh)) {
            files.createDirectory(fresh);
          }
        }
        case 1, 2 -> {
          if (!isDirectory) {
            write(files, some, "changed " + random.nextInt());
          }
        }
        case 3 -> {
          if (!isDirectory) {
            files.delete(some);
          } else if (files.list(some).isEmpty()) {
            files.removeDirectory(some);
          }
        }
        case 4 -> {
          boolean isFree = !files.exists(fresh);
          if (!isDirectory && (isFree || files.stat(fresh).type() != FileType.DIRECTORY)) {
            files.rename(some, fresh);
          }
        }
        default -> {
          if (!files.exists(fresh)) {
            write(files, fresh, "made " + random.nextInt());
          }
        }
      }
      write(files, "always", "there");
    }
  }

  /** Of each path the root has what the step has when its change was taken, else what it had. */
  @Test
  void anyPartMakesSense() throws IOException {
    for (int seed = 1; seed <= 60; seed++) {
      Random random = new Random(seed);
      Path home = Files.createDirectory(folder.resolve("home" + seed));
      for (String file : List.of("a", "b", "d/a", "d/b", "d/e/c", "f/g")) {
        Files.createDirectories(home.resolve(file).getParent());
        Files.writeString(home.resolve(file), "old " + file);
      }
      Map<String, String> before = tree(home);
      try (DetachedStep step = open(home)) {
        for (int part = 0; part < 3; part++) {
          change(step.tree(), random, 6);
          step.park();
        }
        Map<String, String> after = tree(step.tree(), "");
        Selection selection = step.select(change -> random.nextInt(3) == 0);
        Set<String> touched = new HashSet<>();
        for (Change change : selection.changes()) {
          touched.add(change.path());
          change.from().ifPresent(touched::add);
        }
        Map<String, String> expected = new TreeMap<>();
        Set<String> all = new HashSet<>(before.keySet());
        all.addAll(after.keySet());
        for (String path : all) {
          String content = (touched.contains(path) ? after : before).get(path);
          if (content != null) {
            expected.put(path, content);
          }
        }
        commit(home, step, selection);
        assertEquals(expected, tree(home), "seed " + seed + ", " + selection.changes());
        assertTrue(selection.changes().containsAll(selection.besides()));
      }
    }
  }
}
