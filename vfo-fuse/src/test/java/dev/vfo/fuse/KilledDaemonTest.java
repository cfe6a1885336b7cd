package dev.vfo.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.Options;
import dev.vfo.VirtualFileManager;
import dev.vfo.storage.linux.Mounts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of who serves a mount: programs get an error, and the root has the last checkpoint. */
class KilledDaemonTest {
  private static final int KILLS = 8;

  @TempDir Path folder;

  private Path home;
  private Path mount;

  @BeforeEach
  void prepare() throws IOException {
    PrivateMounts.enter();
    home = Files.createDirectory(folder.resolve("home"));
    mount = Files.createDirectory(folder.resolve("mount"));
  }

  private static void requireSoon(Process process) throws InterruptedException {
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), "the process is still there");
  }

  @Test
  void programsGetAnErrorAtOnceAndTheMountCanBeTakenAway() throws Exception {
    Process daemon = JavaProcess.start(DaemonProcess.class, home, mount);
    assertEquals("mounted", daemon.inputReader().readLine());
    MountedRoot.run(mount, "echo before > f");
    Process reader =
        new ProcessBuilder("sh", "-c", "while cat f; do :; done")
            .directory(mount.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    daemon.destroyForcibly();
    requireSoon(daemon);
    requireSoon(reader);
    assertEquals(
        "Transport endpoint is not connected",
        MountedRoot.run(Path.of("/"), "LC_ALL=C ls '" + mount + "' 2>&1 || :")
            .strip()
            .replaceFirst("(?s).*: ", ""));
    Mounts.unmount(mount);
    assertEquals("", MountedRoot.run(mount, "ls -A"));
    VirtualFileManager.open(home, Options.defaults()).close();
    assertEquals(false, Files.exists(home.resolve("f")));
  }

  /** A program appends to two files in turn; killed anywhere, they are of one checkpoint. */
  @Test
  void theRootHasTheLastCheckpoint() throws Exception {
    Random random = new Random(3);
    for (int i = 0; i < KILLS; i++) {
      Process daemon = JavaProcess.start(DaemonProcess.class, home, mount);
      BufferedReader said = daemon.inputReader(StandardCharsets.UTF_8);
      assertEquals("mounted", said.readLine());
      MountedRoot.run(mount, "touch a b");
      String script =
          "next() { echo $(($(wc -l < $1) + 1)) >> $1; }; while next a && next b; do :; done";
      Process program =
          new ProcessBuilder("sh", "-c", script)
              .directory(mount.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      OutputStream ask = daemon.getOutputStream();
      for (int k = 0; k < 5; k++) {
        program.waitFor(random.nextInt(30), TimeUnit.MILLISECONDS);
        ask.write('\n');
        ask.flush();
        said.readLine();
      }
      // This one it may be killed in.
      ask.write('\n');
      ask.flush();
      daemon.waitFor(random.nextInt(20), TimeUnit.MILLISECONDS);
      daemon.destroyForcibly();
      requireSoon(daemon);
      requireSoon(program);
      Mounts.unmount(mount);
      requireWholeLines();
    }
  }

  private void requireWholeLines() throws IOException {
    VirtualFileManager.open(home, Options.defaults()).close();
    for (String name : new String[] {"a", "b"}) {
      List<String> lines = Files.readString(home.resolve(name)).lines().toList();
      for (int i = 0; i < lines.size(); i++) {
        assertEquals(Integer.toString(i + 1), lines.get(i), name);
      }
    }
  }
}
