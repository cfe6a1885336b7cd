package dev.vfo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of roots that may need recovery. */
class RootRegistryTest {
  @TempDir private Path folder = Path.of("");

  private RootRegistry registry() {
    return new RootRegistry(folder.resolve("state/vfo/roots"));
  }

  @Test
  void isEmptyBeforeItsFolderExists() throws IOException {
    assertEquals(List.of(), registry().list());
    registry().remove(new RootRegistry.Item("00", Path.of("/x")));
  }

  @Test
  void keepsRootsAcrossProcesses() throws IOException {
    registry().add(new RootRegistry.Item("02", Path.of("/b/with space ")));
    registry().add(new RootRegistry.Item("01", Path.of("/c")));
    registry().add(new RootRegistry.Item("03", Path.of("/a")));
    assertEquals(
        List.of("/a", "/b/with space ", "/c"),
        registry().list().stream().map(item -> item.path().toString()).toList());
    registry().remove(new RootRegistry.Item("02", Path.of("/b/with space ")));
    assertEquals(List.of("03", "01"), registry().list().stream().map(i -> i.id()).toList());
  }

  @Test
  void aCopyIsAnotherRootOfTheSameId() throws IOException {
    RootRegistry.Item original = new RootRegistry.Item("01", Path.of("/original"));
    RootRegistry.Item copy = new RootRegistry.Item("01", Path.of("/copy"));
    registry().add(original);
    registry().add(copy);
    registry().add(copy);
    assertEquals(List.of(copy, original), registry().list());
    registry().remove(copy);
    assertEquals(List.of(original), registry().list());
  }

  @Test
  void leavesNothingElseAndIsPrivate() throws IOException {
    registry().add(new RootRegistry.Item("01", Path.of("/a")));
    Path roots = folder.resolve("state/vfo/roots");
    try (var files = Files.list(roots)) {
      List<String> names = files.map(file -> file.getFileName().toString()).toList();
      assertEquals(1, names.size());
      assertTrue(names.getFirst().matches("01-[0-9a-f]{8}\\.root"), names.getFirst());
    }
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(roots)));
  }

  @Test
  void filesOfOthersAreLeftAlone() throws IOException {
    registry().add(new RootRegistry.Item("01", Path.of("/a")));
    Files.writeString(folder.resolve("state/vfo/roots/README"), "hello");
    assertEquals(1, registry().list().size());
  }

  @Test
  void standsWhereXdgSays() throws IOException {
    CapturedTerminal terminal =
        new CapturedTerminal(folder).with("XDG_STATE_HOME", folder.resolve("x").toString());
    RootRegistry.ofUser(terminal.terminal()).add(new RootRegistry.Item("01", Path.of("/a")));
    assertEquals(1, new RootRegistry(folder.resolve("x/vfo/roots")).list().size());
  }

  @Test
  void standsInTheHomeElse() throws IOException {
    CapturedTerminal terminal = new CapturedTerminal(folder).with("XDG_STATE_HOME", "relative");
    RootRegistry.ofUser(terminal.terminal()).add(new RootRegistry.Item("01", Path.of("/a")));
    assertEquals(1, new RootRegistry(folder.resolve(".local/state/vfo/roots")).list().size());
    assertFalse(Files.exists(folder.resolve("relative")));
  }

  @Test
  void isTheSystemsForTheSuperuser() {
    assertEquals(
        Path.of("/var/lib/vfo"),
        RootRegistry.folderOf(new CapturedTerminal(folder).asRoot().terminal()));
  }

  @Test
  void recoverAllForgetsRootsThatAreGone() throws IOException {
    CapturedTerminal terminal = new CapturedTerminal(folder);
    RootRegistry list = RootRegistry.ofUser(terminal.terminal());
    list.add(new RootRegistry.Item("01", folder.resolve("gone")));
    assertEquals(ExitCode.OK, terminal.run("recover", "--all"));
    assertEquals(
        folder.resolve("gone") + ": no root any more, taken off the list\n", terminal.out());
    assertEquals(List.of(), list.list());
    assertEquals(ExitCode.OK, terminal.run("recover", "--all"));
    assertEquals("no root is waiting for recovery\n", terminal.out());
  }
}
