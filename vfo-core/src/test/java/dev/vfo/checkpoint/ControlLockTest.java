package dev.vfo.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.Options;
import dev.vfo.UnusableRootException;
import dev.vfo.VirtualFileManager;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.harness.ForwardingStorage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The root is detached between two calls of a process that opens it. */
class ControlLockTest {
  private static final Path ROOT = Path.of("/");
  private static final Name LOCK = Name.of("lock");
  private static final Name REMOVED = Name.of(".vfo-detached");

  /** Before which call of the process that opens the root. */
  enum Instant {
    OPEN_FOLDER,
    OPEN_LOCK,
    LOCK
  }

  /** Takes the folder away, as {@code vfo detach} does, so many times. */
  private static final class Detaching extends ForwardingStorage {
    private final Instant instant;
    private final boolean removes;
    private int times;

    Detaching(SimulatedStorage target, Instant instant, boolean removes, int times) {
      super(target);
      this.instant = instant;
      this.removes = removes;
      this.times = times;
    }

    private void at(Instant reached) throws StorageException {
      if (reached == instant && times > 0) {
        times--;
        int root = target().openRoot(ROOT);
        target().rename(root, ControlFolder.NAME, root, REMOVED, RenameMode.NO_REPLACE);
        if (removes) {
          remove(root, REMOVED);
        }
        target().close(root);
      }
    }

    private void remove(int directory, Name name) throws StorageException {
      int fd = target().open(directory, name, OpenFlag.READ | OpenFlag.DIRECTORY, 0);
      List<Name> folders = new ArrayList<>();
      List<Name> files = new ArrayList<>();
      target()
          .list(fd, (each, _, type) -> (type == FileType.DIRECTORY ? folders : files).add(each));
      for (Name each : files) {
        target().unlink(fd, each);
      }
      for (Name each : folders) {
        remove(fd, each);
      }
      target().close(fd);
      target().removeDirectory(directory, name);
    }

    @Override
    public int open(int directory, Name name, int flags, int mode) throws StorageException {
      if (name.equals(ControlFolder.NAME) && (flags & OpenFlag.PATH) == 0) {
        at(Instant.OPEN_FOLDER);
      }
      if (name.equals(LOCK)) {
        at(Instant.OPEN_LOCK);
      }
      return super.open(directory, name, flags, mode);
    }

    @Override
    public boolean tryLock(int fd) throws StorageException {
      at(Instant.LOCK);
      return super.tryLock(fd);
    }
  }

  private static Options options(Storage storage, long seed) {
    return Options.defaults()
        .withStorage(storage)
        .withRandom(new Random(seed))
        .withExecutor(task -> {})
        .withFirstSegmentBytes(32 << 10)
        .withMaxSegmentBytes(32 << 10);
  }

  private static SimulatedStorage managed() throws Exception {
    SimulatedStorage disk = new SimulatedStorage();
    try (VirtualFileManager files = VirtualFileManager.open(ROOT, options(disk, 1))) {
      files.checkpoint(new byte[] {1});
    }
    return disk;
  }

  @ParameterizedTest
  @EnumSource
  void whatIsCommittedIsFoundAgainThoughTheFolderWasMoved(Instant instant) throws Exception {
    assertStartsAgain(instant, false);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsCommittedIsFoundAgainThoughTheFolderWasRemoved(Instant instant) throws Exception {
    assertStartsAgain(instant, true);
  }

  private static void assertStartsAgain(Instant instant, boolean removes) throws Exception {
    SimulatedStorage disk = managed();
    Detaching detaching = new Detaching(disk, instant, removes, 1);
    try (VirtualFileManager files = VirtualFileManager.open(ROOT, options(detaching, 2))) {
      assertTrue(files.lastCheckpoint().isEmpty(), "an ordinary directory now");
      files.checkpoint("new".getBytes(UTF_8));
    }
    assertEquals(0, detaching.times);
    try (VirtualFileManager files = VirtualFileManager.open(ROOT, options(disk, 3))) {
      assertEquals("new", new String(files.lastCheckpoint().orElseThrow().state().bytes(), UTF_8));
    }
    assertEquals(0, disk.openDescriptors());
  }

  @Test
  void aFolderThatGoesAwayEachTimeIsNoRoot() throws Exception {
    SimulatedStorage disk = managed();
    Detaching detaching = new Detaching(disk, Instant.LOCK, true, Integer.MAX_VALUE);
    UnusableRootException e =
        assertThrows(
            UnusableRootException.class,
            () -> VirtualFileManager.open(ROOT, options(detaching, 2)));
    assertTrue(e.getMessage().contains("removed again and again"), e.getMessage());
    assertEquals(0, disk.openDescriptors());
  }
}
