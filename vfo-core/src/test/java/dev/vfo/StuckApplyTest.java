package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.DirectoryVisitor;
import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.LinuxStorage;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.Operation;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.harness.ForwardingStorage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An apply that fails is tried again in the background, without a call of the program. */
@Timeout(120)
class StuckApplyTest {
  /**
   * The mark may say durably that a layer is applied though writing it has failed: to touch home
   * again would leave it without the layer when the power fails.
   */
  @Test
  void nothingIsAppliedAgainWhenTheMarkHasFailed() throws Exception {
    SimulatedStorage disk = new SimulatedStorage();
    disk.makeDirectory(SampleRoot.ROOT);
    int[] syncs = {0};
    int[] changes = {0};
    Storage failing =
        new ForwardingStorage(disk) {
          @Override
          public void dataSync(int fd) throws StorageException {
            syncs[0]++;
            // The second copy of the mark.
            if (changes[0] == 1 && stat(fd).sizeBytes() == 8192 && syncs[0] % 2 == 0) {
              changes[0] = 2;
              throw new StorageException(Errno.EIO, "sync", "applied");
            }
            super.dataSync(fd);
          }

          @Override
          public long write(int fd, MemorySegment source, long offset) throws StorageException {
            assertTrue(changes[0] < 2, "written after the mark has failed");
            return super.write(fd, source, offset);
          }
        };
    VirtualFileManager files = SampleRoot.open(failing);
    files.tree().writeAll("file", new byte[] {1});
    files.checkpoint(State.empty());
    files.awaitApplied();
    try (VirtualFile file = files.tree().open("file", StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {2}), 0);
    }
    files.checkpoint(State.of(new byte[] {1}));
    syncs[0] = 0;
    changes[0] = 1;
    assertThrows(IOException.class, files::doBackgroundWork);
    assertEquals(2, changes[0], "the mark has failed");
    assertThrows(IOException.class, files::doBackgroundWork);
    assertThrows(FailedManagerException.class, files::awaitApplied);
  }

  private static final String LAYER_FOLDER = "[0-9a-f]{16}";

  @TempDir Path folder;

  private final CountDownLatch failedOnce = new CountDownLatch(1);
  private final CountDownLatch tidiedUp = new CountDownLatch(1);
  private volatile boolean fails = true;

  /** Fails where an apply makes its folder in the stage; tells when the folder goes again. */
  private final class FailingStorage extends ForwardingStorage {
    FailingStorage() {
      super(new LinuxStorage());
    }

    @Override
    public void makeDirectory(int directory, Name name, int mode) throws StorageException {
      if (fails && name.toString().matches(LAYER_FOLDER)) {
        failedOnce.countDown();
        throw new StorageException(Errno.EIO, "make directory", name.toString());
      }
      super.makeDirectory(directory, name, mode);
    }

    @Override
    public void removeDirectory(int directory, Name name) throws StorageException {
      super.removeDirectory(directory, name);
      if (name.toString().matches(LAYER_FOLDER)) {
        tidiedUp.countDown();
      }
    }
  }

  /** Keeps the tasks, for the test to run them. */
  private static final class TestTimer implements Timer {
    final List<Long> delaysMs = new ArrayList<>();
    private final Deque<Runnable> tasks = new ArrayDeque<>();

    @Override
    public void after(Duration delay, Runnable task) {
      delaysMs.add(delay.toMillis());
      tasks.add(task);
    }

    void runNext() {
      tasks.remove().run();
    }
  }

  @Test
  void isAppliedWhenItCanBe() throws Exception {
    Options options = Options.defaults().withStorage(new FailingStorage());
    try (VirtualFileManager files = VirtualFileManager.open(folder, options)) {
      files.tree().writeAll("file", "text".getBytes(UTF_8));
      files.checkpoint(State.empty());
      failedOnce.await();
      fails = false;
      tidiedUp.await();
      assertEquals("text", Files.readString(folder.resolve("file")));
    }
  }

  @Test
  void isReadThroughWhenItIsStuckAtOpen() throws Exception {
    Files.writeString(folder.resolve("old"), "old");
    Files.createLink(folder.resolve("second"), folder.resolve("old"));
    Options options = Options.defaults().withStorage(new FailingStorage());
    VirtualFileManager first = VirtualFileManager.open(folder, options);
    first.tree().writeAll("new", "new".getBytes(UTF_8));
    first.tree().rename("old", "moved");
    first.checkpoint(State.empty());
    first.tree().delete("second");
    first.checkpoint(State.empty());
    assertThrows(StuckApplyException.class, first::close);

    try (VirtualFileManager files = VirtualFileManager.open(folder, options)) {
      assertEquals(2, files.status().unappliedLayers());
      assertTrue(files.status().stuck().orElseThrow().contains("layer 1"));
      assertEquals("new", new String(files.tree().readAll("new"), UTF_8));
      assertEquals("old", new String(files.tree().readAll("moved"), UTF_8));
      assertEquals(1, files.tree().stat("moved").linkCount());
      assertThrows(StorageException.class, () -> files.tree().readAll("second"));
      files.tree().writeAll("new", "newer".getBytes(UTF_8));
      files.checkpoint(State.empty());
      assertTrue(Files.exists(folder.resolve("old")));

      fails = false;
      files.awaitApplied();
      assertEquals("newer", Files.readString(folder.resolve("new")));
      assertEquals("old", Files.readString(folder.resolve("moved")));
      assertEquals(1, Files.getAttribute(folder.resolve("moved"), "unix:nlink"));
    }
  }

  @Test
  void whatFailedAtOpenIsNotToldAgain() throws Exception {
    SimulatedStorage disk = new SimulatedStorage();
    disk.makeDirectory(SampleRoot.ROOT);
    try (VirtualFileManager files = SampleRoot.open(disk)) {
      files.tree().writeAll("file", "old".getBytes(UTF_8));
      files.checkpoint(State.empty());
      files.awaitApplied();
      files.tree().writeAll("file", "new".getBytes(UTF_8));
      files.checkpoint(State.empty());
      files.tree().symlink("file", "link");
      files.checkpoint(State.empty());
      disk = disk.killProcess();
    }
    // A sync of all (C10), which the link needs, would tell of it once more.
    disk.faults().add(Fault.writeBackError().on(Operation.SYNC).onPath("file"));
    try (VirtualFileManager files = SampleRoot.open(disk)) {
      assertTrue(files.status().stuck().isPresent());
      files.awaitApplied();
    }
  }

  @Test
  void waitsTwiceAsLongEachTime() throws Exception {
    TestTimer timer = new TestTimer();
    Options options =
        Options.defaults()
            .withStorage(new FailingStorage())
            .withExecutor(Runnable::run)
            .withTimer(timer);
    VirtualFileManager files = VirtualFileManager.open(folder, options);
    files.tree().writeAll("file", "one".getBytes(UTF_8));
    files.checkpoint(State.empty());
    files.checkpoint(State.of(new byte[1]));
    assertEquals(List.of(100L), timer.delaysMs, "one at a time");
    for (int i = 0; i < 11; i++) {
      timer.runNext();
    }
    assertEquals(
        List.of(
            100L, 200L, 400L, 800L, 1600L, 3200L, 6400L, 12_800L, 25_600L, 51_200L, 60_000L,
            60_000L),
        timer.delaysMs);
    assertTrue(files.status().stuck().isPresent());

    fails = false;
    timer.runNext();
    assertEquals(0, files.status().unappliedLayers());
    assertEquals("one", Files.readString(folder.resolve("file")));

    fails = true;
    timer.delaysMs.clear();
    files.tree().writeAll("file", "two".getBytes(UTF_8));
    files.checkpoint(State.empty());
    assertEquals(List.of(100L), timer.delaysMs, "from the beginning");
    assertThrows(StuckApplyException.class, files::close);
    timer.runNext();
    assertEquals(List.of(100L), timer.delaysMs, "a closed manager tries nothing");
  }

  /** Tidying up fails once behind each apply that is marked. */
  private static final class FailingTidying extends ForwardingStorage {
    private int markFd = -1;
    private boolean fails;
    private boolean isArmed;

    FailingTidying() {
      super(new LinuxStorage());
    }

    @Override
    public int open(int directory, Name name, int flags, int mode) throws StorageException {
      int fd = super.open(directory, name, flags, mode);
      markFd = name.equals(Name.of("applied")) ? fd : markFd;
      return fd;
    }

    @Override
    public void dataSync(int fd) throws StorageException {
      super.dataSync(fd);
      fails |= isArmed && fd == markFd;
    }

    @Override
    public void list(int directory, DirectoryVisitor visitor) throws StorageException {
      if (fails) {
        fails = false;
        throw new StorageException(Errno.EIO, "list", "the stage");
      }
      super.list(directory, visitor);
    }
  }

  /** It waits in the stage while it is applied, as nobody knew its other name. */
  @Test
  void whatAnApplyLeavesInTheStageIsNoNameOfAFile(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("a"), "content");
    Files.createLink(folder.resolve("b"), folder.resolve("a"));
    FailingTidying storage = new FailingTidying();
    Options options = Options.defaults().withStorage(storage).withExecutor(task -> {});
    try (VirtualFileManager files = VirtualFileManager.open(folder, options)) {
      storage.isArmed = true;
      files.tree().chmod("a", 0600);
      files.tree().delete("a");
      files.checkpoint(new byte[] {1});
      assertThrows(IOException.class, files::doBackgroundWork);
      assertEquals(1, files.tree().stat("b").linkCount());
      files.awaitApplied();
      assertEquals(1, files.tree().stat("b").linkCount());
      assertEquals(0600, files.tree().stat("b").mode());
    }
    assertEquals("content", Files.readString(folder.resolve("b")));
  }
}
