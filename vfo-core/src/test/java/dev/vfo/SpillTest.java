package dev.vfo;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.inspect.RootInspection;
import dev.vfo.storage.Errno;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.Operation;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.TreeImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Blocks that have to leave memory: where they go, what of them is found again, and what not. */
class SpillTest {
  private static final int BLOCK = 4096;
  private static final int MEMORY = 64 << 10;
  private static final int BLOCKS = 60;
  private static final String FIRST = "stage/0000000000000001.spill";

  private final SimulatedStorage storage = new SimulatedStorage();

  private VirtualFileManager open() throws IOException {
    storage.makeDirectory(SampleRoot.ROOT);
    return open(storage);
  }

  private static VirtualFileManager open(Storage storage) throws IOException {
    return VirtualFileManager.open(
        SampleRoot.ROOT, SampleRoot.options(storage).withMemoryBytes(MEMORY));
  }

  private static byte[] content(int blocks) {
    byte[] bytes = new byte[blocks * BLOCK];
    new Random(blocks).nextBytes(bytes);
    return bytes;
  }

  private static byte[] read(VirtualFileManager files, String path) throws IOException {
    try (VirtualFile file = files.tree().open(path, READ)) {
      ByteBuffer target = ByteBuffer.allocateDirect((int) file.size());
      file.read(target, 0);
      byte[] bytes = new byte[target.flip().remaining()];
      target.get(bytes);
      return bytes;
    }
  }

  private List<String> spills() throws IOException {
    return SampleRoot.list(storage, "stage").stream()
        .filter(name -> name.endsWith(".spill"))
        .toList();
  }

  /** A root with one checkpoint of so many blocks, as a killed process left it, unapplied. */
  private SimulatedStorage left() throws IOException {
    try (VirtualFileManager files = open()) {
      files.tree().writeAll("a", content(BLOCKS));
      files.checkpoint(new byte[0]);
      return storage.killProcess();
    }
  }

  @Test
  void memoryStaysWithinTheBudget() throws IOException {
    try (VirtualFileManager files = open()) {
      files.tree().writeAll("a", content(BLOCKS));
      files.tree().writeAll("b", content(BLOCKS + 1));
      assertTrue(files.status().memoryBytes() <= MEMORY, files.status()::toString);
      assertArrayEquals(content(BLOCKS), read(files, "a"));
      assertArrayEquals(content(BLOCKS + 1), read(files, "b"));
      assertEquals(1, spills().size());
    }
  }

  /** The budget is one for all layers: those that are sealed give theirs, too. */
  @Test
  void sealedLayersGiveTheirMemory() throws IOException {
    try (VirtualFileManager files = open()) {
      files.tree().writeAll("a", content(10));
      SealedStep sealed = files.seal();
      files.tree().writeAll("b", content(BLOCKS));
      assertTrue(files.status().memoryBytes() <= MEMORY, files.status()::toString);
      files.commit(sealed, State.empty());
      files.checkpoint(new byte[1]);
      files.awaitApplied();
      assertArrayEquals(content(10), read(files, "a"));
      assertArrayEquals(content(BLOCKS), read(files, "b"));
      assertEquals(List.of(), spills());
    }
  }

  @Test
  void rollbackGivesTheSpaceBack() throws IOException {
    try (VirtualFileManager files = open()) {
      long before = storage.usedBytes();
      files.tree().writeAll("a", content(BLOCKS));
      assertTrue(storage.usedBytes() - before >= BLOCKS * BLOCK - MEMORY);
      files.rollback();
      assertEquals(before, storage.usedBytes());
      assertEquals(List.of(), spills());
    }
  }

  /** The places of blocks that came back, or were written anew, are used again. */
  @Test
  void overwritingAgainAndAgainTakesNoMoreSpace() throws IOException {
    try (VirtualFileManager files = open();
        VirtualFile file = files.tree().open("a", CREATE, READ, WRITE)) {
      byte[] expected = content(BLOCKS);
      file.write(ByteBuffer.wrap(expected), 0);
      long before = storage.usedBytes();
      Random random = new Random(5);
      for (int i = 0; i < 20 * BLOCKS; i++) {
        byte[] piece = new byte[1 + random.nextInt(2 * BLOCK)];
        random.nextBytes(piece);
        int at = random.nextInt(expected.length - piece.length);
        System.arraycopy(piece, 0, expected, at, piece.length);
        file.write(ByteBuffer.wrap(piece), at);
      }
      assertTrue(storage.usedBytes() - before <= BLOCKS * BLOCK, "" + storage.usedBytes());
      assertArrayEquals(expected, read(files, "a"));
      files.checkpoint(new byte[0]);
      files.awaitApplied();
      assertArrayEquals(expected, read(files, "a"));
    }
  }

  @Test
  void aFileThatIsMadeAndDeletedIsNotSynced() throws IOException {
    try (VirtualFileManager files = open()) {
      files.tree().writeAll("a", content(BLOCKS));
      files.tree().delete("a");
      files.tree().writeAll("b", new byte[1]);
      storage.faults().add(Fault.error(Errno.EIO).on(Operation.SYNC).onPath(".spill"));
      files.checkpoint(new byte[0]);
      files.awaitApplied();
      assertEquals(List.of(), spills());
    }
  }

  @Test
  void cutsOfWhatIsSpilled() throws IOException {
    try (VirtualFileManager files = open();
        VirtualFile file = files.tree().open("a", CREATE, READ, WRITE)) {
      file.write(ByteBuffer.wrap(content(BLOCKS)), 0);
      file.truncate(2 * BLOCK + 17);
      file.truncate(4 * BLOCK);
      byte[] expected = new byte[4 * BLOCK];
      System.arraycopy(content(BLOCKS), 0, expected, 0, 2 * BLOCK + 17);
      assertArrayEquals(expected, read(files, "a"));
    }
  }

  @Test
  void aFullDiskTakesWhatFitsAndLosesNothing() throws IOException {
    try (VirtualFileManager files = open();
        VirtualFile file = files.tree().open("a", CREATE, READ, WRITE)) {
      storage.setAvailableBytes(10 * BLOCK);
      ByteBuffer source = ByteBuffer.wrap(content(BLOCKS));
      StorageException e = assertThrows(StorageException.class, () -> file.write(source, 0));
      assertEquals(Errno.ENOSPC, e.errno());
      assertEquals(source.position(), file.size());
      assertTrue(source.position() >= 20 * BLOCK, "" + source.position());
      storage.setAvailableBytes(Long.MAX_VALUE);
      file.write(source, source.position());
      assertArrayEquals(content(BLOCKS), read(files, "a"));
    }
  }

  @Test
  void theBoundOfTheDiskCountsThem() throws IOException {
    storage.makeDirectory(SampleRoot.ROOT);
    Options options = SampleRoot.options(storage).withMemoryBytes(MEMORY).withDiskBytes(40 * BLOCK);
    try (VirtualFileManager files = VirtualFileManager.open(SampleRoot.ROOT, options)) {
      StorageException e =
          assertThrows(
              StorageException.class, () -> files.tree().writeAll("a", content(2 * BLOCKS)));
      assertEquals(Errno.ENOSPC, e.errno());
      assertTrue(String.valueOf(e.getMessage()).contains("diskBytes"), e::getMessage);
    }
  }

  /** Never wrong bytes; and the step that lost something is never committed. */
  @Test
  void damageIsFoundAndEndsTheManager() throws IOException {
    storage.makeDirectory(SampleRoot.ROOT);
    try (VirtualFileManager files = open(new SpillCrashTest.FlippingStorage(storage, 1 << 9))) {
      files.tree().writeAll("a", content(BLOCKS));
      StorageException e = assertThrows(StorageException.class, () -> read(files, "a"));
      assertEquals(Errno.EIO, e.errno());
      assertTrue(String.valueOf(e.getMessage()).contains(FIRST + " at offset "), e::getMessage);
      FailedManagerException failed =
          assertThrows(FailedManagerException.class, () -> files.checkpoint(new byte[0]));
      assertTrue(String.valueOf(failed.getMessage()).contains(FIRST), failed::getMessage);
    }
  }

  @Test
  void aFailedSyncEndsTheManager() throws IOException {
    try (VirtualFileManager files = open()) {
      files.tree().writeAll("a", content(BLOCKS));
      storage.faults().add(Fault.error(Errno.EIO).on(Operation.SYNC).onPath(".spill"));
      assertThrows(FailedManagerException.class, () -> files.checkpoint(new byte[0]));
      assertThrows(FailedManagerException.class, () -> files.checkpoint(new byte[0]));
    }
    try (VirtualFileManager files = open(storage)) {
      assertFalse(files.tree().exists("a"));
      assertEquals(List.of(), spills());
    }
  }

  @Test
  void recoveryAppliesFromTheSpillFile() throws IOException {
    SimulatedStorage killed = left();
    assertTrue(SampleRoot.list(killed, "stage").contains("0000000000000001.spill"));
    try (VirtualFileManager files = open(killed)) {
      assertArrayEquals(content(BLOCKS), read(files, "a"));
      assertFalse(SampleRoot.list(killed, "stage").contains("0000000000000001.spill"));
    }
  }

  @Test
  void whatACrashLeftIsRemoved() throws IOException {
    try (VirtualFileManager files = open()) {
      files.tree().writeAll("a", content(BLOCKS));
      SimulatedStorage killed = storage.killProcess();
      assertEquals(
          List.of("0000000000000001.spill"),
          SampleRoot.list(killed, "stage").stream().filter(n -> n.endsWith(".spill")).toList());
      open(killed).close();
      assertFalse(SampleRoot.list(killed, "stage").contains("0000000000000001.spill"));
    }
  }

  private static void assertCorrupt(SimulatedStorage damaged) throws IOException {
    TreeImage before = SampleRoot.everything(damaged);
    CorruptJournalException e =
        assertThrows(CorruptJournalException.class, () -> open(damaged).close());
    assertEquals(FIRST, e.file(), e::getMessage);
    assertEquals(
        List.of(FIRST),
        RootInspection.verify(damaged, SampleRoot.ROOT).faults().stream()
            .map(fault -> fault.file())
            .toList());
    assertEquals(List.of(), before.differences(SampleRoot.everything(damaged)));
  }

  /** R56. */
  @Test
  void aSpillFileThatIsMissingOrDamagedIsNamed() throws IOException {
    SimulatedStorage killed = left();
    SimulatedStorage missing = killed.fork();
    SampleRoot.remove(missing, FIRST);
    assertCorrupt(missing);
    SimulatedStorage cut = killed.fork();
    SampleRoot.cut(cut, FIRST, SampleRoot.read(killed, FIRST).length - 1);
    assertCorrupt(cut);
    byte[] bytes = SampleRoot.read(killed, FIRST);
    for (int offset : new int[] {0, 17, 33, 900, BLOCK - 1, BLOCK, 3 * BLOCK + 5}) {
      SimulatedStorage flipped = killed.fork();
      SampleRoot.write(flipped, FIRST, offset, (byte) (bytes[offset] ^ 4));
      assertCorrupt(flipped);
    }
  }

  /** R56 does not hold for what is applied. */
  @Test
  void theSpillFileOfAnAppliedLayerIsNotNeeded() throws IOException {
    VirtualFileManager files = open();
    files.tree().writeAll("a", content(BLOCKS));
    files.checkpoint(new byte[0]);
    storage.faults().add(Fault.error(Errno.EIO).on(Operation.UNLINK).onPath(".spill"));
    assertThrows(StuckApplyException.class, files::awaitApplied, "before it is removed");
    SimulatedStorage killed = storage.killProcess();
    SampleRoot.cut(killed, FIRST, 10);
    try (VirtualFileManager again = open(killed)) {
      assertArrayEquals(content(BLOCKS), read(again, "a"));
      assertFalse(SampleRoot.list(killed, "stage").contains("0000000000000001.spill"));
    }
  }
}
