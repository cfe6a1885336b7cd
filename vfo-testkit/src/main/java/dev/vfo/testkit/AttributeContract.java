package dev.vfo.testkit;

import static dev.vfo.testkit.TestFiles.assertFails;
import static dev.vfo.testkit.TestFiles.assumeWorks;
import static dev.vfo.testkit.TestFiles.name;
import static dev.vfo.testkit.TestFiles.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.AccessRight;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import org.junit.jupiter.api.Test;

/** Modes, owners and times. */
interface AttributeContract extends StorageTest {
  /** A time with all digits: 13 February 2009. */
  long SOME_TIME = 1_234_567_890_123_456_789L;

  @Test
  default void everyModeBitIsKept() throws StorageException {
    files().create("file", "");
    files().makeDirectory("dir");
    for (int bit = 0; bit < 12; bit++) {
      for (int mode : new int[] {1 << bit, 07777 & ~(1 << bit)}) {
        for (String path : new String[] {"file", "dir"}) {
          files().storage().changeMode(files().root(), name(path), mode);
          assertEquals(mode, files().stat(path).mode(), path);
        }
      }
    }
  }

  @Test
  default void symbolicLinkHasNoMode() throws StorageException {
    files().create("a", "hello");
    files().storage().makeSymlink(files().root(), name("link"), text("a"));
    int mode = files().stat("a").mode();
    assertFails(
        Errno.EOPNOTSUPP, () -> files().storage().changeMode(files().root(), name("link"), 0));
    assertEquals(mode, files().stat("a").mode(), "the target must not change");
  }

  @Test
  default void attributesOfWhatIsMissing() {
    int root = files().root();
    Name none = name("none");
    assertFails(Errno.ENOENT, () -> files().storage().changeMode(root, none, 0600));
    assertFails(Errno.ENOENT, () -> files().storage().changeOwner(root, none, -1, -1));
    assertFails(Errno.ENOENT, () -> files().storage().setTimes(root, none, 0, 0));
  }

  @Test
  default void changeModeReachesAFileThatIsHeldOpen() throws StorageException {
    int fd = files().create("a", "hello");
    files().storage().changeMode(files().root(), name("a"), 0400);
    assertEquals(0400, files().storage().stat(fd).mode());
    files().write(fd, text("J"), 0);
    assertEquals("Jello", files().content("a"), "an open descriptor keeps its rights");
  }

  @Test
  default void accessIsAsTheModeSays() throws StorageException {
    boolean userZero = files().storage().effectiveUid() == 0;
    files().create("file", "hello");
    int file = files().open("file", OpenFlag.PATH);
    int directory = files().makeDirectory("dir");
    for (int mode = 0; mode < 8; mode++) {
      files().storage().changeMode(files().root(), name("file"), mode << 6 | 0066);
      files().storage().changeMode(files().root(), name("dir"), mode << 6);
      for (int rights = 1; rights < 8; rights++) {
        boolean granted = (mode & rights) == rights;
        boolean runs = (mode & AccessRight.SEARCH) >= (rights & AccessRight.SEARCH);
        assertAccess(granted || (userZero && runs), file, rights);
        assertAccess(granted || userZero, directory, rights);
      }
    }
  }

  private void assertAccess(boolean granted, int fd, int rights) throws StorageException {
    if (granted) {
      files().storage().requireAccess(fd, rights);
    } else {
      assertFails(Errno.EACCES, () -> files().storage().requireAccess(fd, rights));
    }
  }

  @Test
  default void timesHaveNanoseconds() throws StorageException {
    files().create("file", "");
    files().makeDirectory("dir");
    files().storage().makeSymlink(files().root(), name("link"), text("file"));
    for (String path : new String[] {"file", "dir", "link"}) {
      files().storage().setTimes(files().root(), name(path), SOME_TIME, SOME_TIME + 1);
      assertEquals(SOME_TIME, files().stat(path).accessNanos(), path);
      assertEquals(SOME_TIME + 1, files().stat(path).modifyNanos(), path);
    }
  }

  @Test
  default void timesBefore1970AndFarAheadAreKept() throws StorageException {
    files().create("a", "");
    long[] times = {0, -1, -1_000_000_000L, -999_999_999L, 4_102_444_800_999_999_999L};
    for (long time : times) {
      files().storage().setTimes(files().root(), name("a"), time, time);
      assertEquals(time, files().stat("a").accessNanos());
      assertEquals(time, files().stat("a").modifyNanos());
    }
  }

  @Test
  default void omittedTimeStays() throws StorageException {
    files().create("a", "");
    set("a", 10, 20);
    set("a", FileStat.OMIT_TIME, 30);
    assertEquals(10, files().stat("a").accessNanos());
    assertEquals(30, files().stat("a").modifyNanos());
    set("a", 40, FileStat.OMIT_TIME);
    assertEquals(40, files().stat("a").accessNanos());
    assertEquals(30, files().stat("a").modifyNanos());
    set("a", FileStat.OMIT_TIME, FileStat.OMIT_TIME);
    assertEquals(40, files().stat("a").accessNanos());
    assertEquals(30, files().stat("a").modifyNanos());
  }

  @Test
  default void contentChangesMoveTheModifyTime() throws StorageException {
    int fd = files().create("a", "hello");
    set("a", 10, SOME_TIME);
    files().write(fd, text("x"), 0);
    assertTrue(files().stat("a").modifyNanos() > SOME_TIME);
    set("a", 10, SOME_TIME);
    files().storage().truncate(fd, 2);
    assertTrue(files().stat("a").modifyNanos() > SOME_TIME);
    set("a", 10, SOME_TIME);
    files().storage().changeMode(files().root(), name("a"), 0600);
    files().storage().link(files().root(), name("a"), files().root(), name("b"));
    assertEquals(SOME_TIME, files().stat("a").modifyNanos());
  }

  @Test
  default void nameChangesMoveTheDirectorysModifyTime() throws StorageException {
    int directory = files().makeDirectory("d");
    Name x = name("x");
    Name y = name("y");
    var storage = files().storage();
    assertMovesTime(() -> files().create(directory, x, text("x")));
    assertMovesTime(() -> storage.rename(directory, x, directory, y, RenameMode.REPLACE));
    assertMovesTime(() -> storage.link(directory, y, directory, x));
    assertMovesTime(() -> storage.unlink(directory, x));
    assertMovesTime(() -> storage.makeDirectory(directory, x, 0755));
    assertMovesTime(() -> storage.removeDirectory(directory, x));
    assertMovesTime(() -> storage.makeSymlink(directory, x, text("y")));
  }

  private void assertMovesTime(TestFiles.Step step) throws StorageException {
    set("d", 10, SOME_TIME);
    step.run();
    assertNotEquals(SOME_TIME, files().stat("d").modifyNanos());
  }

  @Test
  default void changeTimeNeverGoesBack() throws StorageException {
    files().create("a", "hello");
    long before = files().stat("a").changeNanos();
    set("a", 10, 20);
    long after = files().stat("a").changeNanos();
    assertTrue(after >= before && before > SOME_TIME);
  }

  @Test
  default void ownersAreSet() throws StorageException {
    files().create("a", "");
    own("a", 1234, 5678);
    assertOwner("a", 1234, 5678);
    own("a", -1, 77);
    assertOwner("a", 1234, 77);
    own("a", 88, -1);
    assertOwner("a", 88, 77);
    own("a", -1, -1);
    assertOwner("a", 88, 77);
  }

  @Test
  default void ownerOfASymbolicLinkIsItsOwn() throws StorageException {
    files().create("a", "");
    files().storage().makeSymlink(files().root(), name("link"), text("a"));
    own("link", 1234, 5678);
    assertOwner("link", 1234, 5678);
    assertOwner("a", files().storage().effectiveUid(), files().storage().effectiveGid());
  }

  @Test
  default void changingTheOwnerClearsSetuid() throws StorageException {
    files().create("a", "");
    files().makeDirectory("d");
    files().storage().changeMode(files().root(), name("a"), 06755);
    files().storage().changeMode(files().root(), name("d"), 06755);
    own("a", 1234, 5678);
    own("d", 1234, 5678);
    assertEquals(0755, files().stat("a").mode());
    assertEquals(06755, files().stat("d").mode(), "a directory keeps them");
  }

  @Test
  default void setgidDirectoryGivesItsGroup() throws StorageException {
    int directory = files().makeDirectory("d");
    own("d", -1, 5678);
    files().storage().changeMode(files().root(), name("d"), 02755);
    files().create(directory, name("x"), text("x"));
    files().storage().makeDirectory(directory, name("y"), 0755);
    files().storage().makeSymlink(directory, name("z"), text("x"));
    for (String path : new String[] {"x", "y", "z"}) {
      assertEquals(5678, files().storage().stat(directory, name(path)).gid(), path);
    }
    assertEquals(
        0755, files().storage().stat(directory, name("y")).mode(), "the mode is what was asked");
  }

  @Test
  default void attributesOfWhatIsOpen() throws StorageException {
    var storage = files().storage();
    int file = files().create("a", "hello");
    int directory = files().makeDirectory("d");
    for (int fd : new int[] {file, directory, files().root()}) {
      storage.changeMode(fd, 01751);
      storage.setTimes(fd, SOME_TIME, -1);
      storage.setTimes(fd, FileStat.OMIT_TIME, SOME_TIME + 1);
      FileStat stat = storage.stat(fd);
      assertEquals(01751, stat.mode());
      assertEquals(SOME_TIME, stat.accessNanos());
      assertEquals(SOME_TIME + 1, stat.modifyNanos());
    }
    assertEquals(storage.stat(file), files().stat("a"), "the same by its name");
  }

  @Test
  default void attributesOfWhatIsOpenAndHasNoName() throws StorageException {
    int file = files().create("a", "hello");
    files().storage().unlink(files().root(), name("a"));
    files().storage().changeMode(file, 0400);
    assertEquals(0400, files().storage().stat(file).mode());
  }

  @Test
  default void ownerOfWhatIsOpen() throws StorageException {
    int file = files().create("a", "");
    files().storage().changeMode(file, 06755);
    assumeWorks(() -> files().storage().changeOwner(file, 1234, 5678), Errno.EPERM, Errno.EINVAL);
    assertOwner("a", 1234, 5678);
    assertEquals(0755, files().stat("a").mode());
    files().storage().changeOwner(file, -1, 77);
    assertOwner("a", 1234, 77);
  }

  @Test
  default void placeHasNoAttributesToSet() throws StorageException {
    files().makeDirectory("d");
    int place = files().open("d", OpenFlag.PATH | OpenFlag.DIRECTORY);
    assertFails(Errno.EBADF, () -> files().storage().changeMode(place, 0700));
    assertFails(Errno.EBADF, () -> files().storage().changeOwner(place, -1, -1));
    assertFails(Errno.EBADF, () -> files().storage().setTimes(place, 0, 0));
  }

  private void set(String path, long accessNanos, long modifyNanos) throws StorageException {
    files().storage().setTimes(files().root(), name(path), accessNanos, modifyNanos);
  }

  private void own(String path, int uid, int gid) throws StorageException {
    assumeWorks(
        () -> files().storage().changeOwner(files().root(), name(path), uid, gid),
        Errno.EPERM,
        Errno.EINVAL);
  }

  private void assertOwner(String path, int uid, int gid) throws StorageException {
    assertEquals(uid, files().stat(path).uid());
    assertEquals(gid, files().stat(path).gid());
  }
}
