package dev.vfo.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.cli.CapturedTerminal;
import dev.vfo.cli.RootRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a demo's folder, and of the roots in it, however the demo ends. */
class DemoFolderTest {
  private static final String ID = "00112233445566778899aabbccddeeff";

  @TempDir private Path parent = Path.of("");
  private CapturedTerminal terminal = new CapturedTerminal(parent);
  private RootRegistry list = new RootRegistry(parent);

  @BeforeEach
  void makeList() throws IOException {
    parent = parent.toRealPath();
    terminal = new CapturedTerminal(parent).with("TMPDIR", parent.toString());
    list = RootRegistry.ofUser(terminal.terminal());
  }

  private void runADemo() throws IOException {
    DemoFolder.create(terminal.terminal(), false).close();
  }

  private List<Path> listed() throws IOException {
    return list.list().stream().map(RootRegistry.Item::path).toList();
  }

  @Test
  void theNextDemoRemovesWhatAKilledOneLeft() throws Exception {
    Path other = parent.resolve("vfo-demo-roots");
    list.opened(ID, other);
    Path left;
    try (RunningDemo demo = RunningDemo.start(parent, false)) {
      left = demo.path();
      list.opened(ID, left.resolve("part"));
      runADemo();
      assertTrue(Files.exists(left.resolve("part/file")), "removed while it runs");
      demo.kill();
    }
    assertTrue(Files.exists(left.resolve("part/file")));
    runADemo();
    assertFalse(Files.exists(left));
    assertEquals(List.of(other), listed());
    assertEquals(
        List.of("vfo: removed " + left + ", left by a demo that was killed"), terminal.err());
  }

  @Test
  void anInterruptedDemoLeavesNothing() throws Exception {
    try (RunningDemo demo = RunningDemo.start(parent, false)) {
      list.opened(ID, demo.path().resolve("part"));
      demo.interrupt();
      assertFalse(Files.exists(demo.path()));
      assertEquals(List.of(), listed());
    }
  }

  @Test
  void whatIsToBeKeptStays() throws Exception {
    try (RunningDemo demo = RunningDemo.start(parent, true)) {
      demo.kill();
      runADemo();
      assertTrue(Files.exists(demo.path().resolve("part/file")));
    }
  }

  @Test
  void whatIsNotSurelyADemosStays() throws Exception {
    Path withoutMark = Files.createTempDirectory(parent, "vfo-demo-");
    Path open = Files.createTempDirectory(parent, "vfo-demo-");
    DemoMark.set(open).close();
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path elsewhere = Files.createTempDirectory(parent, "elsewhere");
    DemoMark.set(elsewhere).close();
    Files.createSymbolicLink(parent.resolve("vfo-demo-link"), elsewhere);
    runADemo();
    assertTrue(Files.exists(withoutMark));
    assertTrue(Files.exists(open));
    assertTrue(Files.exists(DemoMark.in(elsewhere)));
    assertEquals(List.of(), terminal.err());
  }
}
