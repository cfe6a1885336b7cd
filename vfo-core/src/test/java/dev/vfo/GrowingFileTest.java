package dev.vfo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.Operation;
import dev.vfo.testkit.SimulatedCrash;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.harness.ForwardingStorage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
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

  private static final int STEPS = 4;

  private static long log(VirtualFileManager files) throws IOException {
    EntryOperations entries = files.entries();
    Name name = Name.of("log");
    if (!files.tree().exists("log")) {
      return entries.createGrowing(entries.root(), name, entries.defaultOwner(0640));
    }
    long log = entries.lookup(entries.root(), name);
    entries.setGrowing(log);
    return log;
  }

  /**
   * Steps that each write a file and a line into a log; what is not in a checkpoint is repeated.
   *
   * @param isMade told that the log is made
   */
  private static void goOn(Storage storage, AtomicBoolean isMade) throws IOException {
    try (VirtualFileManager files = SampleRoot.open(storage)) {
      int done = assertIsAt(files);
      log(files);
      isMade.set(true);
      for (int number = done; number < STEPS; number++) {
        files.tree().writeAll("count", new byte[] {(byte) number});
        try (VirtualFile log = files.tree().open("log", APPEND)) {
          log.write(bytes(line(number)));
        }
        if (number % 2 == 0) {
          files.tree().writeAll("file" + number, new byte[100]);
        }
        files.checkpoint(new byte[] {(byte) number});
        if (number == 1) {
          files.awaitApplied();
        }
      }
    }
  }

  private static String line(int number) {
    return "line " + number + ";";
  }

  /** All is that of the checkpoint, which is returned; the log does not count. */
  private static int assertIsAt(VirtualFileManager files) throws IOException {
    int done = files.lastCheckpoint().map(last -> last.state().bytes()[0] + 1).orElse(0);
    assertEquals(done > 0, files.tree().exists("count"));
    if (done > 0) {
      assertEquals(done - 1, files.tree().readAll("count")[0]);
    }
    for (int number = 0; number < STEPS; number++) {
      boolean isMade = number % 2 == 0 && number < done;
      assertEquals(isMade, files.tree().exists("file" + number), "file" + number);
    }
    return done;
  }

  /** What a crash has left of the log, in Latin 1. */
  private static String logIn(SimulatedStorage disk, boolean isMade) throws IOException {
    try (VirtualFileManager files = SampleRoot.open(disk.fork())) {
      if (!isMade && !files.tree().exists("log")) {
        return "";
      }
      return new String(files.tree().readAll("log"), ISO_8859_1);
    }
  }

  private static SimulatedStorage empty() throws IOException {
    SimulatedStorage disk = new SimulatedStorage();
    disk.makeDirectory(SampleRoot.ROOT);
    return disk;
  }

  /** Of the log a power loss may take what was not synced; the end of a process takes nothing. */
  private static void crashEverywhere(UnaryOperator<Storage> breaking) throws IOException {
    SimulatedStorage whole = empty();
    goOn(breaking.apply(whole), new AtomicBoolean());
    long calls = whole.callCount();
    for (long call = 1; call < calls; call++) {
      SimulatedStorage disk = empty();
      disk.faults().add(Fault.crash().atCall(call));
      AtomicBoolean isMade = new AtomicBoolean();
      assertThrows(SimulatedCrash.class, () -> goOn(breaking.apply(disk), isMade));
      boolean isPower = call % 3 > 0;
      SimulatedStorage left = isPower ? disk.crash(call) : disk.killProcess();
      try {
        String before = logIn(left, isMade.get());
        goOn(left, isMade);
        String after = logIn(left, true);
        assertTrue(after.startsWith(before), () -> before + ", then " + after);
        if (!isPower) {
          assertEveryStepIsThere(after);
        }
      } catch (AssertionError | IOException | RuntimeException e) {
        throw new AssertionError("crash at call " + call + " of " + calls, e);
      }
    }
  }

  // A step that is repeated appends once more.
  private static void assertEveryStepIsThere(String log) {
    String rest = log;
    for (int number = 0; number < STEPS; number++) {
      assertTrue(rest.startsWith(line(number)), log);
      rest = rest.substring(line(number).length());
      if (rest.startsWith(line(number))) {
        rest = rest.substring(line(number).length());
      }
    }
    assertEquals("", rest, log);
  }

  @Test
  void aCrashAnywhereLeavesTheCheckpointWholeAndWhatWasAppended() throws IOException {
    crashEverywhere(UnaryOperator.identity());
  }

  private static void assertCaught(UnaryOperator<Storage> breaking) {
    AssertionError caught = assertThrows(AssertionError.class, () -> crashEverywhere(breaking));
    assertTrue(String.valueOf(caught.getMessage()).startsWith("crash at call"), caught::toString);
  }

  /** Canary: appends that go to the beginning. */
  @Test
  void appendsInTheWrongPlace() {
    assertCaught(target ->
        new ForwardingStorage(target) {
          @Override
          public long write(int fd, MemorySegment source, long offset) throws StorageException {
            boolean isLine = source.byteSize() == line(0).length();
            return super.write(fd, source, isLine ? 0 : offset);
          }
        });
  }

  /** Canary: a log that is there, but not durably. */
  @Test
  void aLogThatIsNotSyncedWhenItIsMade() {
    assertCaught(target ->
        new ForwardingStorage(target) {
          private int unsynced;

          @Override
          public int open(int directory, Name name, int flags, int mode) throws StorageException {
            boolean isMade = (flags & OpenFlag.EXCLUSIVE) != 0 && name.equals(Name.of("log"));
            unsynced = isMade ? 2 : unsynced;
            return super.open(directory, name, flags, mode);
          }

          @Override
          public void sync(int fd) throws StorageException {
            if (unsynced > 0) {
              unsynced--;
            } else {
              super.sync(fd);
            }
          }
        });
  }
}
