package dev.vfo.testkit;

import static dev.vfo.testkit.TestFiles.NEW_FILE;
import static dev.vfo.testkit.TestFiles.NO_DESCRIPTOR;
import static dev.vfo.testkit.TestFiles.READ_WRITE;
import static dev.vfo.testkit.TestFiles.assertFails;
import static dev.vfo.testkit.TestFiles.assumeWorks;
import static dev.vfo.testkit.TestFiles.memory;
import static dev.vfo.testkit.TestFiles.name;
import static dev.vfo.testkit.TestFiles.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.AccessRight;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import org.junit.jupiter.api.Test;

/** Descriptors: opening by name and again, flags, locks, syncs. */
interface OpenContract extends StorageTest {

  @Test
  default void missingNameIsNotFound() {
    assertFails(Errno.ENOENT, () -> files().open("a", OpenFlag.READ));
    assertFails(Errno.ENOENT, () -> files().open("a", OpenFlag.PATH));
    assertFails(Errno.ENOENT, () -> files().open("a", READ_WRITE | OpenFlag.TRUNCATE));
    assertFails(Errno.ENOENT, () -> files().stat("a"));
  }

  @Test
  default void createdFileIsEmptyAndFoundAgain() throws StorageException {
    int fd = files().open("a", NEW_FILE);
    assertEquals(0, files().storage().stat(fd).sizeBytes());
    files().write(fd, text("hello"), 0);
    assertEquals("hello", files().content("a"));
  }

  @Test
  default void exclusiveRefusesWhatIsThere() throws StorageException {
    files().create("file", "hello");
    files().makeDirectory("dir");
    files().storage().makeSymlink(files().root(), name("link"), text("nowhere"));
    assertFails(Errno.EEXIST, () -> files().open("file", NEW_FILE));
    assertFails(Errno.EEXIST, () -> files().open("dir", NEW_FILE));
    assertFails(Errno.EEXIST, () -> files().open("link", NEW_FILE));
    assertEquals("hello", files().content("file"));
  }

  @Test
  default void createKeepsAnExistingFileAndItsMode() throws StorageException {
    files().create("a", "hello");
    files().storage().changeMode(files().root(), name("a"), 0600);
    files().open(files().root(), name("a"), READ_WRITE | OpenFlag.CREATE, 0777);
    assertEquals("hello", files().content("a"));
    assertEquals(0600, files().stat("a").mode());
  }

  @Test
  default void flagsThatDoNotGoTogetherAreRefused() throws StorageException {
    files().create("a", "hello");
    int[] wrong = {
      0,
      OpenFlag.CREATE,
      OpenFlag.READ | OpenFlag.TRUNCATE,
      OpenFlag.READ | OpenFlag.PATH,
      OpenFlag.PATH | OpenFlag.CREATE,
      READ_WRITE | OpenFlag.EXCLUSIVE,
      READ_WRITE | OpenFlag.CREATE | OpenFlag.DIRECTORY
    };
    for (int flags : wrong) {
      assertFails(Errno.EINVAL, () -> files().open("a", flags));
      assertFails(Errno.EINVAL, () -> files().open("b", flags));
    }
    int fd = files().open("a", OpenFlag.READ);
    assertFails(Errno.EINVAL, () -> files().reopen(fd, READ_WRITE | OpenFlag.CREATE));
    assertEquals("hello", files().content("a"));
    assertFalse(files().exists("b"));
  }

  @Test
  default void truncateFlagCutsToNothing() throws StorageException {
    files().create("a", "hello");
    files().open("a", OpenFlag.WRITE | OpenFlag.TRUNCATE);
    assertEquals("", files().content("a"));
  }

  @Test
  default void createdModeHasAllBitsAsked() throws StorageException {
    for (int mode : new int[] {0, 0200, 0640, 0666, 0777, 01000, 02010, 04100, 07777}) {
      Name name = name("mode" + mode);
      int fd = files().open(files().root(), name, NEW_FILE, mode);
      assertEquals(mode, files().storage().stat(fd).mode());
      files().write(fd, text("x"), 0);
    }
  }

  @Test
  default void newFileBelongsToTheUser() throws StorageException {
    files().create("a", "");
    assertEquals(files().storage().effectiveUid(), files().stat("a").uid());
    assertEquals(files().storage().effectiveGid(), files().stat("a").gid());
    assertTrue(files().storage().groups().contains(files().stat("a").gid()));
    assertEquals(1, files().stat("a").linkCount());
    assertEquals(FileType.REGULAR, files().stat("a").type());
  }

  @Test
  default void directoryFlagRefusesAFile() throws StorageException {
    files().create("a", "");
    assertFails(Errno.ENOTDIR, () -> files().open("a", OpenFlag.READ | OpenFlag.DIRECTORY));
    assertFails(Errno.ENOTDIR, () -> files().open("a", OpenFlag.PATH | OpenFlag.DIRECTORY));
  }

  @Test
  default void directoryCannotBeOpenedForWriting() throws StorageException {
    files().makeDirectory("d");
    assertFails(Errno.EISDIR, () -> files().open("d", READ_WRITE));
    assertFails(Errno.EISDIR, () -> files().open("d", OpenFlag.WRITE));
    assertFails(Errno.EISDIR, () -> files().open("d", READ_WRITE | OpenFlag.CREATE));
    assertFails(Errno.EISDIR, () -> files().open("d", OpenFlag.READ | OpenFlag.CREATE));
  }

  @Test
  default void symbolicLinkIsNeverFollowed() throws StorageException {
    files().create("file", "hello");
    int directory = files().makeDirectory("dir");
    files().create(directory, name("x"), text("x"));
    files().storage().makeSymlink(files().root(), name("toFile"), text("file"));
    files().storage().makeSymlink(files().root(), name("toDir"), text("dir"));
    files().storage().makeSymlink(files().root(), name("dangling"), text("nothing"));
    assertFails(Errno.ELOOP, () -> files().open("toFile", OpenFlag.READ));
    assertFails(Errno.ELOOP, () -> files().open("toDir", OpenFlag.READ));
    assertFails(Errno.ENOTDIR, () -> files().open("toDir", OpenFlag.READ | OpenFlag.DIRECTORY));
    assertFails(Errno.ELOOP, () -> files().open("dangling", READ_WRITE | OpenFlag.CREATE));
    assertFalse(files().exists("nothing"));
  }

  @Test
  default void pathDescriptorIsOnlyAPlace() throws StorageException {
    files().create("file", "hello");
    int fd = files().open("file", OpenFlag.PATH);
    assertEquals(files().stat("file"), files().storage().stat(fd));
    assertFails(Errno.EBADF, () -> files().storage().read(fd, memory(new byte[1]), 0));
    assertFails(Errno.EBADF, () -> files().storage().write(fd, memory(new byte[1]), 0));
    assertFails(Errno.EBADF, () -> files().storage().truncate(fd, 0));
    assertFails(Errno.EBADF, () -> files().storage().sync(fd));
    assertFails(Errno.EBADF, () -> files().storage().dataSync(fd));
  }

  @Test
  default void pathDescriptorOfADirectoryIsABaseOfNames() throws StorageException {
    files().create(files().makeDirectory("d"), name("x"), text("inside"));
    int place = files().open("d", OpenFlag.PATH | OpenFlag.DIRECTORY);
    assertEquals("inside", files().content(place, "x"));
    files().storage().rename(place, name("x"), files().root(), name("y"), RenameMode.REPLACE);
    assertEquals("inside", files().content("y"));
    assertEquals(0, files().names(files().reopen(place, OpenFlag.READ)).size());
  }

  @Test
  default void pathDescriptorOfASymbolicLinkIsTheLinkItself() throws StorageException {
    files().create("file", "hello");
    files().storage().makeSymlink(files().root(), name("link"), text("file"));
    int fd = files().open("link", OpenFlag.PATH);
    assertEquals(FileType.SYMLINK, files().storage().stat(fd).type());
    assertFails(Errno.ELOOP, () -> files().reopen(fd, OpenFlag.READ));
  }

  @Test
  default void pathDescriptorWorksForAFifo() throws StorageException {
    files().storage().makeNode(files().root(), name("fifo"), FileType.FIFO, 0600, 0);
    int fd = files().open("fifo", OpenFlag.PATH);
    assertEquals(FileType.FIFO, files().storage().stat(fd).type());
  }

  @Test
  default void fileIsNoBaseOfNames() throws StorageException {
    int fd = files().create("a", "");
    assertFails(Errno.ENOTDIR, () -> files().open(fd, name("b"), OpenFlag.READ, 0));
    assertFails(Errno.ENOTDIR, () -> files().storage().stat(fd, name("b")));
    assertFails(Errno.ENOTDIR, () -> files().storage().makeDirectory(fd, name("b"), 0755));
    assertFails(Errno.ENOTDIR, () -> files().storage().unlink(fd, name("b")));
    assertFails(Errno.ENOTDIR, () -> files().storage().list(fd, (n, i, t) -> true));
    assertFails(Errno.ENOTDIR, () -> files().openParent(fd));
  }

  @Test
  default void accessModeIsKept() throws StorageException {
    files().create("a", "hello");
    int reader = files().open("a", OpenFlag.READ);
    int writer = files().open("a", OpenFlag.WRITE);
    assertFails(Errno.EBADF, () -> files().storage().write(reader, memory(text("x")), 0));
    assertFails(Errno.EBADF, () -> files().storage().read(writer, memory(new byte[1]), 0));
    assertFails(Errno.EINVAL, () -> files().storage().truncate(reader, 0));
    assertEquals("hello", files().content("a"));
  }

  @Test
  default void whatIsNoDescriptorIsRefused() {
    var storage = files().storage();
    assertFails(Errno.EBADF, () -> storage.close(NO_DESCRIPTOR));
    assertFails(Errno.EBADF, () -> storage.read(NO_DESCRIPTOR, memory(new byte[1]), 0));
    assertFails(Errno.EBADF, () -> storage.write(NO_DESCRIPTOR, memory(new byte[1]), 0));
    assertFails(Errno.EBADF, () -> storage.truncate(NO_DESCRIPTOR, 0));
    assertFails(Errno.EBADF, () -> storage.allocate(NO_DESCRIPTOR, 0, 1, false));
    assertFails(Errno.EBADF, () -> storage.seekData(NO_DESCRIPTOR, 0));
    assertFails(Errno.EBADF, () -> storage.sync(NO_DESCRIPTOR));
    assertFails(Errno.EBADF, () -> storage.dataSync(NO_DESCRIPTOR));
    assertFails(Errno.EBADF, () -> storage.syncFileSystem(NO_DESCRIPTOR));
    assertFails(Errno.EBADF, () -> storage.stat(NO_DESCRIPTOR));
    assertFails(Errno.EBADF, () -> storage.stat(NO_DESCRIPTOR, name("a")));
    assertFails(Errno.EBADF, () -> storage.open(NO_DESCRIPTOR, name("a"), OpenFlag.READ, 0));
    assertFails(Errno.EBADF, () -> storage.reopen(NO_DESCRIPTOR, OpenFlag.READ));
    assertFails(Errno.EBADF, () -> storage.list(NO_DESCRIPTOR, (n, i, t) -> true));
    assertFails(Errno.EBADF, () -> storage.unlink(NO_DESCRIPTOR, name("a")));
    assertFails(Errno.EBADF, () -> storage.openParent(NO_DESCRIPTOR));
    assertFails(Errno.EBADF, () -> storage.fileSystemStat(NO_DESCRIPTOR));
    assertFails(Errno.EBADF, () -> storage.tryLock(NO_DESCRIPTOR));
    assertFails(Errno.EBADF, () -> storage.listXattrs(NO_DESCRIPTOR, name("a")));
    assertFails(Errno.EBADF, () -> storage.getXattr(NO_DESCRIPTOR, name("a"), "user.a"));
    assertFails(Errno.EBADF, () -> storage.changeMode(NO_DESCRIPTOR, name("a"), 0));
    assertFails(Errno.EBADF, () -> storage.setTimes(NO_DESCRIPTOR, name("a"), 0, 0));
    assertFails(Errno.EBADF, () -> storage.changeMode(NO_DESCRIPTOR, 0));
    assertFails(Errno.EBADF, () -> storage.changeOwner(NO_DESCRIPTOR, -1, -1));
    assertFails(Errno.EBADF, () -> storage.setTimes(NO_DESCRIPTOR, 0, 0));
    assertFails(Errno.EBADF, () -> storage.requireAccess(NO_DESCRIPTOR, AccessRight.READ));
  }

  @Test
  default void reopenWorksWithoutAName() throws StorageException {
    int fd = files().create("a", "hello");
    files().storage().unlink(files().root(), name("a"));
    int again = files().reopen(fd, READ_WRITE);
    files().write(again, text("J"), 0);
    files().close(fd);
    assertArrayEquals(text("Jello"), files().content(again));
    assertEquals(0, files().storage().stat(again).linkCount());
    files().reopen(again, OpenFlag.WRITE | OpenFlag.TRUNCATE);
    assertEquals(0, files().storage().stat(again).sizeBytes());
  }

  @Test
  default void reopenGivesOtherAccess() throws StorageException {
    files().create("a", "hello");
    int place = files().open("a", OpenFlag.PATH);
    int reader = files().reopen(place, OpenFlag.READ);
    assertArrayEquals(text("hello"), files().content(reader));
    int writer = files().reopen(reader, OpenFlag.WRITE);
    files().write(writer, text("J"), 0);
    assertArrayEquals(text("Jello"), files().content(reader));
    assertFails(Errno.ENOTDIR, () -> files().reopen(place, OpenFlag.READ | OpenFlag.DIRECTORY));
    int directory = files().makeDirectory("d");
    assertFails(Errno.EISDIR, () -> files().reopen(directory, OpenFlag.WRITE));
  }

  @Test
  default void openParentIsTheDirectoryAbove() throws StorageException {
    int a = files().makeDirectory("a");
    int b = files().makeDirectory(a, "b");
    var storage = files().storage();
    assertEquals(storage.stat(a).identity(), storage.stat(files().openParent(b)).identity());
    storage.rename(a, name("b"), files().root(), name("b"), RenameMode.REPLACE);
    int root = files().openParent(b);
    assertEquals(storage.stat(files().root()).identity(), storage.stat(root).identity());
    int readable = files().reopen(root, OpenFlag.READ | OpenFlag.DIRECTORY);
    assertEquals(files().names(files().root()), files().names(readable));
  }

  @Test
  default void directWritesAreReadBack() throws StorageException {
    int[] fd = new int[1];
    assumeWorks(() -> fd[0] = files().open("a", NEW_FILE | OpenFlag.DIRECT), Errno.EINVAL);
    byte[] content = new byte[8192];
    content[0] = 1;
    content[8191] = 2;
    files().write(fd[0], content, 4096);
    assertArrayEquals(content, files().read(fd[0], 4096, 8192));
    assertEquals(12288, files().stat("a").sizeBytes());
    assertArrayEquals(content, files().read(files().open("a", OpenFlag.READ), 4096, 8192));
  }

  @Test
  default void dataSyncedWritesAreReadBack() throws StorageException {
    int fd = files().open("a", NEW_FILE | OpenFlag.DATA_SYNC);
    files().write(fd, text("hello"), 0);
    assertEquals("hello", files().content("a"));
  }

  @Test
  default void syncsWorkOnFilesAndDirectories() throws StorageException {
    int fd = files().create("a", "hello");
    files().storage().dataSync(fd);
    files().storage().sync(fd);
    files().storage().sync(files().root());
    files().storage().sync(files().open("a", OpenFlag.READ));
    files().storage().syncFileSystem(files().root());
    files().storage().syncFileSystem(fd);
    assertEquals("hello", files().content("a"));
  }

  @Test
  default void lockHasOneHolderUntilItIsClosed() throws StorageException {
    int first = files().create("lock", "");
    int second = files().open("lock", READ_WRITE);
    assertTrue(files().storage().tryLock(first));
    assertTrue(files().storage().tryLock(first), "the holder may ask again");
    assertFalse(files().storage().tryLock(second));
    int third = files().open("lock", READ_WRITE);
    files().close(third);
    assertFalse(files().storage().tryLock(second), "closing another descriptor frees nothing");
    files().close(first);
    assertTrue(files().storage().tryLock(second));
  }

  @Test
  default void creatingInARemovedDirectoryFails() throws StorageException {
    int directory = files().makeDirectory("d");
    files().storage().removeDirectory(files().root(), name("d"));
    assertFails(Errno.ENOENT, () -> files().open(directory, name("x"), NEW_FILE, 0644));
    assertFails(Errno.ENOENT, () -> files().storage().makeDirectory(directory, name("x"), 0755));
    assertFails(Errno.ENOENT, () -> files().storage().makeSymlink(directory, name("x"), text("y")));
    assertEquals(0, files().names(directory).size());
  }

  @Test
  default void fileSystemIsDescribed() throws StorageException {
    var stat = files().storage().fileSystemStat(files().root());
    assertTrue(stat.blockBytes() > 0);
    assertTrue(stat.availableBytes() > 0);
    assertTrue(stat.totalBytes() >= stat.availableBytes());
    assertTrue(stat.freeInodes() > 0);
    assertTrue(stat.totalInodes() >= stat.freeInodes());
    assertTrue(stat.maxNameBytes() >= 255);
    assertFalse(stat.typeName().isEmpty());
    assertFalse(stat.readOnly());
  }
}
