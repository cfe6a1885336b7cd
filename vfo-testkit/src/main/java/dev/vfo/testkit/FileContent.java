package dev.vfo.testkit;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of a regular file: as programs see it, as it is durable, and what a crash could find
 * between the two (C5). For one thread at a time; {@link #copy} takes constant time.
 */
final class FileContent {
  /** The largest file, as of ext4 with blocks of 4 KiB. */
  static final long MAX_BYTES = (1L << 44) - Page.BYTES;

  /**
   * Contents that a page had between the durable and the current one and that are kept; older ones
   * are forgotten.
   */
  private static final int MAX_VERSIONS = 4;

  /** The same for sizes. */
  private static final int MAX_SIZES = 8;

  private PageTree current;
  private PageTree durable;
  private long size;
  private long durableSize;
  private long blocks;

  /** Sizes that the file had since it was last durable, but for the current one. */
  private List<Long> sizes = List.of();

  /** Contents that pages had since they were last durable, but for the current one. */
  private CowMap<Long, List<Page>> versions = new CowMap<>();

  /** Pages that reads see while the disk has something else and no sync will change that (C8). */
  private CowMap<Long, Page> shown = new CowMap<>();

  /** At least as many blocks as a crash could find in use beside those of {@link #current}. */
  private long lingering;

  /** An empty file. */
  FileContent() {
    this(new PageTree(), 0, 0);
  }

  /** A file all of which is durable. */
  FileContent(PageTree pages, long size, long blocks) {
    this.current = pages;
    this.durable = pages.copy();
    this.size = size;
    this.durableSize = size;
    this.blocks = blocks;
  }

  private FileContent(FileContent other) {
    current = other.current.copy();
    durable = other.durable.copy();
    size = other.size;
    durableSize = other.durableSize;
    blocks = other.blocks;
    sizes = other.sizes;
    versions = other.versions.copy();
    shown = other.shown.copy();
    lingering = other.lingering;
  }

  FileContent copy() {
    return new FileContent(this);
  }

  /** The same content, all of it durable, and nothing shown that a sync would not keep. */
  FileContent clean() {
    return new FileContent(current.copy(), size, blocks);
  }

  long size() {
    return size;
  }

  long durableSize() {
    return durableSize;
  }

  /** Sizes that the file had between the durable and the current one. */
  List<Long> sizesBetween() {
    return sizes;
  }

  /** Blocks in use, not counting those that linger. */
  long blocks() {
    return blocks;
  }

  long lingering() {
    return lingering;
  }

  /** The pages as they are after a sync; not to be changed. */
  PageTree pages() {
    return current;
  }

  /** Whether something of it would be lost by a crash. */
  boolean isDirty() {
    return size != durableSize
        || !current.isSame(durable)
        || !versions.isEmpty()
        || !sizes.isEmpty();
  }

  /** Reads at most {@code length} bytes; 0 at and behind the end. */
  long read(long offset, MemorySegment target, long length) {
    long count = Math.max(0, Math.min(length, size - offset));
    long done = 0;
    while (done < count) {
      int from = inPage(offset + done);
      int piece = (int) Math.min(Page.BYTES - from, count - done);
      visible(pageOf(offset + done)).copyTo(target, done, from, piece);
      done += piece;
    }
    return count;
  }

  /** The page as reads see it. */
  Page visible(long index) {
    Page other = shown.isEmpty() ? null : shown.get(index);
    return other == null ? current.get(index) : other;
  }

  /** Writes; returns how many bytes there were blocks for. */
  long write(long offset, MemorySegment source, long length, BlockSource space) {
    long done = 0;
    while (done < length) {
      int from = inPage(offset + done);
      int piece = (int) Math.min(Page.BYTES - from, length - done);
      if (!writePage(pageOf(offset + done), from, source, done, piece, space)) {
        break;
      }
      done += piece;
    }
    if (done > 0 && offset + done > size) {
      setSize(offset + done);
    }
    return done;
  }

  private boolean writePage(
      long index, int from, MemorySegment source, long sourceFrom, int length, BlockSource space) {
    if (!hasOrTakesBlock(index, space)) {
      return false;
    }
    Page base = current.get(index);
    ByteRanges written = writtenBefore(index);
    Page view = shown.isEmpty() ? null : shown.get(index);
    if (view != null) {
      // What goes to the disk is what the cache shows, in whole sectors.
      int start = sectorStart(from);
      int end = sectorEnd(from + length);
      base = base.withBytesOf(view, start, end, written);
      written = written.with(start, end);
      shown.put(index, view.withWrite(from, source, sourceFrom, length, ByteRanges.NONE));
    }
    store(index, base.withWrite(from, source, sourceFrom, length, written));
    return true;
  }

  private boolean hasOrTakesBlock(long index, BlockSource space) {
    if (current.get(index).hasBlock()) {
      return true;
    }
    if (!space.take()) {
      return false;
    }
    blocks++;
    return true;
  }

  private ByteRanges writtenBefore(long index) {
    Page now = current.get(index);
    return now == durable.get(index) ? ByteRanges.NONE : now.written();
  }

  private void store(long index, Page page) {
    Page before = current.get(index);
    if (before != durable.get(index)) {
      List<Page> earlier = versions.get(index);
      versions.put(index, appended(earlier, before, MAX_VERSIONS));
    }
    current.set(index, page);
  }

  /** Without the oldest one when it gets too long. */
  private static <T> List<T> appended(@Nullable List<T> list, T last, int maxLength) {
    List<T> result = new ArrayList<>();
    if (list != null) {
      result.addAll(list.size() < maxLength ? list : list.subList(1, list.size()));
    }
    result.add(last);
    return List.copyOf(result);
  }

  private void setSize(long newSize) {
    if (size != durableSize) {
      sizes = appended(sizes, size, MAX_SIZES);
    }
    size = newSize;
  }

  /** Sets the size; frees what lies behind it. */
  void truncate(long newSize, BlockSource space) {
    if (newSize <= size) {
      removeFrom(pageOf(newSize + Page.BYTES - 1), Long.MAX_VALUE, space);
      if (newSize < size && inPage(newSize) > 0) {
        clear(pageOf(newSize), inPage(newSize), Page.BYTES);
      }
    }
    if (newSize != size) {
      setSize(newSize);
    }
  }

  /** Turns a range into a hole as far as it covers pages, and into zeros else. */
  void punch(long offset, long length, BlockSource space) {
    long end = offset + Math.min(length, Long.MAX_VALUE / 2 - offset);
    if (offset >= size) {
      return;
    }
    long first = pageOf(offset + Page.BYTES - 1);
    long last = pageOf(end);
    if (first > last) {
      clear(last, inPage(offset), inPage(end));
      return;
    }
    if (inPage(offset) > 0) {
      clear(first - 1, inPage(offset), Page.BYTES);
    }
    removeFrom(first, last, space);
    if (inPage(end) > 0) {
      clear(last, 0, inPage(end));
    }
  }

  private void removeFrom(long first, long end, BlockSource space) {
    List<Long> found = new ArrayList<>();
    current.forEachFrom(
        first,
        (index, page) -> {
          if (index < end) {
            found.add(index);
          }
        });
    for (long index : found) {
      store(index, Page.HOLE);
      shown.remove(index);
    }
    blocks -= found.size();
    lingering += found.size();
    space.give(found.size(), found.size());
  }

  /** Zeros in a page as far as the file goes, if the page has data. */
  private void clear(long index, int from, int end) {
    int to = (int) Math.min(end, size - index * Page.BYTES);
    if (to <= from) {
      return;
    }
    Page view = shown.get(index);
    if (view != null) {
      shown.put(index, view.withZeros(from, to, ByteRanges.NONE));
    }
    Page page = current.get(index);
    if (page.isData()) {
      store(index, page.withZeros(from, to, writtenBefore(index)));
    }
  }

  /** Reserves blocks; false when there were not enough, and then some may have been reserved. */
  boolean reserve(long offset, long length, boolean keepSize, BlockSource space) {
    long end = pageOf(offset + length + Page.BYTES - 1);
    for (long index = pageOf(offset); index < end; index++) {
      if (!current.get(index).hasBlock()) {
        if (!hasOrTakesBlock(index, space)) {
          return false;
        }
        store(index, Page.RESERVED);
      }
    }
    if (!keepSize && offset + length > size) {
      setSize(offset + length);
    }
    return true;
  }

  /** The first offset of data from {@code offset} on, or -1. */
  long seekData(long offset) {
    if (offset >= size) {
      return -1;
    }
    long index = current.nextData(pageOf(offset));
    long found = Math.max(offset, index * Page.BYTES);
    return index < 0 || found >= size ? -1 : found;
  }

  /** The first offset of a hole from {@code offset} on, or -1; the end of the file is one. */
  long seekHole(long offset) {
    if (offset >= size) {
      return -1;
    }
    long index = pageOf(offset);
    while (index * Page.BYTES < size && current.get(index).isData()) {
      index++;
    }
    return Math.min(size, Math.max(offset, index * Page.BYTES));
  }

  /** Makes all of it durable; returns how many blocks do not linger any more. */
  long sync() {
    if (isDirty()) {
      durable = current.copy();
      durableSize = size;
      sizes = List.of();
      versions.clear();
    }
    long settled = lingering;
    lingering = 0;
    return settled;
  }

  /** Makes the size and the sectors of a range durable (C7), which has just been written. */
  void syncRange(long offset, long length) {
    long done = 0;
    while (done < length) {
      int from = inPage(offset + done);
      int piece = (int) Math.min(Page.BYTES - from, length - done);
      syncSectors(pageOf(offset + done), sectorStart(from), sectorEnd(from + piece));
      done += piece;
    }
    durableSize = size;
    sizes = List.of();
  }

  private void syncSectors(long index, int from, int to) {
    Page now = current.get(index);
    Page kept = durable.get(index);
    List<Page> between = versions.get(index);
    boolean all = from == 0 && to == Page.BYTES;
    if (all
        || (between == null
            && now.sameBytes(kept, 0, from)
            && now.sameBytes(kept, to, Page.BYTES))) {
      durable.set(index, now);
      versions.remove(index);
      return;
    }
    durable.set(index, kept.withBytesOf(now, from, to, ByteRanges.NONE));
    current.set(index, now.withBytesOf(now, from, to, now.written().without(from, to)));
    if (between != null) {
      List<Page> patched = new ArrayList<>();
      for (Page page : between) {
        patched.add(page.withBytesOf(now, from, to, page.written().without(from, to)));
      }
      versions.put(index, List.copyOf(patched));
    }
  }

  /**
   * Receives a page that is not durable: what is on the disk for sure, what may be there, what
   * reads see.
   */
  @FunctionalInterface
  interface UnsyncedVisitor {
    void visit(long index, Page kept, List<Page> between, Page now);
  }

  /**
   * Visits the pages that are not durable, always in the same order. Not to be changed meanwhile.
   */
  void forEachUnsynced(UnsyncedVisitor visitor) {
    current.forEachDifference(
        durable,
        (index, now, kept) -> {
          List<Page> between = versions.get(index);
          visitor.visit(index, kept, between == null ? List.of() : between, now);
        });
    versions.entries().stream()
        .filter(entry -> current.get(entry.getKey()) == durable.get(entry.getKey()))
        .sorted((first, second) -> Long.compare(first.getKey(), second.getKey()))
        .forEach(entry -> {
          Page now = current.get(entry.getKey());
          visitor.visit(entry.getKey(), now, entry.getValue(), now);
        });
  }

  /**
   * What a failed sync leaves of a page (C8): {@code disk} is on the disk from now on, and no later
   * sync changes that. Reads go on to see what they saw, or see the disk.
   */
  void settle(long index, Page disk, boolean showDisk) {
    Page seen = visible(index);
    durable.set(index, disk);
    current.set(index, disk);
    versions.remove(index);
    if (showDisk) {
      shown.remove(index);
    } else {
      shown.put(index, seen);
    }
  }

  static long pageOf(long offset) {
    return offset / Page.BYTES;
  }

  static int inPage(long offset) {
    return (int) (offset % Page.BYTES);
  }

  private static int sectorStart(int offset) {
    return offset / Page.SECTOR_BYTES * Page.SECTOR_BYTES;
  }

  private static int sectorEnd(int offset) {
    return sectorStart(offset + Page.SECTOR_BYTES - 1);
  }

  /** Checks what always holds; throws IllegalStateException when it does not. */
  void check() {
    long[] count = new long[1];
    current.forEachFrom(0, (index, page) -> count[0]++);
    if (count[0] != blocks) {
      throw new IllegalStateException(count[0] + " blocks, but " + blocks + " are counted");
    }
    Page last = visible(pageOf(size));
    if (!last.isZero(inPage(size), Page.BYTES)) {
      throw new IllegalStateException("bytes behind the end of the file");
    }
  }
}
