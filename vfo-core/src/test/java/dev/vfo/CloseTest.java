package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.LinuxStorage;
import dev.vfo.testkit.harness.ForwardingStorage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Closing a manager whose journal has failed, while its background thread is in the middle of an
 * apply.
 */
class CloseTest {
  @TempDir Path folder;

  private final CountDownLatch inApply = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private volatile boolean journalFails;

  /**
   * Stops the apply where it makes its folder in the stage, and fails writes of the journal on
   * demand.
   */
  private final class SlowStorage extends ForwardingStorage {
    private final Set<Integer> journal = ConcurrentHashMap.newKeySet();

    SlowStorage() {
      super(new LinuxStorage());
    }

    @Override
    public int open(int directory, Name name, int flags, int mode) throws StorageException {
      int fd = super.open(directory, name, flags, mode);
      if ((flags & OpenFlag.DATA_SYNC) != 0) {
        journal.add(fd);
      }
      return fd;
    }

    @Override
    public long write(int fd, MemorySegment source, long offset) throws StorageException {
      if (journalFails && journal.contains(fd)) {
        throw new StorageException(Errno.EIO, "write", "journal");
      }
      return super.write(fd, source, offset);
    }

    @Override
    public void makeDirectory(int directory, Name name, int mode) throws StorageException {
      if (name.toString().matches("[0-9a-f]{16}")) {
        inApply.countDown();
        awaitUninterrupted(goOn);
      }
      super.makeDirectory(directory, name, mode);
    }
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void waitsForTheApplyThatRuns() throws Exception {
    VirtualFileManager files =
        VirtualFileManager.open(folder, Options.defaults().withStorage(new SlowStorage()));
    files.tree().writeAll("slow", "one".getBytes(UTF_8));
    files.checkpoint(new byte[] {1});
    inApply.await();
    journalFails = true;
    files.tree().writeAll("other", "two".getBytes(UTF_8));
    assertThrows(FailedManagerException.class, () -> files.checkpoint(new byte[] {2}));

    Thread closing =
        Thread.ofPlatform()
            .start(() -> {
              try {
                files.close();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    while (closing.getState() != Thread.State.WAITING && closing.isAlive()) {
      Thread.onSpinWait();
    }
    assertEquals(Thread.State.WAITING, closing.getState(), "it must wait for the apply");
    assertThrows(
        RootInUseException.class, () -> VirtualFileManager.open(folder, Options.defaults()));
    goOn.countDown();
    closing.join();

    VirtualFileManager again = VirtualFileManager.open(folder, Options.defaults());
    again.close();
    assertEquals("one", Files.readString(folder.resolve("slow")));
  }
}
