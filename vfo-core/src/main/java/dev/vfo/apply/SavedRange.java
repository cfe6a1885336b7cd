package dev.vfo.apply;

import dev.vfo.changes.EntryChange.Data;
import dev.vfo.changes.Extent;
import java.util.ArrayList;
import java.util.List;

/**
 * A range of old content that stays, but shares a page with new content: a crash can spoil it, as
 * whole sectors are written (C5). So it is copied into the plan before anything is written in
 * place.
 *
 * @param offset in the file, bytes
 * @param lengthBytes at least one
 */
record SavedRange(long offset, long lengthBytes) {
  /** What is written at once by kernel or disk, at most; a power of two. */
  static final long PAGE_BYTES = 4096;

  /** What has to be saved of a file of this size before new content is written into it. */
  static List<SavedRange> of(Data data, long oldBytes) {
    return new Finder(Math.min(oldBytes, Math.min(data.cutBytes(), data.sizeBytes())))
        .run(data, oldBytes);
  }

  private static long pageStart(long offset) {
    return offset & -PAGE_BYTES;
  }

  private static long pageEnd(long offset) {
    return pageStart(Math.addExact(offset, PAGE_BYTES - 1));
  }

  /** Goes through the written ranges, by ascending offset. */
  private static final class Finder {
    /** Behind this nothing of the old content stays. */
    private final long keptBytes;

    private final List<SavedRange> found = new ArrayList<>();

    /** Up to here everything is new, or saved, or in pages that are not touched. */
    private long done;

    Finder(long keptBytes) {
      this.keptBytes = keptBytes;
    }

    List<SavedRange> run(Data data, long oldBytes) {
      boolean moved = oldBytes != data.sizeBytes() || oldBytes != keptBytes;
      for (Extent extent : data.extents()) {
        if (moved && keptBytes < extent.offset()) {
          touch(keptBytes, keptBytes);
          moved = false;
        }
        touch(extent.offset(), extent.offset() + extent.lengthBytes());
      }
      if (moved) {
        touch(keptBytes, keptBytes);
      }
      touch(Long.MAX_VALUE - PAGE_BYTES, Long.MAX_VALUE - PAGE_BYTES);
      return found;
    }

    /** Where the page ends in which the last written range ended. */
    private long open;

    /**
     * A range is written: saves what is left of the page before, and what is before it in its own
     * page.
     */
    private void touch(long from, long to) {
      save(done, Math.min(open, from));
      save(Math.max(done, pageStart(from)), from);
      done = Math.max(done, to);
      open = pageEnd(to);
    }

    private void save(long from, long to) {
      long end = Math.min(to, keptBytes);
      if (from < end) {
        found.add(new SavedRange(from, end - from));
        done = end;
      }
    }
  }
}
