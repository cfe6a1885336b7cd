package dev.vfo.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.CopiedRootException;
import dev.vfo.Options;
import dev.vfo.State;
import dev.vfo.VirtualFileManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A root and its copy, which has the same root id (R12, R13). */
class CopiedRootTest {
  @TempDir Path folder;

  private static VirtualFileManager open(Path root) throws IOException {
    return VirtualFileManager.open(root, Options.defaults());
  }

  private Path original() throws IOException {
    return Files.createDirectories(folder.resolve("original"));
  }

  private Path copy(Path root) throws IOException {
    Path copy = folder.resolve("copy");
    List<Path> all;
    try (var walk = Files.walk(root)) {
      all = walk.toList();
    }
    for (Path each : all) {
      Files.copy(each, copy.resolve(root.relativize(each)), StandardCopyOption.COPY_ATTRIBUTES);
    }
    return copy;
  }

  @Test
  void bothCanBeUsedAtOnce() throws IOException {
    Path root = original();
    try (VirtualFileManager files = open(root)) {
      files.tree().writeAll("file", "both".getBytes(UTF_8));
      files.checkpoint(State.of(new byte[] {1}));
    }
    Path copy = copy(root);
    try (VirtualFileManager first = open(root);
        VirtualFileManager second = open(copy)) {
      assertEquals(1, second.lastCheckpoint().orElseThrow().number());
      first.tree().writeAll("file", "first".getBytes(UTF_8));
      second.tree().writeAll("file", "second".getBytes(UTF_8));
      first.checkpoint(State.of(new byte[] {2}));
      second.checkpoint(State.of(new byte[] {3}));
    }
    assertEquals("first", Files.readString(root.resolve("file")));
    assertEquals("second", Files.readString(copy.resolve("file")));
    try (VirtualFileManager again = open(copy)) {
      assertArrayEquals(new byte[] {3}, again.lastCheckpoint().orElseThrow().state().bytes());
    }
  }

  @Test
  void aCopyWithUnappliedLayersIsRefused() throws IOException {
    Path root = original();
    Path copy;
    Options lazy = Options.defaults().withExecutor(task -> {});
    try (VirtualFileManager files = VirtualFileManager.open(root, lazy)) {
      files.tree().writeAll("file", "text".getBytes(UTF_8));
      files.checkpoint(State.empty());
      copy = copy(root);
    }
    CopiedRootException e = assertThrows(CopiedRootException.class, () -> open(copy));
    assertTrue(e.getMessage().contains("vfo recover"), e.getMessage());
    assertTrue(Files.notExists(copy.resolve("file")));
  }
}
