package dev.vfo.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.Options;
import dev.vfo.VirtualFileManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found among the orphans when a root is opened. */
class OrphansTest {
  @TempDir Path root;
  private Path orphans = Path.of("");

  @BeforeEach
  void makeRoot() throws IOException {
    open();
    orphans = root.resolve(".vfo/stage/orphans");
    assertTrue(Files.isDirectory(orphans));
  }

  private void open() throws IOException {
    VirtualFileManager.open(root, Options.defaults()).close();
  }

  @Test
  void filesAndDirectoriesAreRemovedWithWhatIsInThem() throws IOException {
    Files.createDirectories(orphans.resolve("0123456789abcdef/a/b/c"));
    Files.createFile(orphans.resolve("0123456789abcdef/a/b/file"));
    Files.createDirectory(orphans.resolve("8000000000000001"));
    Files.createFile(orphans.resolve("8000000000000002"));
    open();
    try (var left = Files.list(orphans)) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void namesThatAreNotOursAreLeftAlone() throws IOException {
    Files.createDirectory(orphans.resolve("somebody's folder"));
    Files.createFile(orphans.resolve("somebody's file"));
    open();
    assertTrue(Files.isDirectory(orphans.resolve("somebody's folder")));
    assertTrue(Files.exists(orphans.resolve("somebody's file")));
  }
}
