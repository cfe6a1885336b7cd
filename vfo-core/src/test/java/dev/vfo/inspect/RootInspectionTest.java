package dev.vfo.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.Checkpoint;
import dev.vfo.Options;
import dev.vfo.VirtualFileManager;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.SimulatedCrash;
import dev.vfo.testkit.SimulatedStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What is told of a root that a crash left behind, wherever that was: never damage, and what
 * recovery then finds.
 */
class RootInspectionTest {
  private static final Path ROOT = Path.of("/data");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final int SEGMENT_BYTES = 64 << 10;
  private static final int SEEDS = 4;
  private static final int RARE_SEEDS = 60;
  private static final int LONG_STATE_BYTES = 70_000;

  private static SimulatedStorage disk() throws StorageException {
    SimulatedStorage storage = new SimulatedStorage();
    storage.makeDirectory(ROOT);
    return storage;
  }

  private static VirtualFileManager open(SimulatedStorage storage) throws IOException {
    return VirtualFileManager.open(
        ROOT,
        Options.defaults()
            .withStorage(storage)
            .withClock(InstantSource.fixed(NOW))
            .withRandom(new Random(1))
            .withExecutor(task -> {})
            .withFirstSegmentBytes(SEGMENT_BYTES));
  }

  /**
   * Three checkpoints: one with new files, one with renames and changes while the first is not
   * applied, one without layers.
   */
  private static void work(SimulatedStorage storage) throws IOException {
    try (VirtualFileManager manager = open(storage)) {
      manager.tree().createDirectory("folder");
      manager.tree().writeAll("folder/a", new byte[5000]);
      manager.checkpoint(new byte[] {1});
      manager.tree().rename("folder/a", "b");
      manager.tree().writeAll("c", new byte[100]);
      manager.checkpoint(new byte[LONG_STATE_BYTES]);
      manager.awaitApplied();
      manager.checkpoint(new byte[] {3});
    }
  }

  private interface Look {
    void at(SimulatedStorage left) throws IOException;
  }

  private static void atEachCrash(Look look) throws IOException {
    SimulatedStorage whole = disk();
    work(whole);
    long calls = whole.callCount();
    for (long call = 1; call <= calls; call++) {
      SimulatedStorage storage = disk();
      storage.faults().add(Fault.crash().atCall(call));
      assertThrows(SimulatedCrash.class, () -> work(storage), "call " + call);
      look.at(storage.killProcess());
      for (int i = 0; i < SEEDS; i++) {
        look.at(storage.crash(SEEDS * call + i));
      }
    }
  }

  @Test
  void aCrashIsNoDamageAndLooksLikeWhatRecoveryFinds() throws IOException {
    Set<ApplyPhase> applies = EnumSet.noneOf(ApplyPhase.class);
    Set<CommitPhase> commits = EnumSet.noneOf(CommitPhase.class);
    atEachCrash(left -> {
      if (!hasControlFolder(left)) {
        return;
      }
      RootInspection seen = RootInspection.verify(left, ROOT);
      assertEquals(List.of(), seen.faults());
      assertEquals(seen.commit(), RootInspection.read(left, ROOT).commit());
      applies.add(seen.apply());
      commits.add(seen.commit());
      try (VirtualFileManager manager = open(left)) {
        long found = manager.lastCheckpoint().map(Checkpoint::number).orElse(0L);
        assertEquals(seen.last().map(CheckpointRecord::number).orElse(0L), found);
      }
      RootInspection after = RootInspection.verify(left, ROOT);
      assertTrue(after.isGood());
      assertEquals(List.of(), after.unapplied());
      assertEquals(ApplyPhase.DONE, after.apply());
      // A torn tail stays on the disk until the next record is written over it: no trouble.
      assertEquals(CommitPhase.NONE, after.commit());
    });
    assertEquals(EnumSet.allOf(ApplyPhase.class), applies);
    commits.addAll(rareCommits());
    assertEquals(EnumSet.allOf(CommitPhase.class), commits);
  }

  /**
   * A record that is torn while the reserve outlives the crash is one crash in hundreds, at one
   * call for each record: looked for with more seeds.
   */
  private static Set<CommitPhase> rareCommits() throws IOException {
    SimulatedStorage whole = disk();
    work(whole);
    Set<CommitPhase> commits = EnumSet.noneOf(CommitPhase.class);
    for (long call = 1; call <= whole.callCount(); call++) {
      SimulatedStorage storage = disk();
      storage.faults().add(Fault.crash().atCall(call));
      assertThrows(SimulatedCrash.class, () -> work(storage), "call " + call);
      for (int seed = 0; seed < RARE_SEEDS && !commits.contains(CommitPhase.TORN); seed++) {
        SimulatedStorage left = storage.crash(seed);
        if (hasControlFolder(left)) {
          commits.add(RootInspection.read(left, ROOT).commit());
        }
      }
    }
    return commits;
  }

  @Test
  void lookingChangesNothingAndLeavesNothingOpen() throws IOException {
    atEachCrash(left -> {
      if (hasControlFolder(left)) {
        SimulatedStorage looked = left.fork();
        RootInspection.read(looked, ROOT);
        RootInspection.verify(looked, ROOT);
        assertEquals(0, looked.faults().changeCount());
        assertEquals(0, looked.openDescriptors(), () -> "" + looked.describeDescriptors());
      }
    });
  }

  private static boolean hasControlFolder(SimulatedStorage storage) throws IOException {
    try {
      ControlFolder.open(storage, ROOT, null).close();
      return true;
    } catch (StorageException e) {
      return false;
    }
  }

  @Test
  void checkpointsAreTold() throws IOException {
    SimulatedStorage storage = disk();
    work(storage);
    RootInspection seen = RootInspection.read(storage, ROOT);
    assertEquals("between checkpoints", seen.phase());
    assertEquals(3, seen.appliedCheckpoint());
    CheckpointRecord last = seen.last().orElseThrow();
    assertEquals(3, last.number());
    assertEquals(NOW, last.time());
    assertEquals(1, last.stateBytes());
    assertEquals(List.of(), last.layers());
    assertTrue(last.applied());
  }

  @Test
  void aRootThatIsOpenIsTold() throws IOException {
    SimulatedStorage storage = disk();
    try (VirtualFileManager manager = open(storage)) {
      manager.tree().writeAll("a", new byte[100]);
      manager.checkpoint(new byte[] {1});
      RootInspection seen = RootInspection.verify(storage, ROOT);
      assertEquals("apply not begun", seen.phase());
      assertEquals(List.of(1L), seen.unapplied());
      assertEquals(ProcessHandle.current().pid(), seen.pid().orElseThrow());
    }
  }

  @Test
  void aSegmentIsToldAlone() throws IOException {
    SimulatedStorage storage = disk();
    work(storage);
    RootInspection seen = RootInspection.read(storage, ROOT);
    Path folder = ROOT.resolve(".vfo/journal");
    String name = "%010d.seg".formatted(seen.segments().getLast().number());
    assertTrue(Segment.isSegmentName(name));
    Segment segment = Segment.read(storage, folder, name);
    assertEquals(seen.rootId().orElseThrow(), segment.rootId());
    assertEquals(3, segment.records().getLast().checkpoint());
    assertTrue(segment.torn().isEmpty());
    assertThrows(StorageException.class, () -> Segment.read(storage, folder, "format"));
  }
}
