package dev.vfo.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.Options;
import dev.vfo.State;
import dev.vfo.VirtualFileManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on real roots: at rest, left by a crash, at work, damaged. */
class RootCommandsTest {
  @TempDir private Path top = Path.of("");
  private Path root = top;
  private CapturedTerminal terminal = new CapturedTerminal(top);

  @BeforeEach
  void setUp() {
    root = top.resolve("data");
    terminal = new CapturedTerminal(top);
  }

  private void assertRuns(int code, String... command) {
    assertEquals(
        code,
        terminal.run(command),
        () -> String.join(" ", command) + "\n" + terminal.out() + terminal.err());
  }

  /**
   * All files of the root with their content and time: what an inspecting command must leave alone.
   */
  private Map<String, String> everything() throws IOException {
    Map<String, String> found = new HashMap<>();
    try (Stream<Path> walk = Files.walk(root)) {
      for (Path path : walk.toList()) {
        String content =
            Files.isRegularFile(path) ? String.valueOf(Files.readAllBytes(path).length) : "";
        found.put(path.toString(), Files.getLastModifiedTime(path) + " " + content);
      }
    }
    return found;
  }

  private Path segment() {
    return root.resolve(".vfo/journal/0000000001.seg");
  }

  private void flip(Path file, int offset) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[offset] ^= 1;
    Files.write(file, bytes);
  }

  @Test
  void aRootLeftByACrashIsShownAndRecovered() throws Exception {
    LeftRoot.make(root, 2);
    assertFalse(Files.exists(root.resolve("file1")));
    Map<String, String> before = everything();
    assertRuns(ExitCode.OK, "status", "data");
    assertTrue(terminal.out().contains("\nmanager     not running\n"), terminal.out());
    assertTrue(terminal.out().contains("\ncheckpoint  2, "), terminal.out());
    assertTrue(terminal.out().contains("\nphase       apply not begun\n"), terminal.out());
    assertTrue(
        terminal.out().contains("\napplied     checkpoint 0; 2 layers are not\n"), terminal.out());
    assertTrue(terminal.out().endsWith("'vfo recover' does it.\n"), terminal.out());
    assertRuns(ExitCode.OK, "history", "data");
    assertEquals(3, terminal.out().lines().count());
    assertRuns(ExitCode.OK, "verify", "data");
    assertEquals(before, everything());

    assertRuns(ExitCode.OK, "recover", "data");
    assertEquals(root + ": checkpoint 2, 2 layers applied\n", terminal.out());
    assertArrayEquals(new byte[] {2}, Files.readAllBytes(root.resolve("file2")));
    assertRuns(ExitCode.OK, "recover", "data");
    assertEquals(root + ": checkpoint 2, nothing was left to apply\n", terminal.out());
    assertRuns(ExitCode.OK, "status", "data");
    assertTrue(terminal.out().contains("\nphase       between checkpoints\n"), terminal.out());
    assertEquals(List.of(), RootRegistry.ofUser(terminal.terminal()).list());
  }

  @Test
  void oneOfAThingIsNotToldAsSeveral() throws Exception {
    LeftRoot.make(root, 1);
    assertRuns(ExitCode.OK, "verify", "data");
    assertTrue(terminal.out().contains(": 1 segment, 1 record, "), terminal.out());
    assertTrue(
        terminal.out().contains("\n1 layer is not applied yet, and can be\n"), terminal.out());
    assertRuns(ExitCode.OK, "status", "data");
    assertTrue(terminal.out().contains("  1 segment, "), terminal.out());
    assertTrue(terminal.out().contains(", 1 record\n"), terminal.out());
    LeftRoot.make(root, 1);
    assertRuns(ExitCode.OK, "verify", "data");
    assertTrue(terminal.out().contains(" 2 records, "), terminal.out());
  }

  @Test
  void historyIsNewestFirst() throws Exception {
    LeftRoot.make(root, 4);
    assertRuns(ExitCode.OK, "history", "-n", "2", "data");
    List<String> lines = terminal.out().lines().toList();
    assertEquals(3, lines.size());
    assertTrue(lines.get(1).matches(" +4  20\\d\\d-.* 4 B +1  no"), lines.get(1));
    assertTrue(lines.get(2).matches(" +3  20\\d\\d-.* 100.0 kB +1  no"), lines.get(2));
  }

  @Test
  void reportsAreJsonToo() throws Exception {
    LeftRoot.make(root, 2);
    assertRuns(ExitCode.OK, "status", "--json", "data");
    assertTrue(terminal.out().contains("\"unappliedLayers\" : [ 1, 2 ]"), terminal.out());
    assertTrue(terminal.out().contains("\"applyPhase\" : \"WAITING\""), terminal.out());
    assertTrue(terminal.out().contains("\"managerRunning\" : false"), terminal.out());
    assertRuns(ExitCode.OK, "history", "--json", "data");
    assertTrue(terminal.out().contains("\"stateBytes\" : 2"), terminal.out());
    assertRuns(ExitCode.OK, "inspect", "--json", segment().toString());
    assertTrue(terminal.out().contains("\"checkpoint\" : 2"), terminal.out());
    assertRuns(ExitCode.OK, "verify", "--json", "data");
    assertTrue(terminal.out().contains("\"ok\" : true"), terminal.out());
    assertRuns(ExitCode.OK, "wait-applied", "--json", "data");
    assertTrue(terminal.out().contains("\"appliedCheckpoint\" : 2"), terminal.out());
    assertRuns(ExitCode.OK, "recover", "--json", "data");
    assertTrue(terminal.out().contains("\"appliedLayers\" : 0"), terminal.out());
    assertRuns(ExitCode.OK, "detach", "--json", "data");
    assertTrue(terminal.out().contains("\"detached\" : true"), terminal.out());
  }

  @Test
  void aSegmentIsShown() throws Exception {
    LeftRoot.make(root, 2);
    assertRuns(ExitCode.OK, "inspect", segment().toString());
    assertTrue(terminal.out().startsWith("segment  1\n"), terminal.out());
    assertEquals(4 + 1 + 2, terminal.out().lines().count());
    flip(segment(), 100);
    assertRuns(ExitCode.FAILED, "inspect", segment().toString());
    assertTrue(terminal.err().getFirst().contains("0000000001.seg"), terminal.err().getFirst());
  }

  @Test
  void recoverAllGoesThroughTheList() throws Exception {
    LeftRoot.make(root, 1);
    RootRegistry list = RootRegistry.ofUser(terminal.terminal());
    list.add(new RootRegistry.Item("01", root));
    list.add(new RootRegistry.Item("02", top.resolve("gone")));
    assertRuns(ExitCode.OK, "recover", "--all");
    assertTrue(terminal.out().contains("data: checkpoint 1, 1 layer applied\n"), terminal.out());
    assertTrue(terminal.out().contains("gone: no root any more"), terminal.out());
    assertTrue(Files.exists(root.resolve("file1")));
  }

  @Test
  void aKilledJobIsOnTheListUntilItIsRecovered() throws Exception {
    RootRegistry list = RootRegistry.ofUser(terminal.terminal());
    Process job = LeftRoot.run(root, 2, list);
    List<Path> listed = list.list().stream().map(RootRegistry.Item::path).toList();
    job.destroyForcibly().waitFor();
    assertEquals(List.of(root), listed);
    assertFalse(Files.exists(root.resolve("file2")));
    assertRuns(ExitCode.OK, "recover", "--all");
    assertTrue(terminal.out().contains("data: checkpoint 2, 2 layers applied\n"), terminal.out());
    assertTrue(Files.exists(root.resolve("file2")));
    assertEquals(List.of(), list.list());
  }

  @Test
  void aJobThatEndsTakesItsRootOffTheList() throws Exception {
    RootRegistry list = RootRegistry.ofUser(terminal.terminal());
    Process job = LeftRoot.run(root, 2, list);
    assertEquals(1, list.list().size());
    job.getOutputStream().close();
    assertEquals(0, job.waitFor());
    assertEquals(List.of(), list.list());
  }

  @Test
  void oneBadRootDoesNotKeepTheOthersFromRecovery() throws Exception {
    LeftRoot.make(root, 1);
    Path bad = top.resolve("bad");
    LeftRoot.make(bad, 1);
    flip(bad.resolve(".vfo/root-id"), 20);
    RootRegistry list = RootRegistry.ofUser(terminal.terminal());
    list.add(new RootRegistry.Item("01", bad));
    list.add(new RootRegistry.Item("02", root));
    assertRuns(ExitCode.FAILED, "recover", "--all");
    assertTrue(Files.exists(root.resolve("file1")));
    assertEquals(1, terminal.err().size());
    assertTrue(terminal.err().getFirst().startsWith("vfo: " + bad + ": "));
    assertEquals(bad, list.list().getFirst().path());
  }

  @Test
  void whatAnotherProgramChangedIsKeptAside() throws Exception {
    LeftRoot.make(root, 2);
    Files.writeString(root.resolve("file1"), "theirs");
    assertRuns(ExitCode.FAILED, "recover", "data");
    assertTrue(terminal.err().getFirst().contains("file1"), terminal.err().getFirst());
    assertTrue(terminal.err().getFirst().contains("--ours"), terminal.err().getFirst());
    assertEquals("theirs", Files.readString(root.resolve("file1")));
    assertRuns(ExitCode.OK, "recover", "--ours", "data");
    assertArrayEquals(new byte[] {1}, Files.readAllBytes(root.resolve("file1")));
    assertEquals("theirs", Files.readString(root.resolve(".vfo/conflicts/1/file1")));
    assertRuns(ExitCode.FAILED, "detach", "data");
    assertTrue(terminal.err().getFirst().contains("conflicts"), terminal.err().getFirst());
  }

  @Test
  void whatAnotherProgramChangedCanWin() throws Exception {
    LeftRoot.make(root, 2);
    Files.writeString(root.resolve("file1"), "theirs");
    assertRuns(ExitCode.USAGE, "recover", "--ours", "--theirs", "data");
    assertRuns(ExitCode.FAILED, "recover", "data");
    assertTrue(terminal.err().getLast().contains("--theirs"), terminal.err().getLast());
    assertRuns(ExitCode.OK, "recover", "--theirs", "data");
    assertEquals("theirs", Files.readString(root.resolve("file1")));
    assertArrayEquals(new byte[] {2}, Files.readAllBytes(root.resolve("file2")));
    assertTrue(terminal.out().endsWith("  file1\n"), terminal.out());
    assertRuns(ExitCode.OK, "recover", "--json", "data");
    assertTrue(terminal.out().contains("\"givenUp\""), terminal.out());
    assertRuns(ExitCode.OK, "detach", "data");
  }

  @Test
  void hiddenTreesAreNotTakenAwayUnasked() throws Exception {
    Files.createDirectories(root);
    try (VirtualFileManager files = VirtualFileManager.open(root, Options.defaults())) {
      files.hiddenTree("tmp").writeAll("file", new byte[5]);
      files.checkpoint(new byte[] {1});
    }
    assertRuns(ExitCode.FAILED, "detach", "data");
    assertTrue(terminal.err().getFirst().contains("private"), terminal.err().getFirst());
    assertEquals(5, Files.size(root.resolve(".vfo/private/tmp/file")));
  }

  @Test
  void aJournalElsewhereIsFoundMovedAndTakenAway() throws Exception {
    Files.createDirectories(root);
    Path journal = Files.createDirectory(top.resolve("journal"));
    Options options = Options.defaults().withJournalDirectory(journal);
    try (VirtualFileManager files = VirtualFileManager.open(root, options)) {
      files.tree().writeAll("file", new byte[5]);
      files.checkpoint(new byte[100_000]);
    }
    assertRuns(ExitCode.OK, "verify", "data");
    assertRuns(ExitCode.OK, "status", "data");
    Path moved = top.resolve("moved");
    Files.move(journal, moved);
    assertRuns(ExitCode.FAILED, "recover", "data");
    assertTrue(terminal.err().getFirst().contains(journal.toString()), terminal.err().getFirst());
    assertRuns(ExitCode.FAILED, "status", "data");
    assertRuns(ExitCode.OK, "recover", "--journal", "moved", "data");
    assertRuns(ExitCode.OK, "status", "data");
    Files.writeString(moved.resolve("mine"), "not VFO's");
    assertRuns(ExitCode.OK, "detach", "data");
    try (var left = Files.list(moved)) {
      assertEquals(List.of(moved.resolve("mine")), left.toList());
    }
  }

  private void prepare(String... ids) throws IOException {
    Files.createDirectories(root);
    try (VirtualFileManager files = VirtualFileManager.open(root, Options.defaults())) {
      for (String id : ids) {
        files.tree().writeAll("file " + id, new byte[5]);
        files.prepare(files.seal(), id, State.of(new byte[7]));
      }
    }
  }

  @Test
  void whatIsPreparedIsListedAndDecided() throws Exception {
    prepare("one", "two", "three");
    assertRuns(ExitCode.OK, "status", "data");
    assertTrue(terminal.out().contains("\nundecided   3 prepared checkpoints\n"), terminal.out());
    assertTrue(terminal.out().endsWith("see 'vfo undecided'.\n"), terminal.out());
    assertRuns(ExitCode.OK, "undecided", "data");
    List<String> lines = terminal.out().lines().toList();
    assertEquals(4, lines.size());
    assertTrue(lines.get(1).matches("one +20\\d\\d-.* ago\\) +1 +7 B"), lines.get(1));
    assertRuns(ExitCode.OK, "undecided", "--json", "data");
    assertTrue(terminal.out().contains("\"id\" : \"three\""), terminal.out());
    assertRuns(ExitCode.FAILED, "detach", "data");
    assertTrue(terminal.err().getFirst().contains("vfo undecided"), terminal.err().getFirst());
    assertRuns(ExitCode.OK, "undecided", "data", "--commit", "one");
    assertTrue(terminal.out().contains("'one' is checkpoint 4\n"), terminal.out());
    assertTrue(Files.exists(root.resolve("file one")));
    assertFalse(Files.exists(root.resolve("file two")));
    assertRuns(ExitCode.OK, "history", "data");
    assertEquals(2, terminal.out().lines().count());
    assertRuns(ExitCode.OK, "verify", "data");
    assertRuns(ExitCode.OK, "undecided", "--abort", "two", "data");
    assertTrue(terminal.out().endsWith("data: nothing is undecided\n"), terminal.out());
    assertRuns(ExitCode.FAILED, "undecided", "--commit", "three", "data");
    assertTrue(terminal.err().getFirst().contains("'three'"), terminal.err().getFirst());
    assertRuns(ExitCode.USAGE, "undecided", "--commit", "a", "--abort", "b", "data");
    assertRuns(ExitCode.OK, "detach", "data");
    assertFalse(Files.exists(root.resolve("file two")));
  }

  @Test
  void aRunningManagerIsSeenAndWatched() throws Exception {
    Process manager = LeftRoot.run(root, 2);
    try {
      assertRuns(ExitCode.OK, "status", "data");
      assertTrue(
          terminal.out().contains("\nmanager     running, process " + manager.pid() + "\n"),
          terminal.out());
      assertRuns(ExitCode.OK, "verify", "data");
      assertRuns(ExitCode.FAILED, "recover", "data");
      assertTrue(terminal.err().getFirst().contains("process " + manager.pid()));
      assertRuns(ExitCode.FAILED, "detach", "data");
      assertRuns(ExitCode.PROBLEM, "wait-applied", "--timeout", "0", "data");
      assertEquals(1, terminal.err().size());
      manager.getOutputStream().close();
      String endless = String.valueOf(Long.MAX_VALUE);
      assertRuns(ExitCode.OK, "wait-applied", "--timeout", endless, "data");
      assertEquals(root + ": checkpoint 2 is applied\n", terminal.out());
      assertTrue(Files.exists(root.resolve("file2")));
      assertEquals(0, manager.waitFor());
    } finally {
      manager.destroyForcibly();
    }
  }

  @Test
  void waitingWithoutAManagerRecovers() throws Exception {
    LeftRoot.make(root, 1);
    assertRuns(ExitCode.OK, "wait-applied", "data");
    assertTrue(Files.exists(root.resolve("file1")));
  }

  @Test
  void detachLeavesAnOrdinaryDirectory() throws Exception {
    LeftRoot.make(root, 2);
    assertRuns(ExitCode.OK, "detach", "data");
    assertEquals(root + ": detached at checkpoint 2, an ordinary directory now\n", terminal.out());
    try (Stream<Path> files = Files.list(root)) {
      assertEquals(List.of(root.resolve("file1"), root.resolve("file2")), files.sorted().toList());
    }
    assertRuns(ExitCode.USAGE, "detach", "data");
  }

  @Test
  void anInterruptedDetachIsFinished() throws Exception {
    LeftRoot.make(root, 1);
    assertRuns(ExitCode.OK, "recover", "data");
    Files.move(root.resolve(".vfo"), root.resolve(".vfo-detached"), StandardCopyOption.ATOMIC_MOVE);
    assertRuns(ExitCode.OK, "detach", "data");
    try (Stream<Path> files = Files.list(root)) {
      assertEquals(List.of(root.resolve("file1")), files.toList());
    }
  }

  @Test
  void damageIsAProblem() throws Exception {
    LeftRoot.make(root, 2);
    flip(segment(), 4096 + 20);
    for (String command : List.of("status", "verify", "history")) {
      assertRuns(ExitCode.PROBLEM, command, "data");
      String all = terminal.out() + terminal.err();
      assertTrue(all.contains("damaged: .vfo/journal/0000000001.seg, offset 4096: "), all);
    }
    assertRuns(ExitCode.FAILED, "recover", "data");
    assertEquals(1, terminal.err().size());
    assertRuns(ExitCode.FAILED, "detach", "data");
    assertTrue(Files.isDirectory(root.resolve(".vfo/journal")));
  }

  @Test
  void aDamagedStateIsFoundByVerify() throws Exception {
    LeftRoot.make(root, 3);
    assertRuns(ExitCode.OK, "verify", "data");
    try (Stream<Path> states = Files.list(root.resolve(".vfo/state"))) {
      flip(states.findFirst().orElseThrow(), 5);
    }
    assertRuns(ExitCode.PROBLEM, "verify", "data");
    assertTrue(terminal.out().contains("damaged: .vfo/state/"), terminal.out());
  }

  @Test
  void aHalfMadeFolderIsNoDamage() throws Exception {
    Files.createDirectories(root.resolve(".vfo/journal"));
    assertRuns(ExitCode.OK, "status", "data");
    assertTrue(terminal.out().contains("phase       no checkpoint yet"), terminal.out());
    assertRuns(ExitCode.OK, "verify", "data");
    assertRuns(ExitCode.OK, "recover", "data");
    assertEquals(root + ": no checkpoint yet, nothing was left to apply\n", terminal.out());
  }

  @Test
  void aCopyMadeTooEarlyIsAProblem() throws Exception {
    LeftRoot.make(root, 1);
    Path copy = top.resolve("copy");
    int code = new ProcessBuilder("cp", "-a", root.toString(), copy.toString()).start().waitFor();
    assertEquals(0, code);
    assertRuns(ExitCode.PROBLEM, "status", "copy");
    assertTrue(terminal.out().contains("This is a copy of a root"), terminal.out());
    assertRuns(ExitCode.PROBLEM, "verify", "copy");
    assertRuns(ExitCode.FAILED, "recover", "copy");
    assertRuns(ExitCode.OK, "recover", "data");
  }
}
