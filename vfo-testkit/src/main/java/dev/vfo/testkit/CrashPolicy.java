package dev.vfo.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Decides what of the un-synced state a crash leaves (C4, C5). For one crash and one thread. */
final class CrashPolicy {
  private final CrashMode mode;
  private final Tearing tearing;
  private final Chance chance;
  private final double keepData;
  private final double keepAttribute;
  private final double garbage;
  private final double wholePage;

  CrashPolicy(CrashMode mode, Tearing tearing, Chance chance) {
    this.mode = mode;
    this.tearing = tearing;
    this.chance = chance;
    this.keepData = chance.oneOf(0, 0.1, 0.5, 0.9, 1);
    this.keepAttribute = chance.oneOf(0, 0.1, 0.5, 0.9, 1);
    this.garbage = chance.oneOf(0, 0, 0.05, 0.5);
    this.wholePage = chance.oneOf(0.2, 0.8);
  }

  /** What is found on the disk of a file's content. */
  FileContent content(FileContent content) {
    if (!content.isDirty()) {
      return content.clean();
    }
    Map<Long, Page> changed = new HashMap<>();
    long[] blocks = {content.blocks()};
    content.forEachUnsynced((index, kept, between, now) -> {
      Page found = page(kept, between, now);
      changed.put(index, found);
      blocks[0] += (found.hasBlock() ? 1 : 0) - (now.hasBlock() ? 1 : 0);
    });
    PageTree pages = content.pages().copy();
    changed.forEach(pages::set);
    long size = size(content);
    return new FileContent(pages, size, blocks[0] - cut(pages, size));
  }

  private long size(FileContent content) {
    return switch (mode) {
      case LOSE_ALL, KEEP_NAMES -> content.durableSize();
      case KEEP_ALL, KEEP_DATA, KEEP_NAMES_AND_SIZES, GARBAGE -> content.size();
      case RANDOM -> {
        List<Long> between = content.sizesBetween();
        if (!between.isEmpty() && chance.happens(0.3)) {
          yield between.get(chance.below(between.size()));
        }
        yield chance.happens(keepAttribute) ? content.size() : content.durableSize();
      }
    };
  }

  /** Removes the data behind the end; returns how many blocks became free. */
  private static long cut(PageTree pages, long size) {
    List<Long> behind = new ArrayList<>();
    pages.forEachFrom(
        FileContent.pageOf(size + Page.BYTES - 1),
        (index, page) -> {
          if (page.isData()) {
            behind.add(index);
          }
        });
    behind.forEach(index -> pages.set(index, Page.HOLE));
    if (FileContent.inPage(size) > 0) {
      long last = FileContent.pageOf(size);
      pages.set(last, pages.get(last).cutAt(FileContent.inPage(size)));
    }
    return behind.size();
  }

  /** What is found on the disk of a page. */
  Page page(Page kept, List<Page> between, Page now) {
    return switch (mode) {
      case KEEP_ALL, KEEP_DATA -> now;
      case LOSE_ALL, KEEP_NAMES, KEEP_NAMES_AND_SIZES -> kept;
      case GARBAGE -> mixed(kept, between, now, 1);
      case RANDOM -> {
        if (chance.happens(wholePage)) {
          yield version(kept, between, now);
        }
        yield mixed(kept, between, now, garbage);
      }
    };
  }

  private Page version(Page kept, List<Page> between, Page now) {
    if (!between.isEmpty() && chance.happens(0.3)) {
      return between.get(chance.below(between.size()));
    }
    return chance.happens(keepData) ? now : kept;
  }

  /** Each sector from another version, or garbage where it was written. */
  private Page mixed(Page kept, List<Page> between, Page now, double garbageRate) {
    ByteRanges written = now.written();
    for (Page page : between) {
      written = written.with(page.written());
    }
    byte[] bytes = new byte[Page.BYTES];
    boolean data = now.isData();
    for (int from = 0; from < Page.BYTES; from += Page.SECTOR_BYTES) {
      int to = from + Page.SECTOR_BYTES;
      Page found = mode == CrashMode.GARBAGE ? kept : version(kept, between, now);
      found.copyTo(bytes, from, to);
      data |= found.isData();
      if (tearing != Tearing.NONE && written.touches(from, to) && chance.happens(garbageRate)) {
        spoil(bytes, from, to, tearing == Tearing.WHOLE_SECTORS ? ByteRanges.PAGE : written, now);
        data = true;
      }
    }
    if (data) {
      return new Page(bytes, ByteRanges.NONE);
    }
    return kept.hasBlock() ? kept : now;
  }

  /** Random bytes, all ones, or the new bytes up to somewhere in the sector. */
  private void spoil(byte[] bytes, int from, int to, ByteRanges where, Page now) {
    int kind = chance.below(3);
    int end = from + chance.below(Page.SECTOR_BYTES);
    for (int i = from; i < to; i++) {
      byte noise = (byte) chance.next();
      if (where.contains(i)) {
        if (kind == 0) {
          bytes[i] = noise;
        } else if (kind == 1) {
          bytes[i] = (byte) 0xFF;
        } else if (i < end) {
          bytes[i] = now.byteAt(i);
        }
      }
    }
  }

  /** What is found on the disk of a file's attributes, each by itself. */
  Attributes attributes(Attributes kept, Attributes now) {
    if (kept.equals(now)) {
      return now;
    }
    return switch (mode) {
      case LOSE_ALL, KEEP_NAMES -> kept;
      case KEEP_ALL, KEEP_DATA, KEEP_NAMES_AND_SIZES, GARBAGE -> now;
      case RANDOM -> kept.mixedWith(now, () -> chance.happens(keepAttribute));
    };
  }
}
