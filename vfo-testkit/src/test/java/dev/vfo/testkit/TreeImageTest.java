package dev.vfo.testkit;

import static dev.vfo.testkit.TestFiles.name;
import static dev.vfo.testkit.TestFiles.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.model.TreePath;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Images of trees show every difference that counts, and no other. */
final class TreeImageTest {
  private final SimulatedStorage storage = new SimulatedStorage();
  private TestFiles files = new TestFiles(storage, -1);

  /** A change of the tree, undone by nothing: each test makes one on a fork. */
  @FunctionalInterface
  private interface Change {
    void make(SimulatedStorage target) throws StorageException;
  }

  @BeforeEach
  void open() throws StorageException {
    files = new TestFiles(storage, storage.openRoot(Disks.ROOT));
    files.create("file", "hello");
    int directory = files.makeDirectory("dir");
    files.create(directory, name("x"), text("x"));
    storage.makeSymlink(directory, name("link"), text("x"));
    storage.makeNode(directory, name("node"), FileType.CHARACTER_DEVICE, 0600, 5);
    storage.link(directory, name("x"), directory, name("y"));
    storage.setXattr(files.root(), name("file"), "user.a", text("1"));
    files.create(files.makeDirectory(".vfo"), name("inner"), text("hidden"));
  }

  private TreeImage image(SimulatedStorage target) throws StorageException {
    return TreeImage.read(target, files.root(), name(".vfo"));
  }

  private List<String> after(Change change) throws StorageException {
    SimulatedStorage other = storage.fork();
    TreeImage before = image(storage);
    change.make(other);
    assertNotEquals(before, image(other));
    return before.differences(image(other));
  }

  private void assertSame(Change change) throws StorageException {
    SimulatedStorage other = storage.fork();
    change.make(other);
    assertEquals(List.of(), image(storage).differences(image(other)));
    assertEquals(image(storage), image(other));
  }

  @Test
  void contents() throws StorageException {
    int root = files.root();
    int fd = files.open("file", TestFiles.READ_WRITE);
    List<String> found = after(other -> new TestFiles(other, root).write(fd, text("L"), 2));
    assertEquals(1, found.size());
    assertTrue(found.get(0).contains("content differs from byte 2: 6c6c6f / 4c6c6f"), found.get(0));
    assertTrue(
        after(other -> other.truncate(fd, 4)).get(0).contains("5 / 4 bytes"), "size is shown");
  }

  @Test
  void attributes() throws StorageException {
    int root = files.root();
    assertEquals(
        List.of("/file: mode 0644 / 0600"),
        after(other -> other.changeMode(root, name("file"), 0600)));
    assertEquals(
        List.of("/file: owner 0:0 / 1:2"),
        after(other -> other.changeOwner(root, name("file"), 1, 2)));
    assertEquals(
        List.of("/file: xattrs {user.a=31} / {user.a=32}"),
        after(other -> other.setXattr(root, name("file"), "user.a", text("2"))));
    assertTrue(after(other -> other.setTimes(root, name("dir"), 1, 2)).get(0).contains("modified"));
  }

  @Test
  void namesAndLinks() throws StorageException {
    int root = files.root();
    List<String> found = after(other -> other.makeDirectory(root, name("new"), 0755));
    assertTrue(found.get(1).startsWith("/new: only in the second: "), found.toString());
    int directory = files.openDirectory(root, name("dir"));
    found =
        after(other -> {
          other.unlink(directory, name("y"));
          TestFiles steps = new TestFiles(other, root);
          steps.create(directory, name("y"), text("x"));
        });
    assertTrue(found.toString().contains("links 2 / 1"), found.toString());
    assertTrue(found.toString().contains("is also /dir/x / /dir/y"), found.toString());
    found =
        after(other -> {
          other.unlink(directory, name("link"));
          other.makeSymlink(directory, name("link"), text("y"));
        });
    assertTrue(found.toString().contains("target x / y"), found.toString());
    found =
        after(other -> {
          other.unlink(directory, name("node"));
          other.makeNode(directory, name("node"), FileType.CHARACTER_DEVICE, 0600, 6);
        });
    assertTrue(found.toString().contains("device 5 / 6"), found.toString());
  }

  @Test
  void whatDoesNotCount() throws StorageException {
    int root = files.root();
    int hidden = files.openDirectory(root, name(".vfo"));
    int fd = files.open("file", TestFiles.READ_WRITE);
    assertSame(other -> other.unlink(hidden, name("inner")));
    assertSame(other -> files.read(fd, 0, 5));
    assertSame(other -> other.setTimes(root, name("file"), 77, FileStat.OMIT_TIME));
    SimulatedStorage other = storage.fork();
    other.setTimes(root, name("dir"), 1, 2);
    assertEquals(image(storage).withoutDirectoryTimes(), image(other).withoutDirectoryTimes());
    other.setTimes(root, name("file"), 1, 2);
    assertNotEquals(image(storage).withoutDirectoryTimes(), image(other).withoutDirectoryTimes());
    assertEquals(image(storage).withoutTimes(), image(other).withoutTimes());
  }

  @Test
  void holesAreZeros() throws StorageException {
    byte[] content = new byte[300_000];
    Arrays.fill(content, 100_000, 100_100, (byte) 7);
    int dense = files.create(files.root(), name("dense"), content);
    int sparse = files.create("sparse", "");
    storage.truncate(sparse, content.length);
    files.write(sparse, Arrays.copyOfRange(content, 100_000, 100_100), 100_000);
    assertEquals(contentOf("/dense"), contentOf("/sparse"));
    assertEquals(ContentImage.of(content), contentOf("/sparse"));
    files.write(dense, new byte[] {1}, 299_999);
    assertNotEquals(contentOf("/dense"), contentOf("/sparse"));
    files.write(dense, new byte[] {0}, 299_999);
    assertEquals(contentOf("/dense"), contentOf("/sparse"));
    storage.truncate(dense, content.length - 1);
    assertNotEquals(contentOf("/dense"), contentOf("/sparse"));
  }

  private ContentImage contentOf(String path) throws StorageException {
    FileImage file = image(storage).files().get(TreePath.of(path));
    assertNotEquals(null, file);
    return Objects.requireNonNull(file.content());
  }

  @Test
  void hugeSparseFileIsReadFast() throws StorageException {
    int fd = files.create("huge", "");
    files.write(fd, text("x"), 1L << 40);
    assertEquals((1L << 40) + 1, contentOf("/huge").sizeBytes());
  }
}
