package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.vfo.Descriptors.Whence;
import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The descriptor table on the real disk, and the three programs of the paper that VFO is made
 * after: each does wrong when only its memory goes back to the checkpoint (FARE, FARW, FAD).
 */
class DescriptorsTest {
  @TempDir Path folder;

  private VirtualFileManager open() throws IOException {
    return VirtualFileManager.open(folder, Options.defaults());
  }

  private void write(String content) throws IOException {
    Files.writeString(folder.resolve("example"), content);
  }

  private String home() throws IOException {
    return Files.readString(folder.resolve("example"));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private static String read(Descriptors open, int descriptor, int count) throws IOException {
    ByteBuffer target = ByteBuffer.allocate(count);
    open.read(descriptor, target);
    return new String(target.array(), 0, target.position(), UTF_8);
  }

  private interface Program {
    /** The step between two checkpoints. */
    void step(Descriptors open) throws IOException;
  }

  /**
   * Runs a step of a program that fails before its next checkpoint, as a crash and as a rollback,
   * and then the same step to its end.
   */
  private void runWithFailures(Program program) throws IOException {
    String before = home();
    try (VirtualFileManager files = open()) {
      files.checkpoint(new byte[1]);
      program.step(files.descriptors());
      files.rollback();
      program.step(files.descriptors());
      // And here the process ends.
    }
    assertEquals(before, home());
    try (VirtualFileManager files = open()) {
      program.step(files.descriptors());
      files.checkpoint(new byte[2]);
    }
  }

  /** File append re-execution: the block would stand twice. */
  @Test
  void anAppendThatIsExecutedAgainStandsOnce() throws IOException {
    write("before ");
    runWithFailures(open -> {
      int example = open.open("example", WRITE, APPEND);
      open.write(example, bytes("block"));
      open.close(example);
    });
    assertEquals("before block", home());
  }

  /** File read and write: the second read would see what the first try has written. */
  @Test
  void aReadThatIsExecutedAgainSeesTheCheckpoint() throws IOException {
    write("1");
    runWithFailures(open -> {
      int example = open.open("example", READ, WRITE);
      int value = Integer.parseInt(read(open, example, 10));
      open.seek(example, 0, Whence.SET);
      open.write(example, bytes(Integer.toString(value + 1)));
      open.close(example);
    });
    assertEquals("2", home());
  }

  /** File deletion: the second open would fail. */
  @Test
  void aFileThatWasDeletedCanBeOpenedAgain() throws IOException {
    write("content");
    runWithFailures(open -> {
      int example = open.open("example", READ);
      assertEquals("content", read(open, example, 10));
      open.close(example);
      open.unlink("example");
    });
    assertFalse(Files.exists(folder.resolve("example")));
  }

  private static void assertErrno(Errno errno, org.junit.jupiter.api.function.Executable call) {
    assertEquals(errno, assertThrows(StorageException.class, call).errno());
  }

  @Test
  void numbersAreTheLowestThatAreFree() throws IOException {
    try (VirtualFileManager files = open()) {
      Descriptors open = files.descriptors();
      for (int i = 0; i < 4; i++) {
        assertEquals(i, open.open("f" + i, READ, WRITE, CREATE));
      }
      open.close(1);
      open.close(2);
      assertEquals(1, open.dup(3));
      assertEquals(2, open.open("f0"));
      assertEquals(9, open.dup2(0, 9));
      assertEquals(4, open.dup(9));
      assertEquals(Set.of(0, 1, 2, 3, 4, 9), open.open());
    }
  }

  @Test
  void sharedOffsetsMoveTogetherAndLiveUntilTheLastIsClosed() throws IOException {
    try (VirtualFileManager files = open()) {
      Descriptors open = files.descriptors();
      int first = open.open("f", READ, WRITE, CREATE);
      int second = open.dup(first);
      open.write(first, bytes("abcdef"));
      assertEquals(6, open.seek(second, 0, Whence.CURRENT));
      assertEquals(2, open.seek(second, -4, Whence.END));
      assertEquals("cd", read(open, first, 2));
      open.close(first);
      assertEquals("ef", read(open, second, 9));
      assertEquals(-1, open.read(second, ByteBuffer.allocate(1)));
      // Closes what the target was.
      int other = open.open("g", WRITE, CREATE);
      open.dup2(second, other);
      assertEquals(6, open.seek(other, 0, Whence.CURRENT));
      assertEquals(other, open.dup2(other, other));
      assertEquals(6, open.seek(other, 0, Whence.CURRENT));
    }
  }

  @Test
  void errorsAreThoseOfLinux() throws IOException {
    try (VirtualFileManager files = open()) {
      Descriptors open = files.descriptors();
      assertErrno(Errno.ENOENT, () -> open.open("f", READ));
      files.tree().createDirectory("d");
      assertErrno(Errno.EISDIR, () -> open.open("d", READ));
      int reader = open.open("f", WRITE, CREATE);
      assertEquals(0, reader);
      assertErrno(Errno.EBADF, () -> open.read(reader, ByteBuffer.allocate(1)));
      assertErrno(Errno.EBADF, () -> open.write(1, ByteBuffer.allocate(1)));
      assertErrno(Errno.EBADF, () -> open.close(1));
      assertErrno(Errno.EBADF, () -> open.dup(1));
      assertErrno(Errno.EBADF, () -> open.dup2(0, -1));
      assertErrno(Errno.EBADF, () -> open.dup2(0, Descriptors.MAX_DESCRIPTORS));
      assertErrno(Errno.EINVAL, () -> open.seek(reader, -1, Whence.SET));
      open.seek(reader, 5, Whence.SET);
      assertErrno(Errno.EOVERFLOW, () -> open.seek(reader, Long.MAX_VALUE, Whence.CURRENT));
      assertEquals(5, open.seek(reader, 0, Whence.CURRENT));
    }
  }

  @Test
  void anOffsetIsAChange() throws IOException {
    try (VirtualFileManager files = open()) {
      int f = files.descriptors().open("f", WRITE, CREATE);
      assertEquals(1, files.checkpoint(new byte[1]).number());
      assertEquals(1, files.checkpoint(new byte[1]).number());
      files.descriptors().seek(f, 3, Whence.SET);
      assertEquals(2, files.checkpoint(new byte[1]).number());
    }
    try (VirtualFileManager files = open()) {
      assertEquals(3, files.descriptors().seek(0, 0, Whence.CURRENT));
      assertEquals(2, files.checkpoint(new byte[1]).number());
    }
  }

  /** The table of a sealed step is that of its end, not that of the commit. */
  @Test
  void aSealedStepHasItsOwnTable() throws IOException {
    try (VirtualFileManager files = open()) {
      Descriptors open = files.descriptors();
      int f = open.open("f", READ, WRITE, CREATE);
      open.write(f, bytes("one"));
      SealedStep sealed = files.seal();
      open.write(f, bytes("two"));
      open.close(f);
      files.tree().delete("f");
      files.commit(sealed, State.empty());
      files.rollback();
      assertEquals(3, open.seek(f, 0, Whence.END));
      assertEquals("one", new String(files.tree().readAll("f"), UTF_8));
    }
    try (VirtualFileManager files = open()) {
      assertEquals(3, files.descriptors().seek(0, 0, Whence.CURRENT));
    }
  }

  @Test
  void aFileThatSomebodyTookAwayIsStaleUntilItIsClosed() throws IOException {
    write("content");
    try (VirtualFileManager files = open()) {
      files.descriptors().open("example", READ);
      files.descriptors().dup(0);
      files.checkpoint(new byte[1]);
    }
    Files.delete(folder.resolve("example"));
    for (int checkpoint = 1; checkpoint <= 2; checkpoint++) {
      try (VirtualFileManager files = open()) {
        Descriptors open = files.descriptors();
        assertEquals(Set.of(0, 1), open.open());
        StorageException stale =
            assertThrows(StorageException.class, () -> open.read(1, ByteBuffer.allocate(1)));
        assertEquals(Errno.ESTALE, stale.errno());
        assertEquals(true, String.valueOf(stale.getMessage()).contains("example"));
        files.checkpoint(new byte[2]);
      }
    }
    try (VirtualFileManager files = open()) {
      files.descriptors().close(0);
      files.descriptors().close(1);
      files.checkpoint(new byte[3]);
    }
    try (VirtualFileManager files = open()) {
      assertEquals(Set.of(), files.descriptors().open());
      assertEquals(List.of(), files.tree().list("/").stream().toList());
    }
  }
}
