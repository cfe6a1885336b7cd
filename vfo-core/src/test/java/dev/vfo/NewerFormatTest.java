package dev.vfo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Name;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.TreeImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/**
 * A root of which a newer VFO has written something (R11): told from damage by its checksum, named
 * with the version that it needs, and left alone; the old VFO goes on when it is there no more.
 */
class NewerFormatTest {
  private static final int VERSION_AT = 8;
  private static final int CELL_CHECKSUM = 508;
  private static final int SEGMENT_CHECKSUM = 4092;
  private static final int RECORD_CHECKSUM = 60;
  private static final int LOST_CHECKSUM = 40;
  private static final String SEGMENT = "journal/0000000001.seg";

  /** Writes the version and the checksum of a header, as the format says for all versions. */
  private static int upgrade(SimulatedStorage storage, String file, int header, int checksumAt)
      throws IOException {
    byte[] whole = SampleRoot.read(storage, file);
    byte[] bytes = Arrays.copyOfRange(whole, header, header + checksumAt + Integer.BYTES);
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int newer = fields.getInt(VERSION_AT) + 1;
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, checksumAt);
    assertEquals((int) checksum.getValue(), fields.getInt(checksumAt), "this is its checksum");
    fields.putInt(VERSION_AT, newer);
    checksum.reset();
    checksum.update(bytes, 0, checksumAt);
    fields.putInt(checksumAt, (int) checksum.getValue());
    SampleRoot.write(storage, file, header, bytes);
    return newer;
  }

  private static void assertRefused(SimulatedStorage left, String file, int header, int checksumAt)
      throws IOException {
    SimulatedStorage storage = left.fork();
    byte[] original = SampleRoot.read(storage, file);
    int newer = upgrade(storage, file, header, checksumAt);
    TreeImage before = SampleRoot.everything(storage);
    NewerFormatException refused =
        assertThrows(NewerFormatException.class, () -> SampleRoot.open(storage), file);
    assertEquals(file, refused.file());
    assertEquals(newer, refused.version());
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.startsWith(".vfo/" + file + " has format version " + newer + ", "), message);
    assertTrue(message.endsWith("use a newer VFO."), message);
    assertEquals(List.of(), before.differences(SampleRoot.everything(storage)), file);
    assertEquals(0, storage.openDescriptors(), () -> "" + storage.describeDescriptors());
    SampleRoot.write(storage, file, 0, original);
    SampleRoot.assertOpensAt(3, SampleRoot.trees().get(3), storage, file);
  }

  @Test
  void cells() throws IOException {
    SimulatedStorage left = SampleRoot.unapplied(3);
    assertRefused(left, "format", 0, CELL_CHECKSUM);
    assertRefused(left, "root-id", 0, CELL_CHECKSUM);
    assertRefused(left, "acknowledged", 0, CELL_CHECKSUM);
    assertRefused(left, "applied", 0, CELL_CHECKSUM);
    assertRefused(left, "applied", 4096, CELL_CHECKSUM);
  }

  @Test
  void segmentAndRecords() throws IOException {
    SimulatedStorage left = SampleRoot.unapplied(3);
    assertRefused(left, SEGMENT, 0, SEGMENT_CHECKSUM);
    for (int record = 1; record <= 3; record++) {
      assertRefused(left, SEGMENT, record * 4096, RECORD_CHECKSUM);
    }
  }

  @Test
  void lostNames() throws IOException {
    SimulatedStorage left = SampleRoot.unapplied(1);
    int root = left.openRoot(SampleRoot.ROOT);
    left.makeDirectory(root, Name.of("b"), 0700);
    left.close(root);
    Options options = SampleRoot.options(left).withConflictPolicy(ConflictPolicy.THEIRS);
    VirtualFileManager.open(SampleRoot.ROOT, options).close();
    upgrade(left, "stage/lost", 0, LOST_CHECKSUM);
    assertThrows(NewerFormatException.class, () -> SampleRoot.open(left));
  }

  @Test
  void plan() throws IOException {
    SimulatedStorage left = SampleRoot.inApply(SampleRoot.unapplied(3));
    assertRefused(left, SampleRoot.FIRST_PLAN, 0, RECORD_CHECKSUM);
  }
}
