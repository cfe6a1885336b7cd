package dev.vfo.overlay;

import static dev.vfo.overlay.BlockPool.BLOCK_BYTES;

import dev.vfo.changes.Extent;
import dev.vfo.changes.Extent.Hole;
import dev.vfo.changes.Extent.InMemory;
import dev.vfo.changes.Extent.InSpill;
import dev.vfo.storage.StorageException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Changes the blocks that a layer holds of a file. Memory for a block is had before anything of it
 * is changed, as another block may have to leave for it. The caller holds the gate and the entry's
 * lock for writing.
 */
final class BlockEdits {
  private final LayerStack layers;
  private final ContentReader reader;

  BlockEdits(LayerStack layers, ContentReader reader) {
    this.layers = layers;
    this.reader = reader;
  }

  /**
   * Writes into the active layer.
   *
   * @return how many bytes were taken; when not all, something went wrong that the call for the
   *     rest will say
   * @throws StorageException when nothing was taken
   */
  long write(FileEntry entry, EntryDelta delta, long from, MemorySegment source)
      throws StorageException {
    long end = from + source.byteSize();
    long at = from;
    while (at < end) {
      long block = at / BLOCK_BYTES;
      long to = Math.min(end, (block + 1) * BLOCK_BYTES);
      try {
        open(entry, delta, block, at, to);
      } catch (StorageException e) {
        if (at == from) {
          throw e;
        }
        break;
      }
      delta.blocks.copyIn(block, source, at - from, at, to - at);
      at = to;
    }
    return at - from;
  }

  /** Writes all of it, or fails on the way. */
  void writeAll(FileEntry entry, EntryDelta delta, long from, MemorySegment source)
      throws StorageException {
    for (long done = 0; done < source.byteSize(); ) {
      done += write(entry, delta, from + done, source.asSlice(done));
    }
  }

  /** Makes a block have a range of the file in memory, which is written at once. */
  private void open(FileEntry entry, EntryDelta delta, long block, long at, long to)
      throws StorageException {
    BlockMap blocks = delta.blocks;
    boolean held = blocks.has(block);
    if (!held || blocks.isSpilled(block)) {
      int slot = layers.allocate();
      if (delta.holes.has(block)) {
        fillHole(delta, block, slot, to);
        return;
      }
      if (!held || (at <= blocks.validFrom(block) && to >= blocks.validTo(block))) {
        blocks.add(block, slot, at, to);
        return;
      }
      blocks.bringBack(block, slot);
    }
    closeGap(entry, delta, block, at, to);
    blocks.widen(block, at, to);
  }

  // All of the block as far as the file goes: no block is in part in a hole.
  private static void fillHole(EntryDelta delta, long block, int slot, long to) {
    long from = block * BLOCK_BYTES;
    long end = Math.max(to, Math.min(from + BLOCK_BYTES, delta.attributes.sizeBytes));
    delta.blocks.add(block, slot, from, end);
    delta.blocks.view(block, from, end - from).fill((byte) 0);
    delta.holes.remove(block);
  }

  /**
   * Makes a range zeros, below the size of the file. When it fails, nothing is changed that a
   * program could see, unless memory is so short that a block leaves it at once.
   */
  void punch(FileEntry entry, EntryDelta delta, long from, long to) throws StorageException {
    long first = (from + BLOCK_BYTES - 1) / BLOCK_BYTES;
    // What is behind the end of the file is nothing that stays.
    boolean isToEnd = to >= delta.attributes.sizeBytes;
    long last = isToEnd ? (to + BLOCK_BYTES - 1) / BLOCK_BYTES : to / BLOCK_BYTES;
    if (first > last) {
      zero(entry, delta, from, to);
      return;
    }
    long headTo = Math.min(to, first * BLOCK_BYTES);
    long tailFrom = Math.max(headTo, Math.min(to, last * BLOCK_BYTES));
    rewrite(entry, delta, from, headTo);
    rewrite(entry, delta, tailFrom, to);
    zero(entry, delta, from, headTo);
    zero(entry, delta, tailFrom, to);
    delta.blocks.drop(first, last);
    long cutBlock = (delta.cutBytes + BLOCK_BYTES - 1) / BLOCK_BYTES;
    delta.holes.add(first, Math.min(last, cutBlock));
  }

  /** Gets what is needed to write into a part of a block. */
  private void rewrite(FileEntry entry, EntryDelta delta, long from, long to)
      throws StorageException {
    if (from < to) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment old = arena.allocate(to - from);
        List<EntryDelta> deltas = entry.deltas();
        reader.copyOut(entry, deltas, deltas.size(), from, old);
        writeAll(entry, delta, from, old);
      }
    }
  }

  private void zero(FileEntry entry, EntryDelta delta, long from, long to) throws StorageException {
    if (from < to) {
      try (Arena arena = Arena.ofConfined()) {
        writeAll(entry, delta, from, arena.allocate(to - from));
      }
    }
  }

  // A block has one valid range: what lies between it and the new data is read from below.
  private void closeGap(FileEntry entry, EntryDelta delta, long block, long at, long to)
      throws StorageException {
    long validFrom = delta.blocks.validFrom(block);
    long validTo = delta.blocks.validTo(block);
    long gapFrom = at > validTo ? validTo : to;
    long gapTo = at > validTo ? at : validFrom;
    if (gapFrom >= gapTo) {
      return;
    }
    MemorySegment gap = delta.blocks.view(block, gapFrom, gapTo - gapFrom);
    long oldTo = Math.clamp(delta.cutBytes, gapFrom, gapTo);
    List<EntryDelta> deltas = entry.deltas();
    MemorySegment old = gap.asSlice(0, oldTo - gapFrom);
    reader.copyOut(entry, deltas, deltas.indexOf(delta), gapFrom, old);
    gap.asSlice(oldTo - gapFrom).fill((byte) 0);
    delta.blocks.widen(block, gapFrom, gapTo);
  }

  /** Drops everything at and behind a size; nothing, when it fails. */
  void cut(EntryDelta delta, long sizeBytes) throws StorageException {
    BlockMap blocks = delta.blocks;
    long block = sizeBytes / BLOCK_BYTES;
    if (blocks.has(block) && blocks.isSpilled(block)) {
      // The checksum is of all of it.
      boolean isCut = blocks.validFrom(block) < sizeBytes && sizeBytes < blocks.validTo(block);
      if (isCut) {
        blocks.bringBack(block, layers.allocate());
      }
    }
    blocks.cut(sizeBytes);
    delta.holes.cut((sizeBytes + BLOCK_BYTES - 1) / BLOCK_BYTES);
  }

  /**
   * Puts content into a layer that is loaded, beyond the memory budget if need be; what is in the
   * spill file stays there. One thread; nobody else knows the layer yet.
   */
  void restore(FileEntry entry, EntryDelta delta, Extent extent) throws StorageException {
    int index = 0;
    long end = extent.offset() + extent.lengthBytes();
    for (long at = extent.offset(); at < end; index++) {
      long block = at / BLOCK_BYTES;
      long to = Math.min(end, (block + 1) * BLOCK_BYTES);
      switch (extent.content()) {
        case InMemory(MemorySegment data) -> {
          restore(entry, delta, block, at, to);
          delta.blocks.copyIn(block, data, at - extent.offset(), at, to - at);
        }
        case InSpill spilled -> {
          int place = (int) (spilled.place() / BLOCK_BYTES) + index;
          delta.blocks.addSpilled(block, place, at, to, spilled.checksums()[index]);
        }
        case Hole _ -> delta.holes.add(block, block + 1);
      }
      at = to;
    }
  }

  private void restore(FileEntry entry, EntryDelta delta, long block, long at, long to)
      throws StorageException {
    if (delta.blocks.has(block)) {
      closeGap(entry, delta, block, at, to);
      delta.blocks.widen(block, at, to);
    } else {
      delta.blocks.add(block, delta.layer.blocks().pool().allocateBeyondBudget(), at, to);
    }
  }
}
