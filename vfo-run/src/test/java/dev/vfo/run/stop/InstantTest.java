package dev.vfo.run.stop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.vfo.Options;
import dev.vfo.SealedStep;
import dev.vfo.State;
import dev.vfo.VirtualFileManager;
import dev.vfo.fuse.FuseMount;
import dev.vfo.fuse.MountOptions;
import dev.vfo.storage.linux.Mounts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint of a program that writes all the time is of one instant. */
class InstantTest {
  private static final int CHECKPOINTS = 30;

  @TempDir Path folder;

  private Path home;
  private Path mount;

  @BeforeEach
  void prepare() throws IOException {
    Mounts.unshare();
    home = Files.createDirectory(folder.resolve("home"));
    mount = Files.createDirectory(folder.resolve("mount"));
  }

  private interface GroupMaker {
    Optional<Cgroup> make(String name) throws IOException;
  }

  /** How often a checkpoint had a number in B that A did not have. */
  private int torn(GroupMaker maker, boolean stops) throws Exception {
    Cgroup group =
        maker
            .make("test-" + ProcessHandle.current().pid())
            .orElseGet(() -> abort("no freezer of this version, or no right to use it"));
    int torn = 0;
    try (VirtualFileManager files = VirtualFileManager.open(home, Options.defaults());
        FuseMount fuse = FuseMount.mount(files, mount, MountOptions.defaults())) {
      Process program = start(group);
      try {
        Stopper stopper = group.stopper();
        for (int i = 0; i < CHECKPOINTS; i++) {
          SealedStep step = stops ? seal(stopper, fuse, files) : seal(fuse, files);
          files.commit(step, State.empty());
          files.awaitApplied();
          torn += tornPairs();
        }
      } finally {
        program.destroyForcibly().waitFor();
      }
    } finally {
      group.close();
    }
    return torn;
  }

  private static SealedStep seal(Stopper stopper, FuseMount fuse, VirtualFileManager files)
      throws IOException {
    stopper.stop();
    try {
      return seal(fuse, files);
    } finally {
      stopper.resume();
    }
  }

  private static SealedStep seal(FuseMount fuse, VirtualFileManager files) throws IOException {
    fuse.barrier();
    return files.seal();
  }

  private Process start(Cgroup group) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process program =
        new ProcessBuilder(
                "sh",
                "-c",
                "echo 0 > '" + group.processes() + "' && exec \"$@\"",
                "sh",
                java,
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                CountingProgram.class.getName(),
                mount.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertEquals("counting", program.inputReader().readLine());
    return program;
  }

  private int tornPairs() throws IOException {
    int torn = 0;
    for (String pair : List.of("written", "mapped")) {
      long a = number(pair + "-a");
      long b = number(pair + "-b");
      torn += a < b || a > b + 1 ? 1 : 0;
    }
    return torn;
  }

  private long number(String name) throws IOException {
    byte[] content = Files.readAllBytes(home.resolve(name));
    return content.length < Long.BYTES ? 0 : ByteBuffer.wrap(content).getLong();
  }

  @Test
  void withTheFreezerOfVersion2() throws Exception {
    assertEquals(0, torn(Cgroup::makeV2, true));
  }

  @Test
  void withTheFreezerOfVersion1() throws Exception {
    assertEquals(0, torn(Cgroup::makeV1, true));
  }

  /** The tests above would see a stop that does not stop. */
  @Test
  void withoutAStopItIsNot() throws Exception {
    int torn = torn(Cgroup::make, false);
    assertTrue(torn > 0, torn + " torn pairs");
  }
}
