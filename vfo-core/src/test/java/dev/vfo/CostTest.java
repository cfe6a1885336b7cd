package dev.vfo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.CountingStorage.Counts;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.SimulatedStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Cost follows change (G4): what the engine asks of the disk, counted call by call. */
class CostTest {
  private static final int BLOCK = 4096;

  /** So long that none is full within a test. */
  private static final int SEGMENT_BYTES = 1 << 20;

  private SimulatedStorage disk = new SimulatedStorage();
  private CountingStorage storage = new CountingStorage(disk);
  private long nanos;

  @BeforeEach
  void makeRoot() throws StorageException {
    disk = new SimulatedStorage();
    disk.makeDirectory(SampleRoot.ROOT);
    storage = new CountingStorage(disk);
  }

  /** With a clock that goes on, so that a change of a directory is one of its times too. */
  private VirtualFileManager open() throws IOException {
    InstantSource clock = () -> Instant.ofEpochSecond(1_800_000_000, nanos++);
    return VirtualFileManager.open(
        SampleRoot.ROOT,
        SampleRoot.options(storage)
            .withClock(clock)
            .withFirstSegmentBytes(SEGMENT_BYTES)
            .withMaxSegmentBytes(SEGMENT_BYTES));
  }

  /** After this the next segment is ready, and only what a step costs is counted. */
  private static void warmUp(VirtualFileManager files) throws IOException {
    files.tree().writeAll("first", new byte[10]);
    files.checkpoint(new byte[] {1});
    files.awaitApplied();
  }

  private interface Work {
    void run() throws IOException;
  }

  private Counts cost(Work work) throws IOException {
    Counts before = storage.counts();
    work.run();
    return storage.counts().minus(before);
  }

  /** Home files of this size that are all hole. */
  private void makeSparse(String name, int count, long sizeBytes) throws StorageException {
    int root = disk.openRoot(SampleRoot.ROOT);
    for (int i = 0; i < count; i++) {
      int file = disk.open(root, Name.of(name + i), OpenFlag.WRITE | OpenFlag.CREATE, 0644);
      disk.truncate(file, sizeBytes);
      disk.close(file);
      if (i % 256 == 0) {
        // What is durable costs the simulated disk nothing more.
        disk.syncFileSystem(root);
      }
    }
    disk.syncFileSystem(root);
    disk.close(root);
  }

  private Counts costOfMakingAndDeleting(VirtualFileManager files, int count) throws IOException {
    Counts step =
        cost(() -> {
          for (int i = 0; i < count; i++) {
            files.tree().writeAll("temporary" + i, new byte[10_000]);
            files.tree().delete("temporary" + i);
          }
        });
    assertEquals(0, step.changes(), "before the checkpoint");
    return cost(() -> {
      files.checkpoint(new byte[] {1});
      files.awaitApplied();
    });
  }

  /**
   * What remains of such a step is that the directory's times have moved, and that costs as much
   * after a thousand files as after one.
   */
  @Test
  void whatIsMadeAndDeletedWithinAStepWritesNothing() throws IOException {
    try (VirtualFileManager files = open()) {
      warmUp(files);
      Counts one = costOfMakingAndDeleting(files, 1);
      Counts thousand = costOfMakingAndDeleting(files, 1000);
      assertEquals(one, thousand);
      assertEquals(0, files.status().memoryBytes());
    }
  }

  @Test
  void noChangeAndAnEqualStateCostNoCall() throws IOException {
    try (VirtualFileManager files = open()) {
      files.tree().writeAll("a", new byte[10]);
      Checkpoint last = files.checkpoint(new byte[] {1});
      files.awaitApplied();
      Counts none = cost(() -> assertSame(last, files.checkpoint(new byte[] {1})));
      assertEquals(new Counts(0, 0, 0, 0, 0), none);
    }
  }

  @Test
  void oneByteInALargeFileCostsOneBlock() throws IOException {
    Counts large = costOfOneByte(10L << 30);
    makeRoot();
    assertEquals(costOfOneByte(1 << 20), large, "whatever the size");
  }

  private Counts costOfOneByte(long sizeBytes) throws IOException {
    makeSparse("large", 1, sizeBytes);
    try (VirtualFileManager files = open();
        VirtualFile large = files.tree().open("large0", StandardOpenOption.WRITE)) {
      warmUp(files);
      Counts write = cost(() -> large.write(ByteBuffer.wrap(new byte[] {7}), sizeBytes / 2 + 1234));
      assertEquals(0, write.changes());
      assertTrue(write.bytesRead() <= BLOCK, write::toString);
      assertEquals(BLOCK, files.status().memoryBytes());

      Counts commit = cost(() -> files.checkpoint(new byte[] {1}));
      assertTrue(commit.bytesRead() <= BLOCK, commit::toString);
      // The record, in whole blocks, and the acknowledged cell.
      assertTrue(commit.bytesWritten() <= 2 * BLOCK, commit::toString);

      Counts apply = cost(files::awaitApplied);
      // The byte, the plan with the rest of its block, and both copies of the mark.
      assertTrue(apply.bytesRead() <= 4 * BLOCK, apply::toString);
      assertTrue(apply.bytesWritten() <= 4 * BLOCK, apply::toString);
      return write.plus(commit).plus(apply);
    }
  }

  private Counts costOfOpening(int filesInRoot) throws IOException {
    makeRoot();
    makeSparse("file", filesInRoot, 100);
    Counts first = cost(() -> open().close());
    try (VirtualFileManager files = open()) {
      files.tree().writeAll("file1", new byte[10]);
      files.tree().writeAll("another", new byte[10]);
      files.checkpoint(new byte[] {1});
      disk = disk.killProcess();
      storage = new CountingStorage(disk);
    }
    Counts recovering = cost(() -> open().close());
    Counts again = cost(() -> open().close());
    assertEquals(0, disk.openDescriptors());
    return first.plus(recovering).plus(again);
  }

  /** The first time, with a layer to apply, and after a clean end. */
  @Test
  void openingDoesNotLookAtTheFilesOfTheRoot() throws IOException {
    Counts few = costOfOpening(10);
    assertTrue(few.calls() > 0);
    assertEquals(few, costOfOpening(30_000));
  }
}
