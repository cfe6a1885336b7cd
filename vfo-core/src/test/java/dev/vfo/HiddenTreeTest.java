package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.SimulatedCrash;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.harness.ForwardingStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Further trees of a manager, in the same steps. */
class HiddenTreeTest {
  private static final int STEPS = 5;

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static void assertErrno(Errno errno, Executable call) {
    assertEquals(errno, assertThrows(StorageException.class, call).errno());
  }

  @Test
  void itsFilesArePartOfTheSteps(@TempDir Path folder) throws Exception {
    try (VirtualFileManager files = VirtualFileManager.open(folder, Options.defaults())) {
      FileTree hidden = files.hiddenTree("tmp");
      hidden.chmod("/", 01777);
      hidden.createDirectories("a/b");
      hidden.writeAll("a/b/file", bytes("hidden"));
      hidden.symlink("/a/b", "link");
      files.tree().writeAll("file", bytes("seen"));
      assertEquals("hidden", new String(hidden.readAll("link/../b/file"), UTF_8));
      assertFalse(files.tree().exists("a"));
      assertErrno(Errno.ENOENT, () -> files.tree().stat(".vfo"));
      files.checkpoint(new byte[] {1});
      files.awaitApplied();
      hidden.delete("a/b/file");
      files.rollback();
      assertTrue(hidden.exists("../../a/b/file"), "no path leads out");
      assertTrue(files.hiddenTree("other").list("/").isEmpty());
    }
    assertEquals("hidden", Files.readString(folder.resolve(".vfo/private/tmp/a/b/file")));
    assertEquals("seen", Files.readString(folder.resolve("file")));
    try (VirtualFileManager files = VirtualFileManager.open(folder, Options.defaults())) {
      FileTree hidden = files.hiddenTree("tmp");
      assertEquals(01777, hidden.stat("/").mode());
      assertEquals("hidden", new String(hidden.readAll("a/b/file"), UTF_8));
    }
  }

  @Test
  void nothingGoesFromOneToAnother(@TempDir Path folder) throws Exception {
    try (VirtualFileManager files = VirtualFileManager.open(folder, Options.defaults())) {
      FileTree hidden = files.hiddenTree("tmp");
      FileTree other = files.hiddenTree("other");
      EntryOperations entries = files.entries();
      files.tree().writeAll("file", bytes("seen"));
      hidden.createDirectory("dir");
      hidden.writeAll("dir/file", bytes("hidden"));
      long dir = entries.lookup(hidden.root(), Name.of("dir"));
      long file = entries.lookup(entries.root(), Name.of("file"));
      for (long to : new long[] {dir, hidden.root(), other.root()}) {
        assertErrno(Errno.EXDEV, () -> entries.link(file, to, Name.of("x")));
        for (RenameMode mode : RenameMode.values()) {
          assertErrno(
              Errno.EXDEV,
              () -> entries.rename(entries.root(), Name.of("file"), to, Name.of("x"), mode));
        }
      }
      assertErrno(
          Errno.EXDEV,
          () ->
              entries.rename(
                  dir, Name.of("file"), entries.root(), Name.of("x"), RenameMode.REPLACE));
      entries.rename(dir, Name.of("file"), hidden.root(), Name.of("x"), RenameMode.REPLACE);
      assertErrno(Errno.EINVAL, () -> files.hiddenTree("a/b"));
      assertErrno(Errno.EINVAL, () -> files.hiddenTree(".."));
    }
  }

  private static void step(VirtualFileManager files, int number) throws IOException {
    FileTree hidden = files.hiddenTree("tmp");
    files.tree().writeAll("count", new byte[] {(byte) number});
    hidden.writeAll("count", new byte[] {(byte) number});
    hidden.createDirectory("d" + number);
    hidden.writeAll("d" + number + "/file", bytes("content " + number));
    if (number > 1) {
      hidden.delete("d" + (number - 1) + "/moved");
    }
    if (number > 0) {
      hidden.rename("d" + (number - 1) + "/file", "d" + number + "/moved");
      hidden.removeDirectory("d" + (number - 1));
    }
  }

  private static void assertIsAt(VirtualFileManager files, int done) throws IOException {
    FileTree hidden = files.hiddenTree("tmp");
    if (done == 0) {
      assertFalse(files.tree().exists("count"));
      assertTrue(hidden.list("/").isEmpty());
      return;
    }
    assertEquals(done - 1, files.tree().readAll("count")[0]);
    assertEquals(done - 1, hidden.readAll("count")[0]);
    assertEquals(2, hidden.list("/").size());
    String folder = "d" + (done - 1);
    assertEquals("content " + (done - 1), new String(hidden.readAll(folder + "/file"), UTF_8));
    assertEquals(done > 1, hidden.exists(folder + "/moved"));
  }

  private static int done(VirtualFileManager files) {
    return files.lastCheckpoint().map(last -> last.state().bytes()[0] + 1).orElse(0);
  }

  private static void goOn(SimulatedStorage storage) throws IOException {
    goOn(storage, UnaryOperator.identity());
  }

  private static void goOn(SimulatedStorage storage, UnaryOperator<Storage> breaking)
      throws IOException {
    try (VirtualFileManager files = SampleRoot.open(breaking.apply(storage))) {
      assertIsAt(files, done(files));
      for (int number = done(files); number < STEPS; number++) {
        step(files, number);
        files.checkpoint(new byte[] {(byte) number});
        if (number == 2) {
          files.awaitApplied();
        }
      }
      files.awaitApplied();
      assertIsAt(files, STEPS);
    }
  }

  private static SimulatedStorage empty() throws IOException {
    SimulatedStorage storage = new SimulatedStorage();
    storage.makeDirectory(SampleRoot.ROOT);
    return storage;
  }

  @Test
  void afterACrashAnywhereBothTreesAreThoseOfOneCheckpoint() throws IOException {
    crashEverywhere(UnaryOperator.identity());
  }

  private static void crashEverywhere(UnaryOperator<Storage> breaking) throws IOException {
    SimulatedStorage whole = empty();
    goOn(whole, breaking);
    long calls = whole.callCount();
    for (long call = 1; call < calls; call++) {
      SimulatedStorage storage = empty();
      storage.faults().add(Fault.crash().atCall(call));
      assertThrows(SimulatedCrash.class, () -> goOn(storage, breaking));
      SimulatedStorage left = storage.crash(call);
      try {
        if (call % 4 == 0) {
          crashAgain(left, call);
        }
        goOn(left);
      } catch (AssertionError | IOException | RuntimeException e) {
        throw new AssertionError("crash at call " + call + " of " + calls, e);
      }
    }
  }

  private static void crashAgain(SimulatedStorage left, long seed) throws IOException {
    SimulatedStorage counted = left.fork();
    SampleRoot.open(counted).close();
    SimulatedStorage storage = left.fork();
    storage
        .faults()
        .add(Fault.crash().atCall(1 + Math.floorMod(seed * 7919L, counted.callCount())));
    assertThrows(SimulatedCrash.class, () -> SampleRoot.open(storage).close());
    goOn(storage.crash(seed));
  }

  /** Canary: the tree's home is not durable when files in it are committed. */
  @Test
  void aTreeThatIsNotDurable() {
    assertCaught(storage -> new Deaf(storage, "private"));
  }

  /**
   * Canary: files of the hidden tree that are not durable when the checkpoint counts as applied.
   */
  @Test
  void hiddenFilesThatAreNotDurable() {
    assertCaught(storage -> new Deaf(storage, "tmp"));
  }

  private static void assertCaught(UnaryOperator<Storage> breaking) {
    Throwable caught = assertThrows(AssertionError.class, () -> crashEverywhere(breaking));
    assertTrue(String.valueOf(caught.getMessage()).startsWith("crash at call"), caught::toString);
  }

  /** Does not sync what lies below a folder of a name; the simulator forgets it at a power loss. */
  private static final class Deaf extends ForwardingStorage {
    private final Name folder;
    private final Set<Integer> below = new HashSet<>();

    Deaf(Storage target, String folder) {
      super(target);
      this.folder = Name.of(folder);
    }

    @Override
    public int open(int directory, Name name, int flags, int mode) throws StorageException {
      return note(super.open(directory, name, flags, mode), directory, name.equals(folder));
    }

    @Override
    public int reopen(int fd, int flags) throws StorageException {
      return note(super.reopen(fd, flags), fd, false);
    }

    private int note(int fd, int from, boolean isFolder) {
      if (isFolder || below.contains(from)) {
        below.add(fd);
      } else {
        below.remove(fd);
      }
      return fd;
    }

    @Override
    public void sync(int fd) throws StorageException {
      if (!below.contains(fd)) {
        super.sync(fd);
      }
    }

    @Override
    public void syncFileSystem(int fd) {}
  }
}
