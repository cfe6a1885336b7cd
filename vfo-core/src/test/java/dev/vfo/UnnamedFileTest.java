package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.SimulatedStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Files that are made without a name (O_TMPFILE), and named later or never. */
class UnnamedFileTest {
  private final SimulatedStorage disk = new SimulatedStorage();

  @BeforeEach
  void makeRoot() throws IOException {
    disk.makeDirectory(SampleRoot.ROOT);
  }

  private static VirtualFile make(VirtualFileManager files) throws IOException {
    VirtualFile file = files.tree().openUnnamed(".");
    file.write(ByteBuffer.wrap("content".getBytes(UTF_8)));
    return file;
  }

  private static void assertEnoent(Executable call) {
    assertEquals(Errno.ENOENT, assertThrows(StorageException.class, call).errno());
  }

  private static void assertContent(SimulatedStorage on) throws IOException {
    try (VirtualFileManager files = SampleRoot.open(on)) {
      assertEquals("content", new String(files.tree().readAll("name"), UTF_8));
      assertEquals(1, files.tree().stat("name").linkCount());
      assertEquals(1, files.tree().list(".").size());
    }
  }

  /** The layer that makes it has no name for it; one above has, and nobody holds it any more. */
  @Test
  void oneThatIsNamedInALaterLayerOfTheSameRecordIsThere() throws Exception {
    VirtualFileManager files = SampleRoot.open(disk);
    VirtualFile file = make(files);
    files.seal();
    files.tree().link(file, "name");
    file.close();
    files.checkpoint(State.empty());
    assertContent(disk.killProcess());
    files.close();
    assertContent(disk);
  }

  @Test
  void oneThatIsNamedAboveAPreparedCheckpointIsThere() throws Exception {
    VirtualFileManager files = SampleRoot.open(disk);
    VirtualFile file = make(files);
    files.prepare(files.seal(), "prepared", State.empty());
    files.tree().link(file, "name");
    file.close();
    files.commit("prepared");
    files.checkpoint(State.empty());
    assertContent(disk.killProcess());
    files.close();
    assertContent(disk);
  }

  @Test
  void oneThatIsNamedAndRemovedInLayersAboveLeavesNothing() throws Exception {
    try (VirtualFileManager files = SampleRoot.open(disk)) {
      VirtualFile file = make(files);
      files.seal();
      files.tree().link(file, "name");
      files.seal();
      files.tree().delete("name");
      file.close();
      files.checkpoint(State.empty());
      SimulatedStorage left = disk.killProcess();
      try (VirtualFileManager again = SampleRoot.open(left)) {
        assertFalse(again.tree().exists("name"));
      }
    }
  }

  @Test
  void onlyOneThatNeverHadANameGetsAFirstOne() throws Exception {
    try (VirtualFileManager files = SampleRoot.open(disk);
        VirtualFile file = make(files)) {
      assertEquals(0, file.stat().linkCount());
      SealedStep _ = files.seal();
      files.tree().link(file, "name");
      files.tree().link(file, "second");
      assertEquals(2, file.stat().linkCount());
      files.checkpoint(State.empty());
      files.tree().delete("name");
      files.tree().delete("second");
      assertEnoent(() -> files.tree().link(file, "third"));
      files.rollback();
      files.tree().link(file, "third");
      files.awaitApplied();
      files.tree().delete("name");
      files.tree().delete("second");
      files.tree().delete("third");
      files.checkpoint(State.empty());
      files.awaitApplied();
      assertEnoent(() -> files.tree().link(file, "fourth"));
    }
  }

  @Test
  void aNameThatIsGoneInTheSameStepCounts() throws Exception {
    try (VirtualFileManager files = SampleRoot.open(disk);
        VirtualFile file = make(files)) {
      files.tree().link(file, "name");
      files.tree().delete("name");
      assertEnoent(() -> files.tree().link(file, "again"));
      files.checkpoint(State.empty());
      files.awaitApplied();
      assertEnoent(() -> files.tree().link(file, "again"));
    }
  }

  @Test
  void aRollbackOfTheFirstNameAllowsAnotherOne() throws Exception {
    try (VirtualFileManager files = SampleRoot.open(disk);
        VirtualFile file = make(files)) {
      files.checkpoint(State.empty());
      files.awaitApplied();
      files.tree().link(file, "dropped");
      files.rollback();
      assertEquals(0, file.stat().linkCount());
      files.tree().link(file, "name");
      files.checkpoint(State.empty());
    }
    assertContent(disk);
  }

  @Test
  void oneThatIsNeverNamedCostsNothing() throws Exception {
    CountingStorage counting = new CountingStorage(disk);
    try (VirtualFileManager files = SampleRoot.open(counting)) {
      files.checkpoint(State.empty());
      files.awaitApplied();
      CountingStorage.Counts before = counting.counts();
      for (int i = 0; i < 100; i++) {
        make(files).close();
      }
      assertEquals(1, files.checkpoint(State.empty()).number());
      assertEquals(before.changes(), counting.counts().changes());
    }
  }
}
