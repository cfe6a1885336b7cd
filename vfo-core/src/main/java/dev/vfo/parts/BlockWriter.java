package dev.vfo.parts;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes the blocks of one save behind what is durable. Nothing counts before {@link #finish}; a
 * save that fails leaves only bytes that the next one writes over. Not thread safe.
 */
final class BlockWriter implements AutoCloseable {
  /** Where the next block goes. */
  record Tail(long pack, long offset) {}

  private final Arena arena = Arena.ofConfined();
  private final BlockHasher hasher = new BlockHasher();
  private final PackFolder folder;
  private final BlockIndex index;
  private final long maxPackBytes;
  private final int groupBlocks;
  private final MemorySegment group;
  private final Map<BlockHash, Location> written = new LinkedHashMap<>();
  private final Set<BlockHash> used = new HashSet<>();
  private final Map<Pack, Long> ends = new LinkedHashMap<>();
  private final List<BlockHash> hashes = new ArrayList<>();
  private Tail tail;
  private boolean madePack;

  BlockWriter(PackFolder folder, BlockIndex index, Tail tail, long maxPackBytes) {
    this.folder = folder;
    this.index = index;
    this.tail = tail;
    this.maxPackBytes = maxPackBytes;
    long room = maxPackBytes / PackFormat.BLOCK_BYTES - 2;
    this.groupBlocks = Math.clamp(room, 1, PackFormat.GROUP_BLOCKS);
    this.group = arena.allocate((1L + groupBlocks) * PackFormat.BLOCK_BYTES);
  }

  /** Stores a block, unless it is there already; returns its name. */
  BlockHash write(MemorySegment block) throws IOException {
    BlockHash hash = hasher.hash(block);
    if (used.add(hash) && index.find(hash) == null && !written.containsKey(hash)) {
      append(hash, block);
    }
    return hash;
  }

  /** Takes note of a block that is there and used. */
  void use(BlockHash hash) {
    used.add(hash);
  }

  /** The blocks that what was written consists of. */
  Set<BlockHash> used() {
    return used;
  }

  /** Stores a block at a new place, whether it is there or not. */
  void append(BlockHash hash, MemorySegment block) throws IOException {
    if (hashes.isEmpty()) {
      startGroup();
    }
    hashes.add(hash);
    long at = (long) hashes.size() * PackFormat.BLOCK_BYTES;
    MemorySegment.copy(block, 0, group, at, PackFormat.BLOCK_BYTES);
    written.put(hash, new Location(tail.pack(), tail.offset() + at));
    if (hashes.size() == groupBlocks) {
      flush();
    }
  }

  private void startGroup() throws IOException {
    if (tail.pack() == 0 || tail.offset() + group.byteSize() > maxPackBytes) {
      long number = tail.pack() + 1;
      ends.put(folder.create(number), (long) PackFormat.BLOCK_BYTES);
      madePack = true;
      tail = new Tail(number, PackFormat.BLOCK_BYTES);
    }
  }

  private void flush() throws IOException {
    if (hashes.isEmpty()) {
      return;
    }
    Pack pack = pack();
    MemorySegment head = group.asSlice(0, PackFormat.BLOCK_BYTES);
    PackFormat.encodeGroup(folder.rootId(), tail.pack(), tail.offset(), hashes, head);
    long length = (1L + hashes.size()) * PackFormat.BLOCK_BYTES;
    pack.write(group.asSlice(0, length), tail.offset());
    tail = new Tail(tail.pack(), tail.offset() + length);
    ends.put(pack, tail.offset());
    hashes.clear();
  }

  private Pack pack() throws IOException {
    @Nullable Pack open = folder.get(tail.pack());
    return open != null ? open : folder.open(tail.pack());
  }

  /** Makes all of it durable; returns where the next save goes on. */
  Tail finish() throws IOException {
    flush();
    for (Pack pack : ends.keySet()) {
      pack.sync();
    }
    if (madePack) {
      folder.sync();
    }
    return tail;
  }

  /** How far the packs go that were written to, by number. */
  Map<Long, Long> ends() {
    Map<Long, Long> byNumber = new TreeMap<>();
    ends.forEach((pack, end) -> byNumber.put(pack.number(), end));
    return byNumber;
  }

  /** The blocks that were written, with their places. */
  Map<BlockHash, Location> written() {
    return written;
  }

  @Override
  public void close() {
    arena.close();
  }
}
