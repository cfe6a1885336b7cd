package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A root with a few files on the real disk, and a step that changes it. */
abstract class DetachedFixture {
  @TempDir Path folder;

  Path root;

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(folder.resolve("root"));
    Files.createDirectory(root.resolve("d"));
    Files.writeString(root.resolve("a"), "first");
    Files.writeString(root.resolve("d/b"), "second");
    Files.writeString(root.resolve("gone"), "third");
  }

  final DetachedStep open(String name) throws IOException {
    return DetachedStep.open(root, folder.resolve(name), Options.defaults());
  }

  final VirtualFileManager manager() throws IOException {
    return VirtualFileManager.open(root, Options.defaults());
  }

  static void change(DetachedStep step) throws IOException {
    FileTree tree = step.tree();
    tree.writeAll("new", "made".getBytes(UTF_8));
    tree.rename("d", "e");
    tree.writeAll("e/b", "changed".getBytes(UTF_8));
    tree.delete("gone");
  }

  final List<String> names() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(path -> root.relativize(path).toString())
          .filter(path -> !path.isEmpty() && !path.startsWith(".vfo"))
          .sorted()
          .toList();
    }
  }

  final void assertUnchanged() throws IOException {
    assertEquals(List.of("a", "d", "d/b", "gone"), names());
    assertEquals("second", Files.readString(root.resolve("d/b")));
  }

  final void assertChanged() throws IOException {
    assertEquals(List.of("a", "e", "e/b", "new"), names());
    assertEquals("changed", Files.readString(root.resolve("e/b")));
    assertEquals("made", Files.readString(root.resolve("new")));
    assertEquals("first", Files.readString(root.resolve("a")));
  }
}
