package dev.vfo.parts;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where each durable block is, and how many places each pack has. In memory, about 150 bytes a
 * block. Not thread safe.
 */
final class BlockIndex {
  private final Map<BlockHash, Location> places = new HashMap<>();
  private final Map<Long, Long> blocksOfPack = new TreeMap<>();

  /** Takes in a block; an earlier place of it counts no longer. */
  void put(BlockHash hash, Location place) {
    places.put(hash, place);
    blocksOfPack.merge(place.pack(), 1L, Long::sum);
  }

  @Nullable Location find(BlockHash hash) {
    return places.get(hash);
  }

  /** How many places the packs have, used or not. */
  Map<Long, Long> blocksOfPack() {
    return blocksOfPack;
  }

  /** How many places there are in all packs. */
  long blocks() {
    return blocksOfPack.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Forgets all that is in a pack. */
  void removePack(long pack) {
    places.values().removeIf(place -> place.pack() == pack);
    blocksOfPack.remove(pack);
  }
}
