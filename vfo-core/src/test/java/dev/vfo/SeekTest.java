package dev.vfo;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.LinuxStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Data and holes of files, through layers and home, and the space of the file system. */
class SeekTest {
  private static final int BLOCK = 4096;
  private static final int MOST_BYTES = 40 * BLOCK;

  @TempDir Path folder;

  private static void assertErrno(Errno errno, Executable call) {
    assertEquals(errno, assertThrows(StorageException.class, call).errno());
  }

  private static void write(VirtualFile file, long at, int length) throws IOException {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 7);
    file.write(ByteBuffer.wrap(bytes), at);
  }

  @Test
  void dataIsWhatWasWritten() throws Exception {
    try (VirtualFileManager files = VirtualFileManager.open(folder, Options.defaults());
        VirtualFile file = files.tree().open("file", READ, WRITE, CREATE)) {
      assertErrno(Errno.ENXIO, () -> file.nextData(0));
      assertErrno(Errno.ENXIO, () -> file.nextHole(0));
      file.truncate(100 * BLOCK);
      assertErrno(Errno.ENXIO, () -> file.nextData(0));
      assertEquals(5, file.nextHole(5));
      write(file, 10 * BLOCK + 5, 100);
      for (int i = 0; i < 2; i++) {
        long data = file.nextData(0);
        assertTrue(data > 0 && data <= 10 * BLOCK + 5, "data at " + data);
        assertEquals(10 * BLOCK + 50, file.nextData(10 * BLOCK + 50));
        long hole = file.nextHole(data);
        assertTrue(hole >= 10 * BLOCK + 105 && hole <= 11 * BLOCK, "hole at " + hole);
        assertErrno(Errno.ENXIO, () -> file.nextData(50 * BLOCK));
        assertErrno(Errno.ENXIO, () -> file.nextHole(100 * BLOCK));
        assertErrno(Errno.ENXIO, () -> file.nextHole(-1));
        files.checkpoint(State.empty());
        files.awaitApplied();
      }
      write(file, 100 * BLOCK - 1, 1);
      assertEquals(100 * BLOCK, file.nextHole(100 * BLOCK - 1), "the end is one");
      long root = files.entries().root();
      try (VirtualFile directory = files.entries().open(root, OpenFlag.DIRECTORY, false)) {
        assertErrno(Errno.EINVAL, () -> directory.nextData(0));
      }
    }
  }

  /** What is said to be a hole is zeros, and the parts follow one another to the end. */
  @Test
  void holesAreZerosAndPartsCoverTheFile() throws Exception {
    Random random = new Random(6);
    Options options = Options.defaults().withExecutor(task -> {}).withMemoryBytes(64 << 10);
    try (VirtualFileManager files = VirtualFileManager.open(folder, options);
        VirtualFile file = files.tree().open("file", READ, WRITE, CREATE)) {
      int holes = 0;
      for (int i = 0; i < 400; i++) {
        switch (random.nextInt(8)) {
          case 0 -> file.truncate(random.nextInt(MOST_BYTES));
          case 1 -> files.checkpoint(State.of(new byte[] {(byte) i, (byte) (i >> 8)}));
          case 2 -> files.doBackgroundWork();
          case 3 -> file.punchHole(random.nextInt(MOST_BYTES), 1 + random.nextInt(9 * BLOCK));
          case 4 ->
              file.zeroRange(random.nextInt(MOST_BYTES), 1 + random.nextInt(3 * BLOCK), false);
          default -> write(file, random.nextInt(MOST_BYTES), 1 + random.nextInt(3 * BLOCK));
        }
        holes += check(file, random);
      }
      assertTrue(holes > 100, "holes: " + holes);
      files.checkpoint(State.of(new byte[] {1, 2, 3}));
      files.awaitApplied();
      assertAsTheKernel(file);
    }
  }

  private interface Seek {
    long from(long offset) throws IOException;
  }

  private static long found(Seek seek, long offset) throws IOException {
    try {
      return seek.from(offset);
    } catch (StorageException e) {
      assertEquals(Errno.ENXIO, e.errno());
      return -1;
    }
  }

  /** Without layers it is what lseek says of the file. */
  private void assertAsTheKernel(VirtualFile file) throws IOException {
    LinuxStorage kernel = new LinuxStorage();
    int root = kernel.openRoot(folder);
    int fd = kernel.open(root, Name.of("file"), OpenFlag.READ, 0);
    try {
      for (long i = 0; i <= file.size() + 1; i += 511) {
        assertEquals(
            found(at -> kernel.seekData(fd, at), i), found(file::nextData, i), "data " + i);
        assertEquals(
            found(at -> kernel.seekHole(fd, at), i), found(file::nextHole, i), "hole " + i);
      }
    } finally {
      kernel.close(fd);
      kernel.close(root);
    }
  }

  private static int check(VirtualFile file, Random random) throws IOException {
    byte[] content = new byte[(int) file.size()];
    if (content.length == 0) {
      return 0;
    }
    assertEquals(content.length, file.read(ByteBuffer.wrap(content), 0));
    int holes = 0;
    long at = random.nextInt(content.length);
    while (at < content.length) {
      long hole = file.nextHole(at);
      assertTrue(hole >= at && hole <= content.length);
      if (hole == content.length) {
        break;
      }
      long data = dataFrom(file, hole, content.length);
      assertTrue(data > hole, "a hole of no length at " + hole);
      for (long i = hole; i < data; i++) {
        assertEquals(0, content[(int) i], "byte " + i);
      }
      holes++;
      at = data;
    }
    return holes;
  }

  private static long dataFrom(VirtualFile file, long hole, long size) throws IOException {
    try {
      return file.nextData(hole);
    } catch (StorageException e) {
      assertEquals(Errno.ENXIO, e.errno());
      return size;
    }
  }

  @Test
  void whatIsPunchedGivesItsSpaceBack() throws Exception {
    try (VirtualFileManager files = VirtualFileManager.open(folder, Options.defaults())) {
      files.tree().writeAll("file", new byte[] {1});
      try (VirtualFile file = files.tree().open("file", READ, WRITE)) {
        write(file, 0, 100 * BLOCK);
        files.checkpoint(State.of(new byte[] {1}));
        file.punchHole(3, 100 * BLOCK);
        file.zeroRange(200 * BLOCK, BLOCK, false);
        assertEquals(201 * BLOCK, file.size());
        assertEquals(BLOCK, file.nextHole(0));
        assertErrno(Errno.EINVAL, () -> file.punchHole(-1, 5));
        assertErrno(Errno.EINVAL, () -> file.punchHole(0, 0));
        files.checkpoint(State.of(new byte[] {2}));
        files.awaitApplied();
      }
    }
    byte[] expected = new byte[201 * BLOCK];
    Arrays.fill(expected, 0, 3, (byte) 7);
    assertArrayEquals(expected, Files.readAllBytes(folder.resolve("file")));
    LinuxStorage kernel = new LinuxStorage();
    int root = kernel.openRoot(folder);
    int fd = kernel.open(root, Name.of("file"), OpenFlag.READ, 0);
    assertEquals(BLOCK, kernel.seekHole(fd, 0));
    assertEquals(-1, kernel.seekData(fd, BLOCK));
    kernel.close(fd);
    kernel.close(root);
  }

  @Test
  void theSpaceIsThatOfTheFileSystem() throws Exception {
    try (VirtualFileManager files = VirtualFileManager.open(folder, Options.defaults())) {
      FileSystemSpace space = files.tree().fileSystem();
      FileStore store = Files.getFileStore(folder);
      assertEquals(store.getTotalSpace(), space.totalBytes());
      assertEquals(store.getBlockSize(), space.blockBytes());
      assertTrue(space.availableBytes() > 0 && space.availableBytes() <= space.totalBytes());
      assertTrue(space.freeFiles() > 0 && space.freeFiles() <= space.totalFiles());
      assertEquals(255, space.maxNameBytes());
    }
  }
}
