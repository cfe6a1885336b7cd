package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.LinuxStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a kernel's cache above writes back, and asks of numbers and blocks, on the real disk. */
class WriteBackTest {
  private static final String CAPABILITY = "security.capability";
  private static final byte[] BIND =
      HexFormat.of().parseHex("0100000200040000000000000000000000000000");
  private static final long LONG_AGO = 987_654_321_123_456_789L;
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  private static void writeBack(FileTree tree, String path, String text) throws IOException {
    try (VirtualFile file = tree.open(path, StandardOpenOption.WRITE)) {
      assertEquals(text.length(), file.writeBack(ByteBuffer.wrap(text.getBytes(UTF_8)), 0));
    }
  }

  private static void apply(VirtualFileManager files) throws IOException {
    files.checkpoint(State.empty());
    files.awaitApplied();
  }

  @Test
  void theTimeOfModificationStaysAndIsSetAtHome() throws IOException {
    try (VirtualFileManager files = VirtualFileManager.open(folder, Options.defaults())) {
      FileTree tree = files.tree();
      tree.writeAll("old", "old content".getBytes(UTF_8));
      tree.setTimes("old", FileStat.OMIT_TIME, LONG_AGO);
      apply(files);
      writeBack(tree, "old", "new");
      assertEquals(LONG_AGO, tree.stat("old").modifyNanos());
      apply(files);
      assertEquals("new content", Files.readString(folder.resolve("old")));
      assertEquals(LONG_AGO, tree.stat("old").modifyNanos());
    }
    try (VirtualFileManager files = VirtualFileManager.open(folder, Options.defaults())) {
      assertEquals(LONG_AGO, files.tree().stat("old").modifyNanos());
    }
  }

  @Test
  void setIdBitsAndCapabilitiesStay() throws IOException {
    assumeTrue(new LinuxStorage().effectiveUid() == 0, "only user 0 gives capabilities");
    try (VirtualFileManager files = VirtualFileManager.open(folder, Options.defaults())) {
      FileTree tree = files.tree();
      tree.writeAll("program", "x".getBytes(UTF_8));
      tree.chmod("program", 06755);
      tree.setXattr("program", CAPABILITY, BIND);
      writeBack(tree, "program", "y");
      assertArrayEquals(BIND, tree.getXattr("program", CAPABILITY));
      apply(files);
      writeBack(tree, "program", "z");
      apply(files);
      assertArrayEquals(BIND, tree.getXattr("program", CAPABILITY));
      assertEquals(06755, tree.stat("program").mode());
      writeBack(tree, "program", "1");
      tree.writeAll("program", "2".getBytes(UTF_8));
      assertErrno(Errno.ENODATA, () -> tree.getXattr("program", CAPABILITY));
    }
    try (VirtualFileManager files = VirtualFileManager.open(folder, Options.defaults())) {
      assertArrayEquals(BIND, files.tree().getXattr("program", CAPABILITY));
      assertEquals(06755, files.tree().stat("program").mode());
    }
  }

  private interface Call {
    void run() throws IOException;
  }

  private static void assertErrno(Errno errno, Call call) {
    assertEquals(errno, assertThrows(StorageException.class, call::run).errno());
  }

  @Test
  void parentsAreFoundByNumber() throws IOException {
    try (VirtualFileManager files = VirtualFileManager.open(folder, Options.defaults())) {
      EntryOperations entries = files.entries();
      FileTree tree = files.tree();
      tree.createDirectories("a/b");
      tree.writeAll("a/f", new byte[0]);
      long a = tree.stat("a").number();
      long b = tree.stat("a/b").number();
      assertEquals(a, entries.lookupParent(b));
      assertEquals(entries.root(), entries.lookupParent(a));
      assertEquals(entries.root(), entries.lookupParent(entries.root()));
      assertErrno(Errno.ENOTDIR, () -> entries.lookupParent(tree.stat("a/f").number()));
      tree.rename("a/b", "c");
      assertEquals(entries.root(), entries.lookupParent(b));
      entries.pin(b);
      tree.removeDirectory("c");
      assertErrno(Errno.ENOENT, () -> entries.lookupParent(b));
      entries.unpin(b, 1);
    }
  }

  @Test
  void pinsAreCounted() throws IOException {
    try (VirtualFileManager files = VirtualFileManager.open(folder, Options.defaults())) {
      EntryOperations entries = files.entries();
      long number = entries.createUnnamed(entries.root(), new NewEntry(0600, 0, 0));
      entries.pin(number);
      entries.unpin(number, 1);
      assertEquals(0, entries.stat(number).linkCount());
      entries.unpin(number, 1);
      assertErrno(Errno.ESTALE, () -> entries.stat(number));
    }
  }

  @Test
  void blocksThatAreThereAreCounted() throws IOException {
    try (VirtualFileManager files = VirtualFileManager.open(folder, Options.defaults())) {
      FileTree tree = files.tree();
      tree.writeAll("full", new byte[MIB]);
      assertEquals(MIB / 512, tree.stat("full").blocks512());
      tree.writeAll("sparse", new byte[0]);
      try (VirtualFile file = tree.open("sparse", StandardOpenOption.WRITE)) {
        file.truncate(100L * MIB);
        file.write(ByteBuffer.wrap(new byte[] {1}), 50L * MIB);
      }
      assertEquals(8, tree.stat("sparse").blocks512());
      apply(files);
      assertEquals(MIB / 512, tree.stat("full").blocks512());
      assertTrue(tree.stat("sparse").blocks512() <= 16);
    }
    try (VirtualFileManager files = VirtualFileManager.open(folder, Options.defaults())) {
      FileTree tree = files.tree();
      assertTrue(tree.stat("full").blocks512() >= MIB / 512);
      tree.truncate("full", 5000);
      assertEquals(16, tree.stat("full").blocks512());
    }
  }
}
