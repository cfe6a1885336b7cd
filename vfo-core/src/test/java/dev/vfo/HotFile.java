package dev.vfo;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file that one thread writes and others read all the time. It consists of cells of eight bytes;
 * each says the version of the write that it comes from, and from which cell to which one that
 * write went. So whoever sees a part of a write can tell whether all of it is there.
 */
final class HotFile {
  private static final int CELLS = 4096;
  private static final int BYTES = CELLS * Long.BYTES;
  private static final int RANGE_BITS = 16;
  private static final int RANGE_MASK = (1 << RANGE_BITS) - 1;
  private static final int CUT_EVERY = 50;

  /** A write: cells {@code from} to {@code to}, without the last one. */
  record Write(int version, int from, int to) {
    /** Nothing. */
    static final Write NONE = new Write(0, 0, 0);

    private static Write of(long cell) {
      int version = (int) (cell >>> Integer.SIZE);
      return new Write(version, (int) cell >>> RANGE_BITS, (int) cell & RANGE_MASK);
    }

    private long cell() {
      return (long) version << Integer.SIZE | (long) from << RANGE_BITS | to;
    }
  }

  private final FileTree files;
  private final String path;

  /** The last write that is done, and not cut off since. */
  private volatile Write done = Write.NONE;

  /** Counts the beginnings and the ends of cuts. */
  private final AtomicInteger cuts = new AtomicInteger();

  HotFile(FileTree files, String path) throws IOException {
    this.files = files;
    this.path = path;
    files.open(path, WRITE, CREATE, TRUNCATE_EXISTING).close();
  }

  /** What must be there while no cut comes. */
  record Sure(int cuts, Write done) {}

  /** What is done now. */
  Sure sure() {
    int before = cuts.get();
    return new Sure(before, done);
  }

  /** Whether no cut has come since that was looked at. */
  boolean holds(Sure sure) {
    return sure.cuts % 2 == 0 && sure.cuts == cuts.get();
  }

  /** Writes until it is told to stop. */
  void write(SplittableRandom random, Crew crew) throws IOException {
    try (VirtualFile file = files.open(path, READ, WRITE)) {
      ByteBuffer cells = ByteBuffer.allocateDirect(BYTES);
      for (int version = 1; !crew.isToStop(); version++) {
        if (random.nextInt(CUT_EVERY) == 0) {
          cuts.incrementAndGet();
          done = Write.NONE;
          file.truncate(0);
          cuts.incrementAndGet();
        }
        int to = random.nextInt(CELLS) + 1;
        Write write = new Write(version, random.nextInt(to), to);
        cells.clear();
        for (int cell = write.from; cell < write.to; cell++) {
          cells.putLong(write.cell());
        }
        file.write(cells.flip(), (long) write.from * Long.BYTES);
        done = write;
      }
    }
  }

  /** Reads until it is told to stop, and checks what it sees. */
  void read(SplittableRandom random, Crew crew) throws IOException {
    try (VirtualFile file = files.open(path)) {
      ByteBuffer cells = ByteBuffer.allocateDirect(BYTES);
      int[] seen = new int[CELLS];
      int life = 0;
      while (!crew.isToStop()) {
        int from = random.nextInt(CELLS);
        Sure sure = sure();
        file.read(cells.clear(), (long) from * Long.BYTES);
        check(from, cells.flip());
        if (holds(sure)) {
          if (life != sure.cuts) {
            seen = new int[CELLS];
            life = sure.cuts;
          }
          checkAge(from, cells, seen);
          checkThere(from, cells, sure.done);
        }
      }
    }
  }

  /**
   * Looks whether each write of which a part is there is there as a whole, but for younger ones.
   */
  static void check(int from, ByteBuffer cells) {
    Map<Long, Write> writes = new HashMap<>();
    int count = cells.remaining() / Long.BYTES;
    for (int i = 0; i < count; i++) {
      long cell = cells.getLong(i * Long.BYTES);
      if (cell != 0) {
        writes.computeIfAbsent(cell, Write::of);
      }
    }
    for (Write write : writes.values()) {
      for (int i = Math.max(0, write.from - from); i < Math.min(count, write.to - from); i++) {
        int version = Write.of(cells.getLong(i * Long.BYTES)).version;
        if (version < write.version) {
          throw new AssertionError(
              "%s is torn: cell %d is of version %d".formatted(write, from + i, version));
        }
      }
      if (count < write.to - from && from + count < CELLS) {
        throw new AssertionError(write + " is torn: the file ends at cell " + (from + count));
      }
    }
  }

  private static void checkAge(int from, ByteBuffer cells, int[] seen) {
    for (int i = 0; i < cells.remaining() / Long.BYTES; i++) {
      int version = Write.of(cells.getLong(i * Long.BYTES)).version;
      if (version < seen[from + i]) {
        throw new AssertionError(
            "cell %d is of version %d, and was of %d".formatted(from + i, version, seen[from + i]));
      }
      seen[from + i] = version;
    }
  }

  /** Looks whether a write is there, or a younger one. */
  static void checkThere(int from, ByteBuffer cells, Write write) {
    for (int cell = Math.max(from, write.from); cell < write.to; cell++) {
      int index = (cell - from) * Long.BYTES;
      int version = index < cells.limit() ? Write.of(cells.getLong(index)).version : -1;
      if (version < write.version) {
        throw new AssertionError(
            "%s is done, but cell %d is of version %d".formatted(write, cell, version));
      }
    }
  }
}
