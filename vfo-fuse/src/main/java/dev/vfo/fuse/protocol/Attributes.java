package dev.vfo.fuse.protocol;

import dev.vfo.EntryStat;
import dev.vfo.storage.FileType;

/** Puts a file's attributes into an answer. */
public final class Attributes {
  /** Length of the attributes alone. */
  private static final int ATTRIBUTE_BYTES = 88;

  private static final int ENTRY_HEAD_BYTES = 40;
  private static final int ANSWER_HEAD_BYTES = 16;

  /** Length of an entry with its attributes. */
  public static final int ENTRY_BYTES = ENTRY_HEAD_BYTES + ATTRIBUTE_BYTES;

  private static final long NANOS = 1_000_000_000L;
  private static final int SECTOR_BYTES = 512;
  private static final int BLOCK_BYTES = 4096;

  private Attributes() {}

  /** Adds the answer to GETATTR and SETATTR; the kernel may keep it for so many seconds. */
  public static void add(Reply reply, EntryStat stat, long seconds) {
    int at = reply.grow(ANSWER_HEAD_BYTES + ATTRIBUTE_BYTES);
    reply.int64(at, seconds);
    put(reply, at + ANSWER_HEAD_BYTES, stat);
  }

  /** Adds an entry; the kernel may keep name and attributes for so many seconds. */
  public static void addEntry(Reply reply, long node, EntryStat stat, long seconds) {
    int at = reply.grow(ENTRY_BYTES);
    reply.int64(at, node);
    reply.int64(at + 16, seconds);
    reply.int64(at + 24, seconds);
    put(reply, at + ENTRY_HEAD_BYTES, stat);
  }

  /** Adds what says that there is no such name, and that the kernel may keep this. */
  public static void addAbsent(Reply reply, long seconds) {
    int at = reply.grow(ENTRY_BYTES);
    reply.int64(at + 16, seconds);
  }

  private static void put(Reply reply, int at, EntryStat stat) {
    reply.int64(at, stat.number());
    // A directory that is not at home yet has the size that it will have there.
    boolean isNew = stat.type() == FileType.DIRECTORY && stat.sizeBytes() == 0;
    reply.int64(at + 8, isNew ? BLOCK_BYTES : stat.sizeBytes());
    reply.int64(at + 16, isNew ? BLOCK_BYTES / SECTOR_BYTES : stat.blocks512());
    reply.int64(at + 24, Math.floorDiv(stat.accessNanos(), NANOS));
    reply.int64(at + 32, Math.floorDiv(stat.modifyNanos(), NANOS));
    reply.int64(at + 40, Math.floorDiv(stat.changeNanos(), NANOS));
    reply.int32(at + 48, (int) Math.floorMod(stat.accessNanos(), NANOS));
    reply.int32(at + 52, (int) Math.floorMod(stat.modifyNanos(), NANOS));
    reply.int32(at + 56, (int) Math.floorMod(stat.changeNanos(), NANOS));
    reply.int32(at + 60, stat.type().bits() | stat.mode());
    reply.int32(at + 64, stat.linkCount());
    reply.int32(at + 68, stat.uid());
    reply.int32(at + 72, stat.gid());
    reply.int32(at + 76, (int) stat.device());
    reply.int32(at + 80, BLOCK_BYTES);
  }
}
