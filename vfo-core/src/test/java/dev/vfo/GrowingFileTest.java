package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.Operation;
import dev.vfo.testkit.SimulatedStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Files that only grow, past the layers. */
class GrowingFileTest {
  @TempDir Path folder;

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private static void assertErrno(Errno errno, Executable call) {
    assertEquals(errno, assertThrows(StorageException.class, call).errno());
  }

  private VirtualFileManager open() throws IOException {
    return VirtualFileManager.open(folder, Options.defaults());
  }

  private String home(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }

  @Test
  void whatIsAppendedIsThereAtOnceAndStays() throws Exception {
    try (VirtualFileManager files = open()) {
      EntryOperations entries = files.entries();
      files.tree().createDirectory("logs");
      files.checkpoint(new byte[] {1});
      files.awaitApplied();
      long logs = entries.lookup(entries.root(), Name.of("logs"));
      long log = entries.createGrowing(logs, Name.of("log"), entries.defaultOwner(0640));
      try (VirtualFile file = files.tree().open("logs/log", READ, APPEND)) {
        files.checkpoint(new byte[] {2});
        file.write(bytes("one "));
        files.tree().writeAll("file", new byte[1]);
        assertEquals("one ", home("logs/log"));
        files.rollback();
        file.write(bytes("two "));
        Files.writeString(folder.resolve("logs/log"), "three ", StandardOpenOption.APPEND);
        file.write(bytes("four"));
        assertEquals("one two three four", home("logs/log"));
        assertEquals("one two three four", new String(files.tree().readAll("logs/log"), UTF_8));
        assertEquals(18, entries.stat(log).sizeBytes());
        assertEquals(0640, entries.stat(log).mode());
      }
      assertEquals(2, files.checkpoint(new byte[] {2}).number(), "it is no change of the step");
    }
    try (VirtualFileManager files = open()) {
      assertEquals("one two three four", new String(files.tree().readAll("logs/log"), UTF_8));
    }
  }

  @Test
  void nothingElseChangesIt() throws Exception {
    Files.writeString(folder.resolve("log"), "old ");
    try (VirtualFileManager files = open()) {
      EntryOperations entries = files.entries();
      FileTree tree = files.tree();
      long log = entries.lookup(entries.root(), Name.of("log"));
      entries.setGrowing(log);
      assertErrno(Errno.EPERM, () -> tree.writeAll("log", new byte[1]));
      assertErrno(Errno.EPERM, () -> tree.truncate("log", 100));
      assertErrno(Errno.EPERM, () -> tree.chmod("log", 0600));
      assertErrno(Errno.EPERM, () -> tree.chown("log", 1, 1));
      assertErrno(Errno.EPERM, () -> tree.setTimes("log", 1, 1));
      assertErrno(Errno.EPERM, () -> tree.setXattr("log", "user.a", new byte[1]));
      assertErrno(Errno.EPERM, () -> tree.delete("log"));
      assertErrno(Errno.EPERM, () -> tree.rename("log", "other"));
      assertErrno(Errno.EPERM, () -> tree.link("log", "other"));
      tree.writeAll("mine", new byte[1]);
      for (RenameMode mode : new RenameMode[] {RenameMode.REPLACE, RenameMode.EXCHANGE}) {
        long root = entries.root();
        assertErrno(
            Errno.EPERM, () -> entries.rename(root, Name.of("mine"), root, Name.of("log"), mode));
      }
      try (VirtualFile file = tree.open("log", READ, WRITE)) {
        assertErrno(Errno.EPERM, () -> file.write(bytes("x"), 0));
        assertErrno(Errno.EPERM, () -> file.punchHole(0, 2));
        file.write(bytes("new"), 4);
      }
      assertEquals("old new", home("log"));
      entries.unpin(log, 1);
      files.checkpoint(new byte[] {1});
    }
    assertTrue(Files.exists(folder.resolve("mine")));
    assertEquals("old new", home("log"));
  }

  @Test
  void itNeedsWhatIsAppliedOnly() throws Exception {
    Files.writeString(folder.resolve("gone"), "old");
    try (VirtualFileManager files = open()) {
      EntryOperations entries = files.entries();
      files.tree().createDirectory("dir");
      files.tree().writeAll("file", new byte[1]);
      files.tree().delete("gone");
      long dir = entries.lookup(entries.root(), Name.of("dir"));
      long file = entries.lookup(entries.root(), Name.of("file"));
      NewEntry owner = entries.defaultOwner(0644);
      assertErrno(Errno.EBUSY, () -> entries.createGrowing(dir, Name.of("log"), owner));
      assertErrno(Errno.EBUSY, () -> entries.createGrowing(entries.root(), Name.of("gone"), owner));
      assertErrno(
          Errno.EEXIST, () -> entries.createGrowing(entries.root(), Name.of("file"), owner));
      assertErrno(Errno.EBUSY, () -> entries.setGrowing(file));
      assertErrno(Errno.EINVAL, () -> entries.setGrowing(dir));
      files.checkpoint(new byte[] {1});
      files.awaitApplied();
      entries.createGrowing(dir, Name.of("log"), owner);
      entries.createGrowing(entries.root(), Name.of("gone"), owner);
      entries.setGrowing(file);
    }
  }

  @Test
  void nothingGrowsBeforeWhatAnEarlierProcessPreparedIsDecided() throws Exception {
    Files.writeString(folder.resolve("log"), "old ");
    try (VirtualFileManager files = open()) {
      files.tree().writeAll("file", new byte[1]);
      files.prepare(files.seal(), "p", State.empty());
    }
    try (VirtualFileManager files = open()) {
      EntryOperations entries = files.entries();
      NewEntry owner = entries.defaultOwner(0644);
      entries.setGrowing(entries.lookup(entries.root(), Name.of("log")));
      try (VirtualFile log = files.tree().open("log", APPEND)) {
        assertErrno(Errno.EROFS, () -> log.write(bytes("new")));
        assertErrno(
            Errno.EROFS, () -> entries.createGrowing(entries.root(), Name.of("new"), owner));
        files.commit("p");
        log.write(bytes("new"));
      }
    }
    assertEquals("old new", home("log"));
    assertTrue(Files.notExists(folder.resolve("new")));
  }

  /** As a kernel: what there was room for. */
  @Test
  void aFullDiskTakesWhatItCan() throws Exception {
    SimulatedStorage disk = new SimulatedStorage();
    disk.makeDirectory(SampleRoot.ROOT);
    try (VirtualFileManager files = SampleRoot.open(disk)) {
      EntryOperations entries = files.entries();
      entries.createGrowing(entries.root(), Name.of("log"), entries.defaultOwner(0644));
      try (VirtualFile file = files.tree().open("log", APPEND)) {
        file.write(bytes("before "));
        disk.faults().add(Fault.error(Errno.ENOSPC).on(Operation.WRITE).atCall(1).forEver());
        assertErrno(Errno.ENOSPC, () -> file.write(bytes("lost")));
        disk.faults().clear();
        file.write(bytes("after"));
      }
      assertEquals("before after", new String(files.tree().readAll("log"), UTF_8));
    }
  }
}
