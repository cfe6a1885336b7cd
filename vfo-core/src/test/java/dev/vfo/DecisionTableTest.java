package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.inspect.RootInspection;
import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.Operation;
import dev.vfo.testkit.SimulatedCrash;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.TreeImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/**
 * Rows of the decision table in {@code docs/recovery.md} that want the whole engine and are not the
 * matter of another test; {@code docs/testing.md} has the test of each row.
 */
class DecisionTableTest {
  private static final String SEGMENT = "journal/0000000001.seg";
  private static final int BLOCK = 4096;
  private static final int SEEDS = 3;

  private static SimulatedStorage fresh() throws IOException {
    SimulatedStorage storage = new SimulatedStorage();
    storage.makeDirectory(SampleRoot.ROOT);
    return storage;
  }

  private static CorruptJournalException assertCorrupt(SimulatedStorage storage, String file)
      throws IOException {
    TreeImage before = SampleRoot.everything(storage);
    CorruptJournalException e =
        assertThrows(CorruptJournalException.class, () -> SampleRoot.open(storage), file);
    assertTrue(e.file().contains(file), e::getMessage);
    assertEquals(List.of(), before.differences(SampleRoot.everything(storage)), file);
    return e;
  }

  private static void assertOpensAt(int checkpoint, SimulatedStorage storage) throws IOException {
    SampleRoot.assertOpensAt(
        checkpoint, SampleRoot.trees().get(checkpoint), storage, "checkpoint " + checkpoint);
  }

  private static RootInspection look(SimulatedStorage storage) throws IOException {
    return RootInspection.read(storage, SampleRoot.ROOT);
  }

  /** R1: a directory that is there, but not for us. */
  @Test
  void aRootThatMayNotBeReadIsRefused() throws IOException {
    for (Errno errno : List.of(Errno.EACCES, Errno.EPERM)) {
      SimulatedStorage storage = SampleRoot.unapplied(3);
      storage.faults().add(Fault.error(errno).on(Operation.OPEN_ROOT));
      UnusableRootException e =
          assertThrows(UnusableRootException.class, () -> SampleRoot.open(storage));
      String message = String.valueOf(e.getMessage());
      assertTrue(message.contains("permission denied: open it as"), message);
      assertOpensAt(3, storage);
    }
  }

  /** What a test does to a root that was left. */
  private interface Act {
    void on(SimulatedStorage storage) throws IOException;
  }

  /** Stops the first open of a root at each of its calls. */
  private static void atEachCallOfTheFirstOpen(Act act) throws IOException {
    SimulatedStorage counted = fresh();
    long before = counted.callCount();
    SampleRoot.open(counted).close();
    for (long call = 1; call <= counted.callCount() - before; call++) {
      SimulatedStorage storage = fresh();
      storage.faults().add(Fault.crash().atCall(call));
      assertThrows(SimulatedCrash.class, () -> SampleRoot.open(storage).close(), "call " + call);
      act.on(storage);
    }
  }

  /** R5, R6: with {@code format} all is there; before it nothing counts. */
  @Test
  void aCrashWhileTheFolderIsMadeIsNoDamage() throws IOException {
    TreeImage empty = SampleRoot.trees().getFirst();
    atEachCallOfTheFirstOpen(left -> {
      SampleRoot.assertOpensAt(0, empty, left.killProcess(), "killed");
      for (int seed = 0; seed < SEEDS; seed++) {
        SampleRoot.assertOpensAt(0, empty, left.crash(seed), "power lost");
      }
    });
  }

  /** R9: a name that an earlier process gave may be seen and still be lost (C15). */
  @Test
  void aFolderThatIsFoundIsMadeDurable() throws IOException {
    assertMadeDurable(SampleRoot.ROOT.resolve(".vfo"), "format");
    assertMadeDurable(SampleRoot.ROOT, ".vfo");
  }

  private static void assertMadeDurable(Path folder, String name) throws IOException {
    SimulatedStorage storage = SampleRoot.unapplied(0);
    int fd = storage.openRoot(folder);
    Name aside = Name.of("aside");
    storage.rename(fd, Name.of(name), fd, aside, RenameMode.NO_REPLACE);
    storage.syncFileSystem(fd);
    storage.rename(fd, aside, fd, Name.of(name), RenameMode.NO_REPLACE);
    storage.close(fd);
    SimulatedStorage left;
    try (VirtualFileManager files = SampleRoot.open(storage)) {
      SampleRoot.step(files);
      left = storage.fork();
    }
    for (int seed = 0; seed < 4 * SEEDS; seed++) {
      assertOpensAt(1, left.crash(seed));
    }
  }

  /** R6. */
  @Test
  void aFolderWithoutFormatAndSegmentsIsMadeAnew() throws IOException {
    SimulatedStorage storage = fresh();
    SampleRoot.open(storage).close();
    byte[] id = SampleRoot.read(storage, "root-id");
    for (String name : SampleRoot.list(storage, "journal")) {
      SampleRoot.remove(storage, "journal/" + name);
    }
    SampleRoot.remove(storage, "format");
    assertOpensAt(0, storage);
    assertFalse(Arrays.equals(id, SampleRoot.read(storage, "root-id")), "the id is a new one");
  }

  /** R7. */
  @Test
  void aJournalWithoutFormatIsDamaged() throws IOException {
    SimulatedStorage storage = SampleRoot.unapplied(3);
    byte[] format = SampleRoot.read(storage, "format");
    SampleRoot.remove(storage, "format");
    assertCorrupt(storage, "format");
    SampleRoot.create(storage, "format");
    SampleRoot.write(storage, "format", 0, format);
    assertOpensAt(3, storage);
  }

  /** R10, R19, R30: one is missing. */
  @Test
  void whatIsMissingIsNamed() throws IOException {
    SimulatedStorage left = SampleRoot.unapplied(3);
    for (String each : List.of("root-id", "acknowledged", "applied", "journal", "stage", "state")) {
      SimulatedStorage storage = left.fork();
      SampleRoot.remove(storage, each);
      assertCorrupt(storage, each);
    }
  }

  /** R10, R19, R21: a file of another root. */
  @Test
  void whatIsOfAnotherRootIsNamed() throws IOException {
    SimulatedStorage left = SampleRoot.unapplied(3);
    SimulatedStorage other = SampleRoot.unapplied(3);
    for (String each : List.of("format", "root-id", "acknowledged", "applied", SEGMENT)) {
      SimulatedStorage storage = left.fork();
      byte[] foreign = SampleRoot.read(other, each);
      assertNotEquals(0, foreign.length);
      SampleRoot.write(storage, each, 0, foreign);
      // With another id nothing else belongs to this root: the first that is read says so.
      assertCorrupt(storage, each.equals("root-id") ? "format" : each);
    }
  }

  /** R33: the checksums are right, but no VFO has written this. */
  @Test
  void aPayloadThatIsNoEncodingIsDamage() throws IOException {
    SimulatedStorage storage = SampleRoot.unapplied(3);
    int last = 3 * BLOCK;
    byte[] segment = SampleRoot.read(storage, SEGMENT);
    ByteBuffer record =
        ByteBuffer.wrap(segment, last, BLOCK).slice().order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) record.getLong(32);
    Arrays.fill(segment, last + 64, last + 64 + length, (byte) 0x55);
    record.putInt(44, checksum(segment, last + 64, length));
    record.putInt(60, checksum(segment, last, 60));
    SampleRoot.write(storage, SEGMENT, last, Arrays.copyOfRange(segment, last, last + BLOCK));
    CorruptJournalException e = assertCorrupt(storage, "segment 1");
    assertTrue(String.valueOf(e.getMessage()).contains("" + last), e::getMessage);
  }

  private static int checksum(byte[] bytes, int from, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, from, length);
    return (int) checksum.getValue();
  }

  /** R34 and R47: the last state's file is needed, others are removed. */
  @Test
  void theFileOfTheLastStateIsNeededAndNoOther() throws IOException {
    SimulatedStorage storage = SampleRoot.unapplied(1);
    SimulatedStorage left;
    try (VirtualFileManager files = SampleRoot.open(storage)) {
      files.checkpoint(new byte[100_000]);
      left = storage.killProcess();
    }
    String state = "0000000000000002.state";
    SampleRoot.create(left, "state/0000000000000001.state");
    SampleRoot.create(left, "state/0000000000000003.state");
    SimulatedStorage without = left.fork();
    SampleRoot.remove(without, "state/" + state);
    assertCorrupt(without, "state/" + state);
    SampleRoot.open(left).close();
    assertEquals(List.of(state), SampleRoot.list(left, "state"));
  }

  /** R36: what is applied belongs to the root's owner again. */
  @Test
  void layersUpToTheMarkAreNotAppliedAgain() throws IOException {
    SimulatedStorage storage = SampleRoot.unapplied(3);
    SampleRoot.open(storage).close();
    assertEquals(3, look(storage).last().orElseThrow().number(), "the record is still there");
    int root = storage.openRoot(SampleRoot.ROOT);
    storage.unlink(root, Name.of("c"));
    int flags = OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.EXCLUSIVE;
    storage.close(storage.open(root, Name.of("b"), flags, 0600));
    storage.close(root);
    TreeImage changed = SampleRoot.home(storage);
    SampleRoot.assertOpensAt(3, changed, storage, "the owner's changes stay");
  }

  /** R37: without a plan nothing in the stage counts. */
  @Test
  void stagedObjectsWithoutAPlanAreMadeAnew() throws IOException {
    SimulatedStorage storage = SampleRoot.unapplied(3);
    String folder = "stage/0000000000000001";
    storage.faults().add(Fault.crash().on(Operation.RENAME).onPath(".plan"));
    assertThrows(SimulatedCrash.class, () -> SampleRoot.open(storage));
    // The crash may have come behind the rename.
    SimulatedStorage left = storage.killProcess();
    if (SampleRoot.list(left, "stage").contains("0000000000000001.plan")) {
      SampleRoot.remove(left, SampleRoot.FIRST_PLAN);
    }
    int spoiled = 0;
    for (String name : SampleRoot.list(left, folder)) {
      if (!SampleRoot.isFolder(left, folder + "/" + name)) {
        SampleRoot.write(left, folder + "/" + name, 0, "spoiled".getBytes(UTF_8));
        spoiled++;
      }
    }
    assertEquals(2, spoiled);
    assertOpensAt(3, left);
  }

  private static SimulatedStorage twoLayersInARecord() throws IOException {
    SimulatedStorage storage = fresh();
    try (VirtualFileManager files = SampleRoot.open(storage)) {
      files.tree().writeAll("a", new byte[10]);
      files.seal();
      files.tree().writeAll("b", new byte[10]);
      files.checkpoint(new byte[] {1});
      return storage.killProcess();
    }
  }

  /** R43: the segment is needed until the last one is applied. */
  @Test
  void aCheckpointIsAppliedWithTheLastOfItsLayers() throws IOException {
    SimulatedStorage storage = twoLayersInARecord();
    assertEquals(List.of(1L, 2L), look(storage).unapplied());
    storage.faults().add(Fault.crash().on(Operation.RENAME).onPath("0000000000000002.plan"));
    assertThrows(SimulatedCrash.class, () -> SampleRoot.open(storage));
    SimulatedStorage half = storage.killProcess();
    assertEquals(1, look(half).appliedLayer());
    assertEquals(0, look(half).appliedCheckpoint());
    SampleRoot.open(half).close();
    assertEquals(2, look(half).appliedLayer());
    assertEquals(1, look(half).appliedCheckpoint());
  }

  /** R44: else their segments would be kept for ever. */
  @Test
  void checkpointsWithoutLayersAreApplied() throws IOException {
    SimulatedStorage storage = SampleRoot.unapplied(1);
    SimulatedStorage left;
    try (VirtualFileManager files = SampleRoot.open(storage)) {
      files.checkpoint(new byte[] {1});
      files.checkpoint(new byte[] {2});
      left = storage.killProcess();
    }
    assertEquals(1, look(left).appliedCheckpoint());
    VirtualFileManager opened = SampleRoot.open(left);
    SimulatedStorage seen = left.killProcess();
    opened.close();
    assertEquals(1, look(seen).appliedLayer());
    assertEquals(3, look(seen).appliedCheckpoint());
  }

  /** R46: the cell says nothing and the record is bad, but its apply had begun. */
  @Test
  void aPlanTellsThatItsRecordIsMissing() throws IOException {
    SimulatedStorage left = SampleRoot.unapplied(1);
    SampleRoot.write(left, "acknowledged", 100, (byte) 1);
    SimulatedStorage torn = left.fork();
    SampleRoot.write(torn, SEGMENT, BLOCK + 100, (byte) 0x55);
    assertOpensAt(0, torn);
    SimulatedStorage begun = SampleRoot.inApply(left);
    for (String name : SampleRoot.list(begun, "journal")) {
      // The record in doubt was written again: both are spoiled.
      SampleRoot.write(begun, "journal/" + name, BLOCK + 100, (byte) 0x55);
    }
    SampleRoot.write(begun, "acknowledged", 100, (byte) 1);
    CorruptJournalException e = assertCorrupt(begun, "journal");
    assertTrue(String.valueOf(e.getMessage()).contains("applied in part"), e::getMessage);
  }
}
