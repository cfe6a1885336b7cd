package dev.vfo.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vfo.changes.EntryChange.Data;
import dev.vfo.changes.Extent;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is saved is compared with what the definition says, byte by byte. */
class SavedRangeTest {
  private static final int PAGE = (int) SavedRange.PAGE_BYTES;

  @Test
  void isWhatStaysInPagesThatAreWritten() {
    for (long seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      List<Extent> extents = new ArrayList<>();
      int size = random.nextInt(5 * PAGE);
      int end = random.nextInt(PAGE);
      while (end < size && random.nextInt(4) > 0) {
        int length = 1 + random.nextInt(random.nextBoolean() ? 10 : 2 * PAGE);
        length = Math.min(random.nextInt(4) == 0 ? PAGE : length, size - end);
        extents.add(new Extent(end, Arena.ofAuto().allocate(length)));
        end += length + random.nextInt(random.nextBoolean() ? 5 : 2 * PAGE);
        end = random.nextInt(3) == 0 ? (end + PAGE - 1) / PAGE * PAGE : end;
      }
      int old = random.nextInt(3) == 0 ? size : random.nextInt(5 * PAGE);
      int cut = random.nextBoolean() ? Math.min(old, size) : random.nextInt(5 * PAGE);
      check(new Data(cut, size, extents), old, seed);
    }
  }

  private static void check(Data data, int old, long seed) {
    int kept = (int) Math.min(old, Math.min(data.cutBytes(), data.sizeBytes()));
    BitSet written = new BitSet();
    BitSet pages = new BitSet();
    for (Extent extent : data.extents()) {
      int from = (int) extent.offset();
      int to = (int) (from + extent.lengthBytes());
      written.set(from, to);
      pages.set(from / PAGE, (to + PAGE - 1) / PAGE);
    }
    if (old != data.sizeBytes() || old != kept) {
      pages.set(kept / PAGE);
    }
    BitSet expected = new BitSet();
    for (int at = 0; at < kept; at++) {
      expected.set(at, pages.get(at / PAGE) && !written.get(at));
    }
    BitSet found = new BitSet();
    for (SavedRange range : SavedRange.of(data, old)) {
      int from = (int) range.offset();
      found.set(from, (int) (from + range.lengthBytes()));
    }
    assertEquals(expected, found, "seed " + seed);
  }
}
