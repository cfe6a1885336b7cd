package dev.vfo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.StorageException;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.TreeImage;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A root of three checkpoints, nothing of which is applied, with one byte changed or one file cut:
 * opened as a whole it is at the checkpoint that the table in {@code docs/recovery.md} says, with
 * the tree and state of that one, or refused as damaged, with nothing written. Never anything else.
 */
class DamagedRootTest {
  private static final String SEGMENT = "journal/0000000001.seg";
  private static final int BLOCK = 4096;
  private static final int LAST = SampleRoot.CHECKPOINTS;

  /** Where the records end: header and three records of a block each. */
  private static final int END = BLOCK * (1 + LAST);

  /** What the table says. */
  private static final int CORRUPT = -1;

  private SimulatedStorage left = new SimulatedStorage();
  private List<TreeImage> trees = List.of();

  @BeforeEach
  void leave() throws IOException {
    left = SampleRoot.unapplied(LAST);
    trees = SampleRoot.trees();
    assertEquals(END + BLOCK, SampleRoot.read(left, SEGMENT).length, "a block is unused");
  }

  private interface Damage {
    void to(SimulatedStorage storage) throws StorageException;
  }

  /**
   * @param careful whether it is also checked that nothing was written, which takes longer than
   *     opening
   */
  private void check(String what, int expected, boolean careful, Damage damage) throws IOException {
    SimulatedStorage storage = left.fork();
    damage.to(storage);
    if (expected != CORRUPT) {
      SampleRoot.assertOpensAt(expected, trees.get(expected), storage, what);
      return;
    }
    TreeImage before = careful ? SampleRoot.everything(storage) : TreeImage.of(Map.of());
    CorruptJournalException e =
        assertThrows(CorruptJournalException.class, () -> SampleRoot.open(storage), what);
    assertTrue(String.valueOf(e.getMessage()).startsWith(".vfo/"), e::getMessage);
    if (careful) {
      assertEquals(List.of(), before.differences(SampleRoot.everything(storage)), what);
      assertEquals(0, storage.openDescriptors(), what);
    }
  }

  private interface Expectation {
    int at(int offset);
  }

  /** Changes each byte, or each n-th, of a file. */
  private void flipAll(String file, int from, int to, int stride, Expectation expected)
      throws IOException {
    byte[] whole = SampleRoot.read(left, file);
    for (int i = from; i < to; i += stride) {
      int offset = i;
      byte flipped = (byte) (whole[offset] ^ (1 << (offset % 8)));
      check(
          file + " at " + offset,
          expected.at(offset),
          offset % 101 == 0,
          storage -> SampleRoot.write(storage, file, offset, flipped));
    }
  }

  @Test
  void everyByteOfTheSegmentIsFlipped() throws IOException {
    flipAll(SEGMENT, 0, END, 1, offset -> CORRUPT);
    flipAll(SEGMENT, END, END + BLOCK, 41, offset -> LAST);
  }

  @Test
  void theSegmentIsCutAtEveryByte() throws IOException {
    for (int i = 0; i < END + BLOCK; i++) {
      int length = i;
      check(
          "cut at " + length,
          CORRUPT,
          length % 101 == 0,
          storage -> SampleRoot.cut(storage, SEGMENT, length));
    }
  }

  /** W3: the newest record cannot be told from a torn one; the others can. */
  @Test
  void nobodyKnowsOfTheNewestRecord() throws IOException {
    SampleRoot.write(left, "acknowledged", 100, (byte) 1);
    check("as it is", LAST, false, storage -> {});
    flipAll(SEGMENT, 0, END - BLOCK, 7, offset -> CORRUPT);
    flipAll(SEGMENT, END - BLOCK, END, 13, offset -> LAST - 1);
  }

  @Test
  void smallFiles() throws IOException {
    flipAll("format", 0, 512, 1, offset -> CORRUPT);
    flipAll("root-id", 0, 512, 1, offset -> CORRUPT);
    flipAll("acknowledged", 0, 512, 5, offset -> LAST);
    flipAll("applied", 0, 2 * BLOCK, 61, offset -> LAST);
    flipAll(".gitignore", 0, 2, 1, offset -> LAST);
    flipAll("pid", 0, 1, 1, offset -> LAST);
    for (String file : List.of("format", "root-id", "acknowledged", "applied")) {
      for (int length : List.of(0, 1, 511)) {
        check(file + " cut", CORRUPT, true, storage -> SampleRoot.cut(storage, file, length));
      }
    }
    for (String file : List.of("lock", "pid", ".gitignore", "reserve")) {
      check(file + " cut", LAST, false, storage -> SampleRoot.cut(storage, file, 0));
    }
  }

  /** What is found late must be found before anything is written all the same (R34). */
  @Test
  void stateThatHasAFileOfItsOwn() throws IOException {
    try (VirtualFileManager files = SampleRoot.open(left)) {
      files.tree().writeAll("more", new byte[10]);
      files.checkpoint(new byte[100_000]);
      left = left.killProcess();
    }
    String state = "state/0000000000000004.state";
    for (int offset : List.of(0, 50_000, 99_999)) {
      check("state", CORRUPT, true, storage -> SampleRoot.write(storage, state, offset, (byte) 1));
      check("state cut", CORRUPT, true, storage -> SampleRoot.cut(storage, state, offset));
    }
    try (VirtualFileManager files = SampleRoot.open(left)) {
      assertEquals(4, files.lastCheckpoint().orElseThrow().number());
    }
  }

  /** R39: home may be half-way in the layer, but not one call more is made. */
  @Test
  void planOfAnApplyThatWasCutShort() throws IOException {
    left = SampleRoot.inApply(left);
    flipAll(
        SampleRoot.FIRST_PLAN,
        0,
        SampleRoot.read(left, SampleRoot.FIRST_PLAN).length,
        1,
        offset -> CORRUPT);
    for (int length = 0; length < 64; length++) {
      int cut = length;
      check("cut", CORRUPT, true, storage -> SampleRoot.cut(storage, SampleRoot.FIRST_PLAN, cut));
    }
    check("as it is", LAST, false, storage -> {});
  }
}
