package dev.vfo.run.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.Options;
import dev.vfo.VirtualFileManager;
import dev.vfo.fuse.FuseMount;
import dev.vfo.fuse.MountOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program finds the step's files where the plain ones are outside. */
class MountSpaceTest {
  @TempDir Path folder;

  private Path root;

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(folder.resolve("root"));
  }

  private static Options options() {
    return Options.defaults().withClock(FuseMount.clock());
  }

  private static String run(MountSpace space, Path at, String script) throws Exception {
    return run(space.entering(at, List.of("sh", "-euc", script)), 0);
  }

  private static String run(List<String> command, int code) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output;
    try (var stream = process.getInputStream()) {
      output = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
    assertEquals(code, process.waitFor(), () -> command + ":\n" + output);
    return output;
  }

  private static boolean isMounted(Path root) throws IOException {
    return Files.readString(Path.of("/proc/self/mounts")).contains(" " + root + " fuse.vfo");
  }

  @Test
  void pathsAreTheSameInsideAndThisProcessSeesThePlainFiles() throws Exception {
    Files.writeString(root.resolve("old"), "old\n");
    Path below = Files.createDirectories(root.resolve("below"));
    try (VirtualFileManager files = VirtualFileManager.open(root, options());
        MountSpace space = MountSpace.open(files, root, MountOptions.defaults())) {
      String script = "pwd; cat ../old; echo changed > ../old; cat '" + root + "/old'; ls -A ..";
      assertEquals(below + "\nold\nchanged\nbelow\nold\n", run(space, below, script));
      assertEquals("old\n", Files.readString(root.resolve("old")));
      assertFalse(isMounted(root));
      space.mount().barrier();
      files.checkpoint(new byte[0]);
      files.awaitApplied();
      assertEquals("changed\n", Files.readString(root.resolve("old")));
      assertTrue(Files.exists(root.resolve(".vfo")));
    }
    assertFalse(isMounted(root));
  }

  @Test
  void whatCannotBeStartedHasTheCodesOfAShell() throws Exception {
    Files.writeString(root.resolve("text"), "no program");
    try (VirtualFileManager files = VirtualFileManager.open(root, options());
        MountSpace space = MountSpace.open(files, root, MountOptions.defaults())) {
      String _ = run(space.entering(root, List.of("no-such-program")), 127);
      String _ = run(space.entering(root, List.of("./text")), 126);
      String _ = run(space.entering(root, List.of("sh", "-c", "exit 7")), 7);
    }
  }

  @Test
  void programsInsideAreEndedByAClose() throws Exception {
    Process reader;
    try (VirtualFileManager files = VirtualFileManager.open(root, options());
        MountSpace space = MountSpace.open(files, root, MountOptions.defaults())) {
      String script = "echo x > f; echo ready; while cat f > /dev/null; do :; done";
      reader = new ProcessBuilder(space.entering(root, List.of("sh", "-c", script))).start();
      assertEquals("ready", reader.inputReader().readLine());
    }
    assertTrue(reader.waitFor(30, TimeUnit.SECONDS), "it got no error");
  }

  /** As a job is started: its first process has a process namespace of its own. */
  @Test
  void killingTheFirstProcessLeavesNoProcessAndNoMount() throws Exception {
    String mark = folder.getFileName().toString();
    String script = "echo x > f; echo ready; exec sleep 1000 # " + mark;
    Process unshare =
        new ProcessBuilder(
                "unshare",
                "--pid",
                "--mount",
                "--propagation=private",
                "--mount-proc",
                "--fork",
                "--kill-child=KILL",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                SpaceProcess.class.getName(),
                root.toString(),
                script)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertEquals("ready", unshare.inputReader().readLine());
    List<ProcessHandle> inside = unshare.descendants().toList();
    assertTrue(inside.size() >= 2, inside::toString);
    inside.getFirst().destroyForcibly();
    assertTrue(unshare.waitFor(30, TimeUnit.SECONDS), "unshare is still there");
    for (ProcessHandle process : inside) {
      process.onExit().get(30, TimeUnit.SECONDS);
    }
    assertFalse(isMounted(root));
    VirtualFileManager.open(root, options()).close();
    assertFalse(Files.exists(root.resolve("f")));
  }
}
