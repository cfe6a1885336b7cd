package dev.vfo.testkit;

import static dev.vfo.testkit.Disks.namesSeen;
import static dev.vfo.testkit.TestFiles.name;
import static dev.vfo.testkit.TestFiles.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.model.TreePath;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which names a crash leaves: C1, C2, C3, C4, C9, C14. */
final class NameCrashTest {
  private final SimulatedStorage storage = new SimulatedStorage();
  private TestFiles files = new TestFiles(storage, -1);
  private int root;

  @BeforeEach
  void open() throws StorageException {
    root = storage.openRoot(Disks.ROOT);
    files = new TestFiles(storage, root);
  }

  private void syncAll() throws StorageException {
    storage.syncFileSystem(root);
  }

  private void rename(int from, String old, int to, String now) throws StorageException {
    storage.rename(from, name(old), to, name(now), RenameMode.REPLACE);
  }

  @Test
  void c1RenameIsAllOrNothing() throws StorageException {
    files.create("a", "1");
    int directory = files.makeDirectory("d");
    files.create(directory, name("b"), text("2"));
    syncAll();
    rename(root, "a", directory, "b");
    assertEquals(Set.of("/a /d /d/b", "/d /d/b"), namesSeen(storage));
    assertEquals(Set.of("1", "2"), Disks.contentsSeen(storage, "/d/b"));
  }

  @Test
  void c1ExchangeIsAllOrNothing() throws StorageException {
    files.create("a", "1");
    int directory = files.makeDirectory("d");
    files.create(directory, name("b"), text("2"));
    syncAll();
    storage.rename(root, name("a"), directory, name("b"), RenameMode.EXCHANGE);
    Set<String> seen = new TreeSet<>();
    for (int seed = 0; seed < Disks.SEEDS; seed++) {
      seen.add(Disks.tree(storage.crash(seed)).toString());
    }
    assertEquals(Set.of("{/a=1, /d=directory, /d/b=2}", "{/a=2, /d=directory, /d/b=1}"), seen);
  }

  @Test
  void c2SyncOfAFileDoesNotKeepItsName() throws StorageException {
    storage.sync(files.create("a", "hello"));
    assertEquals(Set.of("", "/a"), namesSeen(storage));
    assertEquals(Set.of("hello", "null"), Disks.contentsSeen(storage, "/a"));
  }

  @Test
  void c3SyncOfADirectoryKeepsItsNames() throws StorageException {
    files.create("a", "1");
    files.create("b", "2");
    rename(root, "b", root, "c");
    storage.sync(root);
    storage.unlink(root, name("a"));
    assertEquals(Set.of("/a /c", "/c"), namesSeen(storage));
  }

  @Test
  void c3SyncOfEitherDirectoryKeepsARename() throws StorageException {
    for (boolean source : new boolean[] {true, false}) {
      SimulatedStorage fresh = new SimulatedStorage();
      TestFiles steps = new TestFiles(fresh, fresh.openRoot(Disks.ROOT));
      int from = steps.makeDirectory("from");
      int to = steps.makeDirectory("to");
      steps.create(from, name("a"), text("1"));
      fresh.syncFileSystem(from);
      fresh.rename(from, name("a"), to, name("b"), RenameMode.REPLACE);
      fresh.sync(source ? from : to);
      assertEquals(Set.of("/from /to /to/b"), namesSeen(fresh));
    }
  }

  @Test
  void c3SyncOfADirectoryDoesNotKeepNamesElsewhere() throws StorageException {
    int directory = files.makeDirectory("d");
    syncAll();
    files.create("a", "1");
    files.create(directory, name("b"), text("2"));
    storage.sync(directory);
    assertEquals(Set.of("/a /d /d/b", "/d /d/b"), namesSeen(storage));
  }

  @Test
  void c4OperationsOnDifferentNamesAreIndependent() throws StorageException {
    files.create("a", "1");
    files.create("b", "2");
    files.create("c", "3");
    assertEquals(
        Set.of("", "/a", "/b", "/c", "/a /b", "/a /c", "/b /c", "/a /b /c"), namesSeen(storage));
  }

  @Test
  void c4OperationsOnOneNameKeepTheirOrder() throws StorageException {
    files.create("a", "1");
    syncAll();
    storage.unlink(root, name("a"));
    storage.sync(files.create("a", "2"));
    rename(root, "a", root, "b");
    assertEquals(Set.of("/a", "", "/b"), namesSeen(storage));
    assertEquals(Set.of("1", "2", "null"), Disks.contentsSeen(storage, "/a"));
    assertEquals(Set.of("2", "null"), Disks.contentsSeen(storage, "/b"));
  }

  @Test
  void c4EntryNeedsItsDirectory() throws StorageException {
    int directory = files.makeDirectory("d");
    files.create(directory, name("a"), text("1"));
    int inner = files.makeDirectory(directory, "e");
    files.create(inner, name("b"), text("2"));
    assertEquals(
        Set.of(
            "",
            "/d",
            "/d /d/a",
            "/d /d/e",
            "/d /d/a /d/e",
            "/d /d/e /d/e/b",
            "/d /d/a /d/e /d/e/b"),
        namesSeen(storage));
    storage.sync(inner);
    assertEquals(Set.of("/d /d/e /d/e/b", "/d /d/a /d/e /d/e/b"), namesSeen(storage));
  }

  @Test
  void c4DirectoryIsRemovedAfterItsContent() throws StorageException {
    int directory = files.makeDirectory("d");
    files.create(directory, name("a"), text("1"));
    files.create(directory, name("b"), text("1"));
    syncAll();
    storage.unlink(directory, name("a"));
    rename(directory, "b", root, "b");
    storage.removeDirectory(root, name("d"));
    assertEquals(
        Set.of("/d /d/a /d/b", "/d /d/b", "/b /d /d/a", "/b /d", "/b"), namesSeen(storage));
  }

  @Test
  void c4MovedDirectoryTakesNewEntriesAlong() throws StorageException {
    int directory = files.makeDirectory("d");
    syncAll();
    rename(root, "d", root, "e");
    files.create(directory, name("a"), text("1"));
    assertEquals(Set.of("/d", "/e", "/d /d/a", "/e /e/a"), namesSeen(storage));
  }

  @Test
  void c4DirectoriesNeverEndUpInsideEachOther() throws StorageException {
    int a = files.makeDirectory("a");
    int b = files.makeDirectory(a, "b");
    syncAll();
    rename(a, "b", root, "b");
    rename(root, "a", b, "a");
    assertEquals(Set.of("/a /a/b", "/a /b", "/b /b/a"), namesSeen(storage));
  }

  @Test
  void fileWithOneOfTwoLinksKept() throws StorageException {
    storage.sync(files.create("a", "1"));
    storage.link(root, name("a"), root, name("b"));
    assertEquals(Set.of("", "/a", "/b", "/a /b"), namesSeen(storage));
    Set<Integer> links = new TreeSet<>();
    for (int seed = 0; seed < Disks.SEEDS; seed++) {
      SimulatedStorage after = storage.crash(seed);
      TestFiles found = new TestFiles(after, after.openRoot(Disks.ROOT));
      int expected = found.names(found.root()).size();
      if (expected > 0) {
        Name some = found.names(found.root()).iterator().next();
        assertEquals(expected, after.stat(found.root(), some).linkCount());
        links.add(expected);
      }
    }
    assertEquals(Set.of(1, 2), links);
  }

  @Test
  void fileThatIsOnlyOpenIsGone() throws StorageException {
    files.create("a", "1");
    syncAll();
    storage.unlink(root, name("a"));
    storage.sync(root);
    assertEquals(Set.of(""), namesSeen(storage));
    assertEquals(storage.usedBytes() - 4096, storage.crash(1).usedBytes());
  }

  @Test
  void c14TargetAndKindComeWithTheName() throws StorageException {
    storage.makeSymlink(root, name("s"), text("target"));
    storage.makeNode(root, name("f"), FileType.FIFO, 0600, 0);
    storage.sync(root);
    for (int seed = 0; seed < Disks.SEEDS; seed++) {
      SimulatedStorage after = storage.crash(seed);
      int fd = after.openRoot(Disks.ROOT);
      assertEquals("target", new String(after.readSymlink(fd, name("s")), StandardCharsets.UTF_8));
      assertEquals(FileType.FIFO, after.stat(fd, name("f")).type());
    }
  }

  @Test
  void c14LaterAttributesOfALinkNeedASyncOfEverything() throws StorageException {
    storage.makeSymlink(root, name("s"), text("target"));
    syncAll();
    storage.changeOwner(root, name("s"), 7, 7);
    storage.sync(root);
    assertEquals(Set.of(0, 7), owners("s"));
    syncAll();
    assertEquals(Set.of(7), owners("s"));
  }

  @Test
  void c2AndC3AttributesAreSyncedWithTheFile() throws StorageException {
    int fd = files.create("a", "1");
    int directory = files.makeDirectory("d");
    syncAll();
    storage.changeOwner(root, name("a"), 7, 7);
    storage.changeOwner(root, name("d"), 7, 7);
    storage.setXattr(root, name("a"), "user.x", text("1"));
    assertEquals(Set.of(0, 7), owners("a"));
    assertEquals(Set.of(0, 7), owners("d"));
    storage.dataSync(fd);
    assertEquals(Set.of(0, 7), owners("a"), "C6 says nothing of attributes");
    storage.sync(fd);
    storage.sync(directory);
    assertEquals(Set.of(7), owners("a"));
    assertEquals(Set.of(7), owners("d"));
    SimulatedStorage after = storage.crash(CrashMode.LOSE_ALL, 0);
    assertEquals(List.of("user.x"), after.listXattrs(after.openRoot(Disks.ROOT), name("a")));
  }

  @Test
  void attributesAreKeptOrLostEachByItself() throws StorageException {
    files.create("a", "1");
    syncAll();
    storage.changeOwner(root, name("a"), 7, 7);
    storage.changeMode(root, name("a"), 0600);
    storage.setTimes(root, name("a"), 5, 6);
    Set<String> seen = new TreeSet<>();
    for (int seed = 0; seed < Disks.SEEDS; seed++) {
      SimulatedStorage after = storage.crash(seed);
      FileStat stat = after.stat(after.openRoot(Disks.ROOT), name("a"));
      seen.add((stat.uid() == 7) + " " + (stat.mode() == 0600) + " " + (stat.modifyNanos() == 6));
    }
    assertEquals(8, seen.size());
  }

  @Test
  void extendedAttributesAreKeptOrLostEachByItself() throws StorageException {
    files.create("a", "1");
    storage.setXattr(root, name("a"), "user.x", text("1"));
    storage.setXattr(root, name("a"), "user.z", text("z"));
    syncAll();
    storage.setXattr(root, name("a"), "user.x", text("2"));
    storage.setXattr(root, name("a"), "user.y", text("3"));
    Set<String> seen = new TreeSet<>();
    for (int seed = 0; seed < Disks.SEEDS; seed++) {
      SimulatedStorage after = storage.crash(seed);
      TreeImage found = TreeImage.read(after, after.openRoot(Disks.ROOT));
      seen.add(String.valueOf(found.files().get(TreePath.of("/a")).xattrs()));
    }
    assertEquals(
        Set.of(
            "{user.x=31, user.z=7a}",
            "{user.x=32, user.z=7a}",
            "{user.x=31, user.y=33, user.z=7a}",
            "{user.x=32, user.y=33, user.z=7a}"),
        seen);
  }

  @Test
  void newFileMayStillHaveItsModeFromBeforeTheUmaskWasUndone() throws StorageException {
    int fd = files.open(root, name("a"), TestFiles.NEW_FILE, 0666);
    storage.sync(root);
    Set<Integer> seen = new TreeSet<>();
    for (int seed = 0; seed < Disks.SEEDS; seed++) {
      SimulatedStorage after = storage.crash(seed);
      seen.add(after.stat(after.openRoot(Disks.ROOT), name("a")).mode());
    }
    assertEquals(Set.of(0644, 0666), seen);
    storage.sync(fd);
    SimulatedStorage after = storage.crash(CrashMode.LOSE_ALL, 0);
    assertEquals(0666, after.stat(after.openRoot(Disks.ROOT), name("a")).mode());
  }

  private Set<Integer> owners(String name) throws StorageException {
    Set<Integer> seen = new TreeSet<>();
    for (int seed = 0; seed < Disks.SEEDS; seed++) {
      SimulatedStorage after = storage.crash(seed);
      seen.add(after.stat(after.openRoot(Disks.ROOT), name(name)).uid());
    }
    return seen;
  }

  @Test
  void worstCasesAreWhatTheySay() throws StorageException {
    storage.sync(files.create("old", "old"));
    storage.sync(root);
    files.write(files.open("old", TestFiles.READ_WRITE), text("NEW"), 0);
    files.create("a", "1");
    assertEquals("{/a=1, /old=NEW}", found(CrashMode.KEEP_ALL));
    assertEquals("{/old=old}", found(CrashMode.LOSE_ALL));
    assertEquals("{/a=, /old=old}", found(CrashMode.KEEP_NAMES));
    assertEquals("{/a=\0, /old=old}", found(CrashMode.KEEP_NAMES_AND_SIZES));
    assertEquals("{/old=NEW}", found(CrashMode.KEEP_DATA));
    assertTrue(found(CrashMode.GARBAGE).startsWith("{/a="));
    assertFalse(found(CrashMode.GARBAGE).contains("old=old"));
  }

  private String found(CrashMode mode) throws StorageException {
    return Disks.tree(storage.crash(mode, 1)).toString();
  }

  @Test
  void killedProcessLosesNothing() throws StorageException {
    files.create("a", "1");
    storage.unlink(root, name("a"));
    int lock = files.create("b", "2");
    storage.tryLock(lock);
    SimulatedStorage after = storage.killProcess();
    assertEquals(0, after.openDescriptors());
    assertEquals("{/b=2}", Disks.tree(after).toString());
    assertTrue(after.tryLock(after.open(after.openRoot(Disks.ROOT), name("b"), 1, 0)), "C13");
    assertEquals(Set.of("", "/a", "/b", "/a /b"), namesSeen(after), "still not synced");
  }
}
