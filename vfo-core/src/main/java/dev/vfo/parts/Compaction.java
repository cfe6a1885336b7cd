package dev.vfo.parts;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps the store bounded: when much of it is unused, moves the used blocks out of the packs that
 * have the fewest, which are then removed with the others that have none.
 */
final class Compaction {
  private final BlockIndex index;
  private final BlockWriter writer;
  private final BlockSource source;

  /** A pack that has so many blocks, of which some are used. */
  private record Sparse(long pack, long blocks, List<BlockHash> used) {
    double usedShare() {
      return (double) used.size() / blocks;
    }
  }

  Compaction(BlockIndex index, BlockWriter writer, BlockSource source) {
    this.index = index;
    this.writer = writer;
    this.source = source;
  }

  /**
   * Moves blocks until what will be left is at most twice what the writer uses, and the slack.
   *
   * @param tailPack the pack that was written to last, which stays
   */
  void run(long tailPack, long slackBlocks) throws IOException {
    Map<Long, List<BlockHash>> used = new HashMap<>();
    for (BlockHash hash : writer.used()) {
      Location place = index.find(hash);
      if (place != null && place.pack() != tailPack) {
        used.computeIfAbsent(place.pack(), pack -> new ArrayList<>()).add(hash);
      }
    }
    long most = 2L * writer.used().size() + slackBlocks;
    long left = blocksLeft(used.keySet(), tailPack) + writer.written().size();
    List<Sparse> sparseFirst = new ArrayList<>();
    used.forEach((pack, hashes) -> sparseFirst.add(new Sparse(pack, blocks(pack), hashes)));
    sparseFirst.sort(Comparator.comparingDouble(Sparse::usedShare).thenComparingLong(Sparse::pack));
    for (Sparse pack : sparseFirst) {
      if (left <= most) {
        return;
      }
      move(pack.used());
      left += pack.used().size() - pack.blocks();
    }
  }

  private long blocksLeft(Iterable<Long> packs, long tailPack) {
    long left = blocks(tailPack);
    for (long pack : packs) {
      left += blocks(pack);
    }
    return left;
  }

  private long blocks(long pack) {
    return index.blocksOfPack().getOrDefault(pack, 0L);
  }

  private void move(List<BlockHash> hashes) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(PackFormat.BLOCK_BYTES);
      for (BlockHash hash : hashes) {
        source.read(hash, block);
        writer.append(hash, block);
      }
    }
  }
}
