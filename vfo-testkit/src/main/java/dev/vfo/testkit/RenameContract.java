package dev.vfo.testkit;

import static dev.vfo.storage.RenameMode.EXCHANGE;
import static dev.vfo.storage.RenameMode.NO_REPLACE;
import static dev.vfo.storage.RenameMode.REPLACE;
import static dev.vfo.testkit.TestFiles.assertFails;
import static dev.vfo.testkit.TestFiles.name;
import static dev.vfo.testkit.TestFiles.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Renaming in its three modes. */
interface RenameContract extends StorageTest {

  @Test
  default void renameMovesTheFileItself() throws StorageException {
    int fd = files().create("a", "hello");
    FileIdentity identity = files().stat("a").identity();
    rename("a", "b", REPLACE);
    assertFalse(files().exists("a"));
    assertEquals(identity, files().stat("b").identity());
    files().write(fd, text("J"), 0);
    assertEquals("Jello", files().content("b"));
  }

  @Test
  default void renameReplacesAFile() throws StorageException {
    files().create("a", "new");
    int old = files().create("b", "old");
    FileIdentity identity = files().stat("a").identity();
    rename("a", "b", REPLACE);
    assertEquals(Set.of(name("b")), files().names(files().root()));
    assertEquals(identity, files().stat("b").identity());
    assertEquals("new", files().content("b"));
    assertArrayEquals(text("old"), files().content(old), "a replaced file lives while open");
    assertEquals(0, files().storage().stat(old).linkCount());
  }

  @Test
  default void renameReplacesASymbolicLinkItself() throws StorageException {
    files().create("target", "target");
    files().create("a", "new");
    files().storage().makeSymlink(files().root(), name("link"), text("target"));
    rename("a", "link", REPLACE);
    assertEquals("new", files().content("link"));
    assertEquals("target", files().content("target"));
  }

  @Test
  default void renameToItselfChangesNothing() throws StorageException {
    files().create("a", "hello");
    rename("a", "a", REPLACE);
    assertEquals("hello", files().content("a"));
    files().makeDirectory("d");
    rename("d", "d", REPLACE);
    assertTrue(files().exists("d"));
  }

  @Test
  default void renameOntoAnotherNameOfTheSameFileKeepsBoth() throws StorageException {
    files().create("a", "hello");
    files().storage().link(files().root(), name("a"), files().root(), name("b"));
    rename("a", "b", REPLACE);
    assertEquals(Set.of(name("a"), name("b")), files().names(files().root()));
    assertEquals(2, files().stat("a").linkCount());
  }

  @Test
  default void renameOfWhatIsMissingFails() throws StorageException {
    files().create("b", "hello");
    for (RenameMode mode : RenameMode.values()) {
      assertFails(Errno.ENOENT, () -> rename("a", "b", mode == NO_REPLACE ? REPLACE : mode));
    }
    assertFails(Errno.ENOENT, () -> rename("a", "c", NO_REPLACE));
    assertEquals("hello", files().content("b"));
  }

  @Test
  default void renameMovesBetweenDirectories() throws StorageException {
    int a = files().makeDirectory("a");
    int b = files().makeDirectory("b");
    files().create(a, name("x"), text("hello"));
    files().makeDirectory(a, "sub");
    files().storage().rename(a, name("x"), b, name("y"), REPLACE);
    files().storage().rename(a, name("sub"), b, name("sub"), REPLACE);
    assertEquals("hello", files().content(b, "y"));
    assertEquals(Set.of(), files().names(a));
    assertEquals(Set.of(name("y"), name("sub")), files().names(b));
  }

  @Test
  default void renameTakesAllBelowADirectoryWithIt() throws StorageException {
    int a = files().makeDirectory("a");
    files().create(a, name("x"), text("hello"));
    rename("a", "b", REPLACE);
    int b = files().openDirectory(files().root(), name("b"));
    assertEquals("hello", files().content(b, "x"));
    files().create(a, name("y"), text("through the old descriptor"));
    assertEquals(Set.of(name("x"), name("y")), files().names(b));
  }

  @Test
  default void renameReplacesAnEmptyDirectoryOnly() throws StorageException {
    files().create(files().makeDirectory("a"), name("x"), text("hello"));
    int empty = files().makeDirectory("empty");
    int full = files().makeDirectory("full");
    files().create(full, name("y"), text("y"));
    assertFails(Errno.ENOTEMPTY, () -> rename("a", "full", REPLACE));
    rename("a", "empty", REPLACE);
    assertEquals(Set.of(), files().names(empty));
    assertEquals(
        Set.of(name("x")), files().names(files().openDirectory(files().root(), name("empty"))));
  }

  @Test
  default void renameDoesNotMixFilesAndDirectories() throws StorageException {
    files().create("file", "hello");
    files().makeDirectory("dir");
    assertFails(Errno.EISDIR, () -> rename("file", "dir", REPLACE));
    assertFails(Errno.ENOTDIR, () -> rename("dir", "file", REPLACE));
    assertEquals("hello", files().content("file"));
  }

  @Test
  default void directoryDoesNotGoIntoItsDescendant() throws StorageException {
    int a = files().makeDirectory("a");
    int b = files().makeDirectory(a, "b");
    var storage = files().storage();
    int root = files().root();
    assertFails(Errno.EINVAL, () -> storage.rename(root, name("a"), a, name("x"), REPLACE));
    assertFails(Errno.EINVAL, () -> storage.rename(root, name("a"), b, name("x"), REPLACE));
    assertFails(Errno.EINVAL, () -> storage.rename(root, name("a"), b, name("x"), NO_REPLACE));
    assertFails(Errno.EINVAL, () -> storage.rename(root, name("a"), a, name("b"), EXCHANGE));
    assertFails(Errno.EINVAL, () -> storage.rename(a, name("b"), root, name("a"), EXCHANGE));
    assertFails(Errno.ENOTEMPTY, () -> storage.rename(a, name("b"), root, name("a"), REPLACE));
  }

  @Test
  default void noReplaceRefusesWhatIsThere() throws StorageException {
    files().create("a", "hello");
    files().create("b", "old");
    files().makeDirectory("d");
    assertFails(Errno.EEXIST, () -> rename("a", "b", NO_REPLACE));
    assertFails(Errno.EEXIST, () -> rename("a", "d", NO_REPLACE));
    assertFails(Errno.EEXIST, () -> rename("a", "a", NO_REPLACE));
    rename("a", "c", NO_REPLACE);
    assertEquals("hello", files().content("c"));
    assertEquals("old", files().content("b"));
  }

  @Test
  default void exchangeSwapsAnyTwo() throws StorageException {
    files().create("a", "one");
    int directory = files().makeDirectory("d");
    files().create(directory, name("x"), text("x"));
    FileIdentity file = files().stat("a").identity();
    FileIdentity folder = files().stat("d").identity();
    rename("a", "d", EXCHANGE);
    assertEquals(file, files().stat("d").identity());
    assertEquals(folder, files().stat("a").identity());
    assertEquals("one", files().content("d"));
    assertFails(Errno.ENOENT, () -> rename("a", "missing", EXCHANGE));
    assertTrue(files().exists("a"));
  }

  @Test
  default void exchangeAcrossDirectories() throws StorageException {
    int directory = files().makeDirectory("d");
    files().create("a", "one");
    files().create(directory, name("b"), text("two"));
    files().storage().rename(files().root(), name("a"), directory, name("b"), EXCHANGE);
    assertEquals("two", files().content("a"));
    assertEquals("one", files().content(directory, "b"));
  }

  @Test
  default void renameIntoARemovedDirectoryFails() throws StorageException {
    int directory = files().makeDirectory("d");
    files().create("a", "hello");
    files().storage().removeDirectory(files().root(), name("d"));
    assertFails(
        Errno.ENOENT,
        () -> files().storage().rename(files().root(), name("a"), directory, name("a"), REPLACE));
    assertEquals("hello", files().content("a"));
  }

  private void rename(String from, String to, RenameMode mode) throws StorageException {
    files().storage().rename(files().root(), name(from), files().root(), name(to), mode);
  }
}
