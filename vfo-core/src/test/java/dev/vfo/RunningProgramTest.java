package dev.vfo;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program that runs while a checkpoint changes its file. The kernel lets nobody write to it
 * (ETXTBSY) until it ends.
 */
class RunningProgramTest {
  private static final Path SLEEP = Path.of("/bin/sleep");
  private static final Options OPTIONS = Options.defaults().withExecutor(task -> {});

  @TempDir Path root;

  private Path program;
  private @Nullable Process running;

  @BeforeEach
  void make() throws IOException {
    program = root.resolve("program");
    Files.copy(SLEEP.toRealPath(), program);
    assertTrue(program.toFile().setExecutable(true));
  }

  private void start() throws IOException {
    running = new ProcessBuilder(program.toString(), "600").start();
  }

  @AfterEach
  void end() throws InterruptedException {
    Process process = running;
    if (process != null) {
      process.destroyForcibly();
      process.waitFor();
      running = null;
    }
  }

  private static void assertBusy(Executable call) {
    assertEquals(Errno.ETXTBSY, assertThrows(StorageException.class, call).errno());
  }

  @Test
  void itsFileIsNotOpenedForWriting() throws Exception {
    start();
    try (VirtualFileManager files = VirtualFileManager.open(root, OPTIONS)) {
      assertBusy(() -> files.tree().open("program", READ, WRITE));
      assertBusy(() -> files.tree().truncate("program", 10));
      files.tree().open("program", READ).close();
      files.tree().chmod("program", 0700);
      end();
      files.tree().open("program", READ, WRITE).close();
    }
  }

  /** It was started when the step had it open already. */
  @Test
  void itsFileIsPatchedWhenItHasEnded() throws Exception {
    byte[] before = Files.readAllBytes(program);
    try (VirtualFileManager files = VirtualFileManager.open(root, OPTIONS)) {
      try (VirtualFile file = files.tree().open("program", READ, WRITE)) {
        start();
        file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), file.size());
      }
      files.checkpoint(State.empty());
      StuckApplyException e = assertThrows(StuckApplyException.class, files::awaitApplied);
      assertTrue(String.valueOf(e.getMessage()).contains("program"), e::getMessage);
      String stuck = files.status().stuck().orElseThrow();
      assertTrue(stuck.contains("ETXTBSY") && stuck.contains("program"), stuck);
      assertEquals(before.length + 3, files.tree().stat("program").sizeBytes());
      assertArrayEquals(before, Files.readAllBytes(program));
      end();
      files.awaitApplied();
      assertFalse(files.status().stuck().isPresent());
    }
    byte[] after = Files.readAllBytes(program);
    assertEquals(before.length + 3, after.length);
  }

  /** As installers do it: the running program keeps its own file. */
  @Test
  void itsFileIsReplacedWhileItRuns() throws Exception {
    start();
    try (VirtualFileManager files = VirtualFileManager.open(root, OPTIONS)) {
      files.tree().writeAll("new", new byte[] {1});
      files.tree().rename("new", "program");
      files.checkpoint(State.empty());
      files.awaitApplied();
    }
    assertArrayEquals(new byte[] {1}, Files.readAllBytes(program));
    Process process = running;
    assertTrue(process != null && process.isAlive());
  }
}
