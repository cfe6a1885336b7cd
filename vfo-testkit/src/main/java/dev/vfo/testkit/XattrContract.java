package dev.vfo.testkit;

import static dev.vfo.testkit.TestFiles.assertFails;
import static dev.vfo.testkit.TestFiles.assumeWorks;
import static dev.vfo.testkit.TestFiles.name;
import static dev.vfo.testkit.TestFiles.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Extended attributes, where the storage has them. */
interface XattrContract extends StorageTest {

  @Test
  default void xattrIsSetReplacedAndRemoved() throws StorageException {
    files().create("a", "hello");
    assumeSet("a", "user.one", text("1"));
    assumeSet("a", "user.two", text("2"));
    assertArrayEquals(text("1"), get("a", "user.one"));
    assumeSet("a", "user.one", text("another value"));
    assertArrayEquals(text("another value"), get("a", "user.one"));
    assertEquals(Set.of("user.one", "user.two"), userXattrs("a"));
    files().storage().removeXattr(files().root(), name("a"), "user.one");
    assertEquals(Set.of("user.two"), userXattrs("a"));
    assertArrayEquals(text("2"), get("a", "user.two"));
    assertEquals("hello", files().content("a"));
  }

  @Test
  default void missingXattrIsNoData() throws StorageException {
    files().create("a", "hello");
    assumeSet("a", "user.there", text("1"));
    assertFails(Errno.ENODATA, () -> get("a", "user.none"));
    assertFails(
        Errno.ENODATA, () -> files().storage().removeXattr(files().root(), name("a"), "user.none"));
  }

  @Test
  default void xattrValuesAreBytes() throws StorageException {
    files().create("a", "hello");
    byte[] large = new byte[2_000];
    new Random(1).nextBytes(large);
    assumeSet("a", "user.empty", new byte[0]);
    assumeSet("a", "user.large", large);
    assertArrayEquals(new byte[0], get("a", "user.empty"));
    assertArrayEquals(large, get("a", "user.large"));
    assertEquals(Set.of("user.empty", "user.large"), userXattrs("a"));
  }

  @Test
  default void xattrNamesMayBeAnyText() throws StorageException {
    files().create("a", "hello");
    String attribute = "user.gr\u00FC\u00DFe \uD83D\uDE00 = x/y";
    assumeSet("a", attribute, text("1"));
    assertEquals(Set.of(attribute), userXattrs("a"));
    assertArrayEquals(text("1"), get("a", attribute));
    assertFails(Errno.EINVAL, () -> set("a", "user.with\0zero", text("1")));
    assertFails(Errno.ERANGE, () -> set("a", "user." + "x".repeat(300), text("1")));
  }

  @Test
  default void directoriesHaveXattrs() throws StorageException {
    files().makeDirectory("d");
    assumeSet("d", "user.one", text("1"));
    assertArrayEquals(text("1"), get("d", "user.one"));
    assertEquals(Set.of("user.one"), userXattrs("d"));
  }

  @Test
  default void xattrsOfWhatIsOpenAreThoseOfItsNames() throws StorageException {
    files().create("a", "hello");
    files().makeDirectory("d");
    files().storage().makeSymlink(files().root(), name("link"), text("a"));
    assumeSet("a", "user.one", text("1"));
    var storage = files().storage();
    for (String path : List.of("a", "d")) {
      int fd = storage.open(files().root(), name(path), OpenFlag.PATH, 0);
      storage.setXattr(fd, "user.two", text(path));
      assertArrayEquals(text(path), storage.getXattr(fd, "user.two"));
      assertArrayEquals(text(path), get(path, "user.two"));
      assertTrue(storage.listXattrs(fd).contains("user.two"));
      storage.removeXattr(fd, "user.two");
      assertFails(Errno.ENODATA, () -> storage.getXattr(fd, "user.two"));
      assertFails(Errno.ENODATA, () -> storage.removeXattr(fd, "user.two"));
      storage.close(fd);
    }
    int link = storage.open(files().root(), name("link"), OpenFlag.PATH, 0);
    assertFalse(storage.listXattrs(link).contains("user.one"));
    assertFails(Errno.EPERM, () -> storage.setXattr(link, "user.two", text("2")));
    storage.close(link);
    storage.setXattr(files().root(), "user.root", text("r"));
    assertArrayEquals(text("r"), storage.getXattr(files().root(), "user.root"));
    storage.removeXattr(files().root(), "user.root");
  }

  @Test
  default void xattrsGoWithTheFile() throws StorageException {
    files().create("a", "hello");
    assumeSet("a", "user.one", text("1"));
    int root = files().root();
    files().storage().rename(root, name("a"), root, name("b"), RenameMode.REPLACE);
    files().storage().link(root, name("b"), root, name("c"));
    assumeSet("c", "user.two", text("2"));
    assertEquals(Set.of("user.one", "user.two"), userXattrs("b"));
    files().create("a", "hello");
    assertEquals(Set.of(), userXattrs("a"));
  }

  @Test
  default void xattrsWorkForNamesOfAnyBytes() throws StorageException {
    Name name = name(0xFF, '\n', 0xC3);
    files().create(files().root(), name, text("hello"));
    var storage = files().storage();
    assumeWorks(
        () -> storage.setXattr(files().root(), name, "user.one", text("1")), Errno.EOPNOTSUPP);
    assertArrayEquals(text("1"), storage.getXattr(files().root(), name, "user.one"));
  }

  @Test
  default void xattrsAreNeverThoseOfALinksTarget() throws StorageException {
    files().create("a", "hello");
    assumeSet("a", "user.one", text("1"));
    files().storage().makeSymlink(files().root(), name("link"), text("a"));
    assertEquals(Set.of(), userXattrs("link"));
    assertFails(Errno.EPERM, () -> set("link", "user.two", text("2")));
    assertEquals(Set.of("user.one"), userXattrs("a"));
  }

  @Test
  default void xattrsOfWhatIsMissing() {
    int root = files().root();
    Name none = name("none");
    var storage = files().storage();
    assertFails(Errno.ENOENT, () -> storage.getXattr(root, none, "user.one"));
    assertFails(Errno.ENOENT, () -> storage.setXattr(root, none, "user.one", text("1")));
    assertFails(Errno.ENOENT, () -> storage.removeXattr(root, none, "user.one"));
    assertFails(Errno.ENOENT, () -> storage.listXattrs(root, none));
  }

  @Test
  default void writingAndChangingTheOwnerClearCapabilities() throws StorageException {
    int fd = files().create("a", "hello");
    byte[] capability = new byte[20];
    capability[3] = 2;
    capability[5] = 0x04;
    TestFiles.Step grant = () -> set("a", "security.capability", capability);
    assumeWorks(grant, Errno.EPERM, Errno.EOPNOTSUPP);
    assertArrayEquals(capability, get("a", "security.capability"));
    files().write(fd, text("J"), 0);
    assertFails(Errno.ENODATA, () -> get("a", "security.capability"));
    grant.run();
    files().storage().truncate(fd, 3);
    assertFails(Errno.ENODATA, () -> get("a", "security.capability"));
    grant.run();
    files().storage().changeOwner(files().root(), name("a"), 1234, 5678);
    assertFails(Errno.ENODATA, () -> get("a", "security.capability"));
  }

  private void assumeSet(String path, String attribute, byte[] value) throws StorageException {
    assumeWorks(() -> set(path, attribute, value), Errno.EOPNOTSUPP);
  }

  private void set(String path, String attribute, byte[] value) throws StorageException {
    files().storage().setXattr(files().root(), name(path), attribute, value);
  }

  private byte[] get(String path, String attribute) throws StorageException {
    return files().storage().getXattr(files().root(), name(path), attribute);
  }

  /** Those of users; a system may put others on every file. */
  private Set<String> userXattrs(String path) throws StorageException {
    Set<String> names = new TreeSet<>(files().storage().listXattrs(files().root(), name(path)));
    names.removeIf(attribute -> !attribute.startsWith("user."));
    return names;
  }
}
