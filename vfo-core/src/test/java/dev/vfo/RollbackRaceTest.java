package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.vfo.StoppingStorage.Call;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A rollback in the middle of a read or a write of another thread: that one is before or after it.
 */
class RollbackRaceTest {
  private static final int MEMORY_BYTES = 64 << 10;

  @TempDir Path folder;

  private final StoppingStorage storage = new StoppingStorage();

  /**
   * Without background work, and without room for a spill file: a write that finds no memory has to
   * apply what is committed.
   */
  private VirtualFileManager open() throws IOException {
    storage.refuse(".spill");
    return VirtualFileManager.open(
        folder,
        Options.defaults()
            .withStorage(storage)
            .withExecutor(task -> {})
            .withMemoryBytes(MEMORY_BYTES));
  }

  private static <T> FutureTask<T> start(Callable<T> call) {
    FutureTask<T> task = new FutureTask<>(call);
    Thread.ofPlatform().start(task);
    return task;
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private static String content(VirtualFileManager files) throws IOException {
    return new String(files.tree().readAll("file"), UTF_8);
  }

  /** Rolls back while a write waits for the memory that a committed layer has. */
  private <T> FutureTask<T> rollBackDuring(VirtualFileManager files, Callable<T> write)
      throws Exception {
    storage.stopAt(Call.RENAME, "big");
    FutureTask<T> writing = start(write);
    storage.awaitStop();
    files.rollback();
    storage.goOn();
    return writing;
  }

  @Test
  void aWriteGoesToWhereTheOffsetIsThen() throws Exception {
    try (VirtualFileManager files = open();
        VirtualFile file = files.tree().open("file", READ, WRITE, CREATE)) {
      files.tree().writeAll("big", new byte[MEMORY_BYTES - 2 * 4096]);
      file.write(bytes("abc"));
      files.checkpoint(State.empty());
      file.write(bytes("def"));
      FutureTask<Integer> writing =
          rollBackDuring(files, () -> file.write(ByteBuffer.allocate(4096)));
      assertEquals(4096, writing.get());
      assertEquals(3 + 4096, file.size());
      assertEquals(3 + 4096, file.position());
    }
  }

  @Test
  void aHandleOfTheDroppedStepWritesNothing() throws Exception {
    try (VirtualFileManager files = open()) {
      files.tree().writeAll("file", "abc".getBytes(UTF_8));
      files.tree().writeAll("big", new byte[MEMORY_BYTES - 4096]);
      files.checkpoint(State.empty());
      try (VirtualFile file = files.tree().open("file", WRITE)) {
        // Takes a block beyond the budget: the next one finds something that could leave memory.
        files.tree().writeAll("other", new byte[1]);
        FutureTask<Integer> writing = rollBackDuring(files, () -> file.write(bytes("def"), 3));
        ExecutionException failed = assertThrows(ExecutionException.class, writing::get);
        assertInstanceOf(StaleHandleException.class, failed.getCause());
        assertEquals("abc", content(files));
      }
    }
  }

  @Test
  void aReadIsDoneAgainAtTheOffsetThatCameBack() throws Exception {
    Files.writeString(folder.resolve("file"), "abcdef");
    try (VirtualFileManager files = open();
        VirtualFile file = files.tree().open("file")) {
      ByteBuffer two = ByteBuffer.allocate(2);
      file.read(two);
      files.checkpoint(State.empty());
      file.read(two.clear());
      storage.stopAt(Call.READ, "file");
      FutureTask<Integer> reading = start(() -> file.read(two.clear()));
      storage.awaitStop();
      files.rollback();
      storage.goOn();
      assertEquals(2, reading.get());
      assertEquals("cd", new String(two.array(), UTF_8));
      assertEquals(4, file.position());
    }
  }

  @Test
  void whatWasMadeInTheDroppedStepIsStaleForWhoOpensIt() throws Exception {
    try (VirtualFileManager files = open()) {
      EntryOperations entries = files.entries();
      NewEntry owner = entries.defaultOwner(0644);
      long number = entries.createFile(entries.root(), FileTree.name("made"), owner);
      files.rollback();
      try (VirtualFile file = entries.open(number, dev.vfo.storage.OpenFlag.READ, false)) {
        assertThrows(StaleHandleException.class, file::size);
      }
      entries.unpin(number, 1);
    }
  }
}
