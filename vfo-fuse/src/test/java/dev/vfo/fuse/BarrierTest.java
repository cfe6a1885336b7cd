package dev.vfo.fuse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.Options;
import dev.vfo.storage.linux.Mounts;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a running program has written, and the kernel still keeps, is part of the checkpoint. */
class BarrierTest {
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  /** A program that has written, says so, and holds its files open. */
  private static final class Holding implements AutoCloseable {
    private final Process process;

    Holding(MountedRoot root, String script) throws IOException {
      String program = script + "\nprint('ready', flush=True)\ninput()\n";
      process =
          new ProcessBuilder("python3", "-c", program)
              .directory(root.mount.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
      assertEquals("ready", output.readLine());
    }

    @Override
    public void close() throws IOException {
      process.getOutputStream().close();
      process.onExit().join();
    }
  }

  private static byte[] full(int size) {
    byte[] content = new byte[size];
    Arrays.fill(content, (byte) 'x');
    return content;
  }

  @Test
  void writtenPagesAreBroughtIn() throws Exception {
    String script =
        """
        f = open('f', 'wb', buffering=0)
        f.write(b'x' * (5 << 20))
        """;
    try (MountedRoot root = new MountedRoot(folder);
        Holding _ = new Holding(root, script)) {
      root.checkpoint();
      assertArrayEquals(full(5 * MIB), Files.readAllBytes(root.home.resolve("f")));
    }
  }

  @Test
  void mappedPagesAreBroughtInAlsoOfAFileThatIsClosed() throws Exception {
    String script =
        """
        import mmap
        f = open('f', 'wb+')
        f.truncate(1 << 20)
        m = mmap.mmap(f.fileno(), 1 << 20)
        f.close()
        m[:] = b'x' * (1 << 20)
        """;
    try (MountedRoot root = new MountedRoot(folder);
        Holding _ = new Holding(root, script)) {
      root.checkpoint();
      assertArrayEquals(full(MIB), Files.readAllBytes(root.home.resolve("f")));
    }
  }

  @Test
  void filesWithoutANameAreNoObstacle() throws Exception {
    String script =
        """
        import os
        f = open('f', 'wb', buffering=0)
        f.write(b'x' * (1 << 20))
        os.unlink('f')
        g = open('g', 'wb', buffering=0)
        g.write(b'x' * (1 << 20))
        os.rename('g', 'h')
        """;
    try (MountedRoot root = new MountedRoot(folder);
        Holding _ = new Holding(root, script)) {
      root.checkpoint();
      assertFalse(Files.exists(root.home.resolve("f")));
      assertArrayEquals(full(MIB), Files.readAllBytes(root.home.resolve("h")));
    }
  }

  @Test
  void itWorksFromAnyMountNamespace() throws Exception {
    String script =
        """
        f = open('f', 'wb', buffering=0)
        f.write(b'x' * (1 << 20))
        """;
    PrivateMounts.enter();
    try (ExecutorService outside = Executors.newSingleThreadExecutor()) {
      // Its namespace is a copy that was made before the mount.
      outside
          .submit(() -> {
            Mounts.unshare();
            return true;
          })
          .get();
      try (MountedRoot root = new MountedRoot(folder);
          Holding _ = new Holding(root, script)) {
        assertEquals("", MountedRoot.run(root.home, "ls"));
        outside
            .submit(() -> {
              root.checkpoint();
              return true;
            })
            .get();
        assertArrayEquals(full(MIB), Files.readAllBytes(root.home.resolve("f")));
      }
    }
  }

  /** What a program has mapped and let go of, and there was no room for, nobody would miss. */
  @Test
  void afterALossThereIsNoCheckpoint() throws Exception {
    PrivateMounts.enter();
    Path home = Files.createDirectories(folder.resolve("home"));
    Mounts.mount("tmpfs", home, "tmpfs", "size=24m");
    String script =
        """
        import mmap
        f = open('f', 'wb+')
        f.truncate(64 << 20)
        m = mmap.mmap(f.fileno(), 64 << 20)
        f.close()
        for at in range(0, 64 << 20, 4096): m[at] = 1
        m.close()
        """;
    Options options = Options.defaults().withMemoryBytes(4 << 20);
    try (MountedRoot root = new MountedRoot(folder, options, MountOptions.defaults())) {
      try (Holding _ = new Holding(root, script)) {
        IOException lost = assertThrows(IOException.class, root.fuse()::barrier);
        assertTrue(lost.getMessage().contains("lost"), lost::getMessage);
      }
      assertThrows(IOException.class, root.fuse()::barrier);
    } finally {
      Mounts.unmount(home);
    }
  }

  /** The tests above would see a barrier that does nothing. */
  @Test
  void withoutItTheCheckpointLacksThem() throws Exception {
    String script =
        """
        f = open('f', 'wb', buffering=0)
        f.write(b'x' * (1 << 20))
        """;
    try (MountedRoot root = new MountedRoot(folder);
        Holding _ = new Holding(root, script)) {
      root.files.checkpoint(new byte[0]);
      root.files.awaitApplied();
      assertEquals(0, Files.size(root.home.resolve("f")));
      root.checkpoint();
      assertEquals(MIB, Files.size(root.home.resolve("f")));
    }
  }

  @Test
  void timesOfModificationAreThoseOfTheWrite() throws Exception {
    String script =
        """
        import os
        f = open('f', 'wb', buffering=0)
        f.write(b'x')
        os.utime('f', ns=(1, 987654321_123456789))
        """;
    try (MountedRoot root = new MountedRoot(folder);
        Holding _ = new Holding(root, script)) {
      root.checkpoint();
      assertEquals("987654321.123456789", MountedRoot.run(root.home, "stat -c %.9Y f").strip());
    }
  }
}
