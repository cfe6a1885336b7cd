package dev.vfo;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps several times as large as memory, on the real disk, beside plain files. */
class SpillOnDiskTest {
  private static final long MEMORY_BYTES = 1 << 20;
  private static final int FILE_BYTES = 8 << 20;
  private static final int WRITES = 1500;
  private static final int STEPS = 3;

  @TempDir Path folder;

  private VirtualFileManager open() throws IOException {
    return VirtualFileManager.open(
        folder.resolve("root"), Options.defaults().withMemoryBytes(MEMORY_BYTES));
  }

  private List<Path> spills() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("root/.vfo/stage"))) {
      return files.filter(file -> file.toString().endsWith(".spill")).toList();
    }
  }

  /** The same random writes to a virtual and to a plain file. */
  private static void write(VirtualFile file, FileChannel plain, Random random) throws IOException {
    for (int i = 0; i < WRITES; i++) {
      byte[] piece = new byte[1 + random.nextInt(random.nextInt(10) == 0 ? 300_000 : 9_000)];
      random.nextBytes(piece);
      long at = random.nextInt(FILE_BYTES - piece.length);
      file.write(ByteBuffer.wrap(piece), at);
      plain.write(ByteBuffer.wrap(piece), at);
      if (i % 100 == 50) {
        long size = random.nextInt(FILE_BYTES);
        if (size < file.size()) {
          file.truncate(size);
          plain.truncate(size);
        }
      }
    }
  }

  private static void assertSame(Path expected, VirtualFileManager files, String name)
      throws IOException {
    byte[] bytes = Files.readAllBytes(expected);
    try (VirtualFile file = files.tree().open(name, READ)) {
      assertEquals(bytes.length, file.size());
      ByteBuffer target = ByteBuffer.allocateDirect(bytes.length);
      file.read(target, 0);
      assertEquals(ByteBuffer.wrap(bytes), target.flip(), name);
    }
  }

  @Test
  void randomOverwritesAreThoseOfAPlainFile() throws IOException {
    Files.createDirectory(folder.resolve("root"));
    Path plain = folder.resolve("plain");
    try (VirtualFileManager files = open();
        VirtualFile file = files.tree().open("a", CREATE, READ, WRITE);
        FileChannel other = FileChannel.open(plain, CREATE, WRITE)) {
      for (int step = 0; step < STEPS; step++) {
        write(file, other, new Random(step));
        assertTrue(files.status().memoryBytes() <= MEMORY_BYTES + 4096, files.status()::toString);
        assertEquals(1, spills().size());
        assertSame(plain, files, "a");
        files.checkpoint(new byte[] {(byte) step});
        assertSame(plain, files, "a");
        files.awaitApplied();
        assertEquals(-1, Files.mismatch(plain, folder.resolve("root/a")));
        assertEquals(List.of(), spills());
      }
    }
  }

  @Test
  void rollbackGivesTheSpaceBack() throws IOException {
    Files.createDirectory(folder.resolve("root"));
    try (VirtualFileManager files = open()) {
      files.tree().writeAll("a", new byte[FILE_BYTES]);
      assertTrue(Files.size(spills().getFirst()) >= FILE_BYTES - MEMORY_BYTES);
      files.rollback();
      assertEquals(List.of(), spills());
      assertEquals(0, files.status().memoryBytes());
    }
  }

  /** Several writers take each other's blocks out of memory, with checkpoints between. */
  @Test
  void threadsShareTheBudget() throws Exception {
    Files.createDirectory(folder.resolve("root"));
    try (VirtualFileManager files = open();
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        String name = "file" + thread;
        int seed = thread;
        running.add(
            threads.submit(() -> {
              try (VirtualFile file = files.tree().open(name, CREATE, READ, WRITE);
                  FileChannel plain = FileChannel.open(folder.resolve(name), CREATE, WRITE)) {
                write(file, plain, new Random(seed));
                return null;
              }
            }));
      }
      for (int i = 0; i < 5; i++) {
        files.checkpoint(new byte[] {(byte) i});
      }
      for (Future<?> each : running) {
        each.get();
      }
      for (int thread = 0; thread < 4; thread++) {
        assertSame(folder.resolve("file" + thread), files, "file" + thread);
      }
      files.checkpoint(new byte[] {77});
      files.awaitApplied();
      for (int thread = 0; thread < 4; thread++) {
        String name = "file" + thread;
        assertEquals(-1, Files.mismatch(folder.resolve(name), folder.resolve("root/" + name)));
      }
    }
  }
}
