package dev.vfo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which root a command is about. */
class RootFinderTest {
  @TempDir private Path top = Path.of("");
  private Path root = top;

  @BeforeEach
  void makeRoot() throws IOException {
    root = top.resolve("data");
    Files.createDirectories(root.resolve(".vfo/journal"));
    Files.createDirectories(root.resolve("a/b"));
  }

  @Test
  void theRootAroundTheCurrentFolderIsMeant() throws IOException {
    assertEquals(root, RootFinder.find(root, null));
    assertEquals(root, RootFinder.find(root.resolve("a/b"), null));
    assertEquals(root, RootFinder.find(root.resolve(".vfo/journal"), null));
  }

  @Test
  void theInnermostRootIsMeant() throws IOException {
    Files.createDirectory(root.resolve("a/.vfo"));
    assertEquals(root.resolve("a"), RootFinder.find(root.resolve("a/b"), null));
  }

  @Test
  void outsideOfARootItMustBeNamed() {
    UsageException e = assertThrows(UsageException.class, () -> RootFinder.find(top, null));
    assertEquals("no root in " + top + " or above: name one as DIR", e.getMessage());
    assertEquals(Optional.empty(), RootFinder.enclosing(top));
  }

  @Test
  void aNamedRootIsRelativeToTheCurrentFolder() throws IOException {
    assertEquals(root, RootFinder.find(top, "data"));
    assertEquals(root, RootFinder.find(root.resolve("a"), ".."));
    assertEquals(root, RootFinder.find(Path.of("/"), root.toString()));
  }

  @Test
  void aNamedFolderMustBeTheRootItself() {
    UsageException e = assertThrows(UsageException.class, () -> RootFinder.find(root, "a/b"));
    assertTrue(e.getMessage().startsWith("a/b is no root, it has no .vfo folder"));
    assertTrue(e.getMessage().endsWith("; the root around it is " + root), e.getMessage());
  }

  @Test
  void whatIsNoFolderIsRefused() throws IOException {
    Files.writeString(root.resolve("file"), "x");
    assertThrows(NotDirectoryException.class, () -> RootFinder.find(root, "file"));
    assertThrows(NoSuchFileException.class, () -> RootFinder.find(root, "missing"));
  }
}
