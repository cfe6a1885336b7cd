package dev.vfo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.vfo.StoppingStorage.Call;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls that are on their way to a home file when the manager is closed. */
class CloseRaceTest {
  private static final byte[] SHORT = {1, 2, 3};

  /** So long that it is read in pieces. */
  private static final int LONG_BYTES = 3 << 20;

  @TempDir Path folder;

  private final StoppingStorage storage = new StoppingStorage();

  private VirtualFileManager open() throws Exception {
    return VirtualFileManager.open(folder, Options.defaults().withStorage(storage));
  }

  private static <T> FutureTask<T> start(Callable<T> call) {
    FutureTask<T> task = new FutureTask<>(call);
    Thread.ofPlatform().start(task);
    return task;
  }

  @Test
  void aReadThatRunsIsFinishedAndItsDescriptorClosed() throws Exception {
    Files.write(folder.resolve("file"), SHORT);
    VirtualFileManager files = open();
    storage.stopAt(Call.READ, "file");
    FutureTask<byte[]> reading = start(() -> files.tree().readAll("file"));
    storage.awaitStop();
    files.close();
    storage.goOn();
    // The file is read to its end with a second call, which may come too late.
    try {
      assertArrayEquals(SHORT, reading.get());
    } catch (ExecutionException e) {
      assertInstanceOf(FailedManagerException.class, e.getCause());
    }
    assertEquals(Set.of(), storage.openDescriptors());
  }

  @Test
  void aNameThatIsLookedUpHasNotLostItsDirectory() throws Exception {
    Files.write(folder.resolve("file"), SHORT);
    VirtualFileManager files = open();
    VirtualFile file = files.tree().open("file");
    storage.stopAt(Call.OPEN, "file");
    ByteBuffer content = ByteBuffer.allocate(SHORT.length);
    FutureTask<Integer> reading = start(() -> file.read(content, 0));
    storage.awaitStop();
    Thread closing =
        Thread.ofPlatform()
            .start(() -> {
              try {
                files.close();
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
    while (closing.isAlive() && closing.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    storage.goOn();
    // Whether it is read to its end is a matter of who is first; never is it another file's.
    try {
      assertEquals(SHORT.length, reading.get());
      assertArrayEquals(SHORT, content.array());
    } catch (ExecutionException e) {
      assertInstanceOf(FailedManagerException.class, e.getCause());
    }
    closing.join();
    assertEquals(Set.of(), storage.openDescriptors());
  }

  @Test
  void aCallThatComesTooLateIsToldSo() throws Exception {
    Files.write(folder.resolve("file"), new byte[LONG_BYTES]);
    VirtualFileManager files = open();
    VirtualFile file = files.tree().open("file");
    storage.stopAt(Call.READ, "file");
    FutureTask<Integer> reading = start(() -> file.read(ByteBuffer.allocate(LONG_BYTES), 0));
    storage.awaitStop();
    files.close();
    storage.goOn();
    ExecutionException failed = assertThrows(ExecutionException.class, reading::get);
    assertInstanceOf(FailedManagerException.class, failed.getCause());
    assertThrows(FailedManagerException.class, file::size);
    assertEquals(Set.of(), storage.openDescriptors());
  }
}
