package dev.vfo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.inspect.RootInspection;
import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.LinuxStorage;
import dev.vfo.testkit.harness.ForwardingStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who listens knows at any time which roots a crash could leave in the middle. */
class RootListenerTest {
  @TempDir Path folder;

  private final List<String> told = new ArrayList<>();
  private boolean refuses;
  private volatile boolean applyFails;

  private final class Recorder implements RootListener {
    @Override
    public void opened(String id, Path root) throws IOException {
      note("opened", id, root);
    }

    @Override
    public void closedClean(String id, Path root) throws IOException {
      note("closed", id, root);
      // Still locked: the next process cannot have been told of the root before.
      assertThrows(
          RootInUseException.class, () -> VirtualFileManager.open(root, Options.defaults()));
    }

    private void note(String what, String id, Path root) throws IOException {
      told.add(what + " " + id + " " + root + " " + unapplied());
      if (refuses) {
        throw new IOException("the list is full");
      }
    }
  }

  /** Fails where an apply gives a new file its name. */
  private final class StuckStorage extends ForwardingStorage {
    StuckStorage() {
      super(new LinuxStorage());
    }

    @Override
    public void rename(int fromDirectory, Name from, int toDirectory, Name to, RenameMode mode)
        throws StorageException {
      if (applyFails && to.toString().equals("file")) {
        throw new StorageException(Errno.EIO, "rename", "file");
      }
      super.rename(fromDirectory, from, toDirectory, to, mode);
    }
  }

  private int unapplied() throws IOException {
    return RootInspection.read(new LinuxStorage(), folder).unapplied().size();
  }

  private String id() throws IOException {
    return RootInspection.read(new LinuxStorage(), folder).rootId().orElseThrow();
  }

  private VirtualFileManager open() throws IOException {
    return VirtualFileManager.open(
        folder,
        Options.defaults()
            .withStorage(new StuckStorage())
            .withExecutor(task -> {})
            .withRootListener(new Recorder()));
  }

  @Test
  void isToldBeforeAnythingCanWaitAndAfterAllIsApplied() throws Exception {
    try (VirtualFileManager manager = open()) {
      assertEquals(List.of("opened " + id() + " " + folder + " 0"), told);
      manager.tree().writeAll("file", new byte[1]);
      manager.checkpoint(new byte[0]);
      assertEquals(1, unapplied());
      assertEquals(1, told.size());
    }
    assertEquals("closed " + id() + " " + folder + " 0", told.getLast());
    assertEquals(2, told.size());
  }

  @Test
  void isToldBeforeRecoveryAndNotOfACloseThatLeavesALayer() throws Exception {
    applyFails = true;
    VirtualFileManager manager = open();
    manager.tree().writeAll("file", new byte[1]);
    manager.checkpoint(new byte[0]);
    assertThrows(StuckApplyException.class, manager::close);
    assertEquals(1, told.size());
    VirtualFileManager again = open();
    assertEquals("opened " + id() + " " + folder + " 1", told.getLast());
    assertThrows(StuckApplyException.class, again::close);
    assertEquals(2, told.size());
    applyFails = false;
    open().close();
    assertEquals("closed " + id() + " " + folder + " 0", told.getLast());
    assertEquals(4, told.size());
    assertTrue(Files.exists(folder.resolve("file")));
  }

  @Test
  void itsErrorKeepsARootShut() throws Exception {
    refuses = true;
    IOException e = assertThrows(VfoException.class, this::open);
    assertTrue(String.valueOf(e.getMessage()).contains(folder.toString()), e.getMessage());
    assertTrue(String.valueOf(e.getMessage()).contains("the list is full"), e.getMessage());
    assertFalse(Files.exists(folder.resolve(".vfo/pid")));
    refuses = false;
    open().close();
  }

  @Test
  void itsErrorDoesNotKeepARootOpen() throws Exception {
    VirtualFileManager manager = open();
    refuses = true;
    manager.close();
    refuses = false;
    open().close();
    assertEquals(4, told.size());
  }
}
