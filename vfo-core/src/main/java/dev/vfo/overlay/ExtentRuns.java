package dev.vfo.overlay;

import static dev.vfo.overlay.BlockPool.BLOCK_BYTES;

import dev.vfo.changes.Extent;
import dev.vfo.changes.Extent.InSpill;
import dev.vfo.spill.SpillFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes extents of the blocks of a file: neighbours in the file that are neighbours in memory, or
 * in the spill file, are one. Not thread safe.
 */
final class ExtentRuns {
  private final BlockPool pool;
  private final List<Extent> extents = new ArrayList<>();
  private int[] checksums = new int[16];
  private int count;
  private @Nullable FileBlock first;
  private @Nullable FileBlock last;

  ExtentRuns(BlockPool pool) {
    this.pool = pool;
  }

  /** Adds the next block. */
  void add(FileBlock block) {
    if (last == null || !isNext(last, block)) {
      finishRun();
      first = block;
    }
    if (count == checksums.length) {
      checksums = Arrays.copyOf(checksums, 2 * count);
    }
    checksums[count++] = block.checksum();
    last = block;
  }

  private boolean isNext(FileBlock before, FileBlock block) {
    boolean touches =
        before.toOffset() == block.fromOffset() && block.fromOffset() % BLOCK_BYTES == 0;
    if (!touches || before.isSpilled() != block.isSpilled()) {
      return false;
    }
    return block.isSpilled()
        ? block.slot() == before.slot() + 1
        : pool.isBehind(block.slot(), before.slot());
  }

  private void finishRun() {
    if (first != null && last != null) {
      long from = first.fromOffset();
      long length = last.toOffset() - from;
      int inBlock = (int) (from % BLOCK_BYTES);
      if (first.isSpilled()) {
        long place = SpillFile.offset(first.slot()) + inBlock;
        extents.add(new Extent(from, new InSpill(place, length, Arrays.copyOf(checksums, count))));
      } else {
        long at = pool.offsetInSlab(first.slot()) + inBlock;
        extents.add(new Extent(from, pool.slab(first.slot()).asSlice(at, length)));
      }
    }
    count = 0;
  }

  /** The extents of all that was added. */
  List<Extent> finish() {
    finishRun();
    return extents;
  }
}
