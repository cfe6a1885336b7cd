package dev.vfo.testkit;

import static dev.vfo.testkit.TestFiles.assertFails;
import static dev.vfo.testkit.TestFiles.assumeWorks;
import static dev.vfo.testkit.TestFiles.bytes;
import static dev.vfo.testkit.TestFiles.name;
import static dev.vfo.testkit.TestFiles.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Names: making, linking and removing them, what they may be, and which file is behind them. */
interface NamespaceContract extends StorageTest {

  @Test
  default void namesAreBytes() throws StorageException {
    Name[] names = {
      name(0xFF),
      name(0xFE, 0x80),
      name(0xC3, 0x28),
      name('a', '\n', 0x01),
      name(0xC3, 0xA4),
      name('a', 0xCC, 0x88),
      name("a"),
      name("A"),
      name("..."),
      name(" "),
      name("x".repeat(255)),
      Name.of(new byte[] {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD})
    };
    for (int i = 0; i < names.length; i++) {
      files().create(files().root(), names[i], bytes(i));
    }
    assertEquals(Set.of(names), files().names(files().root()));
    for (int i = 0; i < names.length; i++) {
      int fd = files().open(files().root(), names[i], OpenFlag.READ, 0);
      assertArrayEquals(bytes(i), files().content(fd));
    }
  }

  @Test
  default void unlinkRemovesTheName() throws StorageException {
    files().create("a", "hello");
    files().storage().unlink(files().root(), name("a"));
    assertFalse(files().exists("a"));
    assertFails(Errno.ENOENT, () -> files().storage().unlink(files().root(), name("a")));
  }

  @Test
  default void unlinkedFileLivesWhileOpen() throws StorageException {
    int fd = files().create("a", "hello");
    files().storage().unlink(files().root(), name("a"));
    files().create("a", "another");
    files().write(fd, text("J"), 0);
    assertArrayEquals(text("Jello"), files().content(fd));
    assertEquals(0, files().storage().stat(fd).linkCount());
    assertEquals("another", files().content("a"));
    assertNotEquals(files().stat("a").identity(), files().storage().stat(fd).identity());
  }

  @Test
  default void unlinkRemovesALinkNotItsTarget() throws StorageException {
    files().create("a", "hello");
    files().storage().makeSymlink(files().root(), name("link"), text("a"));
    files().storage().unlink(files().root(), name("link"));
    assertEquals(Set.of(name("a")), files().names(files().root()));
  }

  @Test
  default void filesAndDirectoriesAreRemovedEachInItsWay() throws StorageException {
    files().create("file", "");
    files().makeDirectory("dir");
    var storage = files().storage();
    assertFails(Errno.EISDIR, () -> storage.unlink(files().root(), name("dir")));
    assertFails(Errno.ENOTDIR, () -> storage.removeDirectory(files().root(), name("file")));
    assertFails(Errno.ENOENT, () -> storage.removeDirectory(files().root(), name("none")));
    storage.removeDirectory(files().root(), name("dir"));
    assertEquals(Set.of(name("file")), files().names(files().root()));
  }

  @Test
  default void directoryMustBeEmptyToBeRemoved() throws StorageException {
    int directory = files().makeDirectory("d");
    files().create(directory, name("x"), text("x"));
    assertFails(
        Errno.ENOTEMPTY, () -> files().storage().removeDirectory(files().root(), name("d")));
    files().storage().unlink(directory, name("x"));
    files().storage().removeDirectory(files().root(), name("d"));
    assertFalse(files().exists("d"));
  }

  @Test
  default void makeDirectoryRefusesWhatIsThere() throws StorageException {
    files().create("file", "");
    files().makeDirectory("dir");
    files().storage().makeSymlink(files().root(), name("link"), text("nowhere"));
    for (String there : new String[] {"file", "dir", "link"}) {
      assertFails(
          Errno.EEXIST, () -> files().storage().makeDirectory(files().root(), name(there), 0755));
    }
  }

  @Test
  default void madeDirectoryHasAllBitsAsked() throws StorageException {
    for (int mode : new int[] {0, 0700, 0777, 01777, 02755, 07777}) {
      Name name = name("mode" + mode);
      files().storage().makeDirectory(files().root(), name, mode);
      FileStat stat = files().storage().stat(files().root(), name);
      assertEquals(mode, stat.mode());
      assertEquals(FileType.DIRECTORY, stat.type());
      assertEquals(files().storage().effectiveUid(), stat.uid());
    }
  }

  @Test
  default void hardLinkIsTheSameFile() throws StorageException {
    int fd = files().create("a", "hello");
    int directory = files().makeDirectory("d");
    files().storage().link(files().root(), name("a"), directory, name("b"));
    assertEquals(files().stat("a"), files().storage().stat(directory, name("b")));
    assertEquals(2, files().storage().stat(fd).linkCount());
    files().write(fd, text("J"), 0);
    assertEquals("Jello", files().content(directory, "b"));
    files().storage().unlink(files().root(), name("a"));
    assertEquals(1, files().storage().stat(fd).linkCount());
    assertEquals("Jello", files().content(directory, "b"));
  }

  @Test
  default void hardLinkRefusals() throws StorageException {
    files().create("a", "hello");
    files().create("b", "there");
    files().makeDirectory("d");
    int root = files().root();
    var storage = files().storage();
    assertFails(Errno.EEXIST, () -> storage.link(root, name("a"), root, name("b")));
    assertFails(Errno.ENOENT, () -> storage.link(root, name("none"), root, name("c")));
    assertFails(Errno.EPERM, () -> storage.link(root, name("d"), root, name("c")));
    assertEquals("there", files().content("b"));
  }

  @Test
  default void hardLinkOfASymbolicLinkIsThatLink() throws StorageException {
    files().create("a", "hello");
    files().storage().makeSymlink(files().root(), name("link"), text("a"));
    assumeWorks(
        () -> files().storage().link(files().root(), name("link"), files().root(), name("b")),
        Errno.EPERM,
        Errno.EOPNOTSUPP);
    assertEquals(FileType.SYMLINK, files().stat("b").type());
    assertEquals(files().stat("link").identity(), files().stat("b").identity());
    assertEquals(1, files().stat("a").linkCount());
  }

  @Test
  default void symbolicLinkKeepsItsTarget() throws StorageException {
    byte[][] targets = {
      text("a"), text("../b/./c"), text("/absolute"), bytes(0xFF, '/', 0x01), new byte[1000]
    };
    Arrays.fill(targets[4], (byte) 'x');
    for (int i = 0; i < targets.length; i++) {
      Name name = name("link" + i);
      files().storage().makeSymlink(files().root(), name, targets[i]);
      assertArrayEquals(targets[i], files().storage().readSymlink(files().root(), name));
      FileStat stat = files().storage().stat(files().root(), name);
      assertEquals(FileType.SYMLINK, stat.type());
      assertEquals(targets[i].length, stat.sizeBytes());
    }
  }

  @Test
  default void symbolicLinkRefusals() throws StorageException {
    files().create("a", "hello");
    int root = files().root();
    var storage = files().storage();
    assertFails(Errno.EEXIST, () -> storage.makeSymlink(root, name("a"), text("x")));
    assertFails(Errno.ENOENT, () -> storage.makeSymlink(root, name("b"), new byte[0]));
    assertFails(Errno.EINVAL, () -> storage.makeSymlink(root, name("b"), bytes('x', 0, 'y')));
    byte[] tooLong = text("x".repeat(5000));
    assertFails(Errno.ENAMETOOLONG, () -> storage.makeSymlink(root, name("b"), tooLong));
    assertFails(Errno.EINVAL, () -> storage.readSymlink(root, name("a")));
    assertFails(Errno.ENOENT, () -> storage.readSymlink(root, name("b")));
    assertEquals(Set.of(name("a")), files().names(root));
  }

  @Test
  default void fifosAndSocketsAreMade() throws StorageException {
    int root = files().root();
    files().storage().makeNode(root, name("fifo"), FileType.FIFO, 0626, 0);
    files().storage().makeNode(root, name("socket"), FileType.SOCKET, 0777, 0);
    assertEquals(FileType.FIFO, files().stat("fifo").type());
    assertEquals(0626, files().stat("fifo").mode());
    assertEquals(FileType.SOCKET, files().stat("socket").type());
    assertEquals(0777, files().stat("socket").mode());
    assertEquals(0, files().stat("fifo").device());
    assertFails(
        Errno.EEXIST, () -> files().storage().makeNode(root, name("fifo"), FileType.FIFO, 0, 0));
  }

  @Test
  default void deviceNodesKeepTheirNumber() throws StorageException {
    int root = files().root();
    long device = (259L << 8) | 0x25 | (0x123L << 20);
    assumeWorks(
        () -> files().storage().makeNode(root, name("c"), FileType.CHARACTER_DEVICE, 0600, device),
        Errno.EPERM);
    files().storage().makeNode(root, name("b"), FileType.BLOCK_DEVICE, 0640, 0x801);
    assertEquals(FileType.CHARACTER_DEVICE, files().stat("c").type());
    assertEquals(device, files().stat("c").device());
    assertEquals(FileType.BLOCK_DEVICE, files().stat("b").type());
    assertEquals(0x801, files().stat("b").device());
    assertEquals(0640, files().stat("b").mode());
  }

  @Test
  default void nodesAreSpecialFilesOnly() {
    for (FileType type : new FileType[] {FileType.REGULAR, FileType.DIRECTORY, FileType.SYMLINK}) {
      assertFails(
          Errno.EINVAL, () -> files().storage().makeNode(files().root(), name("n"), type, 0, 0));
    }
  }

  @Test
  default void identityStaysWithTheFile() throws StorageException {
    int fd = files().create("a", "hello");
    FileIdentity identity = files().storage().stat(fd).identity();
    files().write(fd, new byte[100_000], 0);
    files().storage().truncate(fd, 3);
    files().storage().changeMode(files().root(), name("a"), 0600);
    files().storage().setTimes(files().root(), name("a"), 1, 2);
    files().storage().link(files().root(), name("a"), files().root(), name("b"));
    files().storage().unlink(files().root(), name("a"));
    int directory = files().makeDirectory("d");
    files().storage().rename(files().root(), name("b"), directory, name("c"), RenameMode.REPLACE);
    files().storage().sync(fd);
    assertEquals(identity, files().storage().stat(directory, name("c")).identity());
    assertEquals(identity, files().storage().stat(fd).identity());
  }

  @Test
  default void statOfADescriptorAndOfANameAgree() throws StorageException {
    assertEquals(files().storage().stat(files().create("a", "hi")), files().stat("a"));
    assertEquals(files().storage().stat(files().makeDirectory("d")), files().stat("d"));
  }

  @Test
  default void reusedInodeNumberHasAnotherGeneration() throws StorageException {
    Set<FileIdentity> seen = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      int fd = files().create("a", "hello");
      assertTrue(seen.add(files().storage().stat(fd).identity()), "an identity came again (C11)");
      files().close(fd);
      files().storage().unlink(files().root(), name("a"));
      files().storage().makeDirectory(files().root(), name("d"), 0755);
      assertTrue(seen.add(files().stat("d").identity()), "an identity came again (C11)");
      files().storage().removeDirectory(files().root(), name("d"));
    }
  }
}
