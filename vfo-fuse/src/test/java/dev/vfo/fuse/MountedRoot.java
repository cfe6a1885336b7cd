package dev.vfo.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vfo.Options;
import dev.vfo.VirtualFileManager;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A root that is managed and mounted elsewhere, with the programs that a test starts in it. */
final class MountedRoot implements AutoCloseable {
  /** The root, as it is without the step. */
  final Path home;

  /** Where programs see the step. */
  final Path mount;

  final VirtualFileManager files;
  private final FuseMount fuse;

  MountedRoot(Path folder) throws IOException {
    this(folder, Options.defaults(), MountOptions.defaults());
  }

  MountedRoot(Path folder, Options options, MountOptions mountOptions) throws IOException {
    PrivateMounts.enter();
    home = Files.createDirectories(folder.resolve("home"));
    mount = Files.createDirectories(folder.resolve("mount"));
    files = VirtualFileManager.open(home, options.withClock(FuseMount.clock()));
    fuse = FuseMount.mount(files, mount, mountOptions);
  }

  FuseMount fuse() {
    return fuse;
  }

  /** Makes a checkpoint of all that was written, and waits until it is at home. */
  void checkpoint() throws IOException {
    fuse.barrier();
    files.checkpoint(new byte[0]);
    files.awaitApplied();
  }

  /** Runs a shell script in the mount, which must succeed; returns what it printed. */
  String run(String script) throws IOException, InterruptedException {
    return run(mount, script);
  }

  /** The same in another folder. */
  static String run(Path folder, String script) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("sh", "-euc", script));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String output;
    try (var stream = process.getInputStream()) {
      output = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
    assertEquals(0, process.waitFor(), () -> script + ":\n" + output);
    return output;
  }

  @Override
  public void close() throws IOException {
    try {
      fuse.close();
    } finally {
      files.close();
    }
  }
}
