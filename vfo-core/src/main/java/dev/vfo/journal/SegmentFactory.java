package dev.vfo.journal;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/** Makes segments, out of retired ones where it can, and retires them. Not thread safe. */
final class SegmentFactory {
  private static final int PIECE_BYTES = 1 << 20;

  private final SegmentDirectory directory;
  private final RootId rootId;
  private final JournalOptions options;
  private final RandomGenerator salts;

  /** The longest first. */
  private final List<Spare> spares = new ArrayList<>();

  private long newestSpare;

  /** A retired segment that is kept. */
  private record Spare(Name name, long lengthBytes) {}

  SegmentFactory(
      SegmentDirectory directory, RootId rootId, JournalOptions options, RandomGenerator salts) {
    this.directory = directory;
    this.rootId = rootId;
    this.options = options;
    this.salts = salts;
  }

  /** Removes what an earlier writer left half-made, and takes over its spares. */
  void takeOver() throws StorageException {
    List<Name> names = new ArrayList<>();
    directory
        .storage()
        .list(
            directory.descriptor(),
            (name, inode, type) -> {
              names.add(name);
              return true;
            });
    names.sort(null);
    for (Name name : names) {
      if (SegmentName.isMaking(name)) {
        directory.unlink(name);
      } else if (SegmentName.numberOfSpare(name) >= 0) {
        takeOverSpare(name);
      }
    }
  }

  private void takeOverSpare(Name name) throws StorageException {
    newestSpare = Math.max(newestSpare, SegmentName.numberOfSpare(name));
    FileStat stat = directory.storage().stat(directory.descriptor(), name);
    if (stat.type() == FileType.REGULAR && isUsable(stat.sizeBytes())) {
      keep(new Spare(name, stat.sizeBytes()));
    } else {
      directory.unlink(name);
    }
  }

  private boolean isUsable(long lengthBytes) {
    return lengthBytes >= options.firstSegmentBytes()
        && lengthBytes <= options.maxSegmentBytes()
        && lengthBytes % JournalFormat.BLOCK_BYTES == 0;
  }

  /** Of more than are to be kept the shortest goes. */
  private void keep(Spare spare) throws StorageException {
    spares.add(spare);
    spares.sort(Comparator.comparingLong(Spare::lengthBytes).reversed());
    if (spares.size() > options.spareSegments()) {
      directory.unlink(spares.removeLast().name());
    }
  }

  /** Bytes of the spares. */
  long spareBytes() {
    return spares.stream().mapToLong(Spare::lengthBytes).sum();
  }

  /**
   * Makes a segment, durable with its name when this returns. When it fails for want of space,
   * nothing is left of the attempt.
   *
   * <p>A spare comes first, however short, as writing a new one costs its length once more. So
   * segments grow only as long as those that there are do not come back fast enough.
   *
   * @param grownBytes how long it is to be if it is a new one
   * @param neededBytes how long it must be at least; shorter spares are removed, they would only
   *     take the place of longer ones, and space
   */
  SegmentHeader make(long number, long grownBytes, long neededBytes) throws IOException {
    removeSparesBelow(neededBytes);
    if (!spares.isEmpty()) {
      return remake(spares.getFirst(), number);
    }
    return makeNew(number, Math.max(grownBytes, neededBytes));
  }

  private void removeSparesBelow(long lengthBytes) throws StorageException {
    for (Spare spare : List.copyOf(spares)) {
      if (spare.lengthBytes() < lengthBytes) {
        directory.unlink(spare.name());
        spares.remove(spare);
      }
    }
  }

  private SegmentHeader remake(Spare spare, long number) throws IOException {
    SegmentHeader header = new SegmentHeader(rootId, number, salts.nextLong(), spare.lengthBytes());
    directory.settle();
    spares.remove(spare);
    return finish(header, spare.name(), OpenFlag.WRITE);
  }

  private SegmentHeader makeNew(long number, long lengthBytes) throws IOException {
    SegmentHeader header = new SegmentHeader(rootId, number, salts.nextLong(), lengthBytes);
    int flags = OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.EXCLUSIVE;
    return finish(header, SegmentName.making(number), flags);
  }

  /** Writes the file under its temporary name, then gives it its own. */
  private SegmentHeader finish(SegmentHeader header, Name temporary, int flags) throws IOException {
    Name leftover = null;
    try {
      try (OpenFile file = directory.open(temporary, flags)) {
        leftover = temporary;
        if ((flags & OpenFlag.CREATE) != 0) {
          writeZeros(file, header.lengthBytes());
        }
        writeHeader(file, header);
        directory.storage().sync(file.fd());
      }
      Name name = SegmentName.of(header.number());
      directory.rename(temporary, name);
      leftover = name;
      directory.settle();
      return header;
    } catch (StorageException e) {
      if (e.isNoSpace() && leftover != null) {
        removeAfter(e, leftover);
      }
      throw e;
    }
  }

  private void removeAfter(StorageException failure, Name leftover) throws StorageException {
    try {
      directory.unlink(leftover);
    } catch (StorageException e) {
      e.addSuppressed(failure);
      throw e;
    }
  }

  private static void writeHeader(OpenFile file, SegmentHeader header) throws StorageException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(SegmentFormat.HEADER_BYTES);
      SegmentFormat.encode(header, block);
      file.write(block, 0, 1);
    }
  }

  private static void writeZeros(OpenFile file, long lengthBytes) throws StorageException {
    allocate(file, lengthBytes);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment zeros = arena.allocate(Math.min(PIECE_BYTES, lengthBytes));
      for (long at = 0; at < lengthBytes; at += zeros.byteSize()) {
        file.write(zeros.asSlice(0, Math.min(zeros.byteSize(), lengthBytes - at)), at, 1);
      }
    }
  }

  /**
   * In one piece on disk, and no space shows before the work; where it is not supported, the writes
   * do it alone.
   */
  private static void allocate(OpenFile file, long lengthBytes) throws StorageException {
    try {
      file.storage().allocate(file.fd(), 0, lengthBytes, false);
    } catch (StorageException e) {
      if (e.errno() != Errno.EOPNOTSUPP && e.errno() != Errno.ENOSYS) {
        throw e;
      }
    }
  }

  /**
   * Takes a segment out of use. The removal before this one is made durable first, so that numbers
   * have no gap.
   */
  void discard(SegmentHeader header) throws StorageException {
    directory.settle();
    Name name = SegmentName.of(header.number());
    if (isUsable(header.lengthBytes())) {
      newestSpare++;
      Name spare = SegmentName.spare(newestSpare);
      directory.rename(name, spare);
      keep(new Spare(spare, header.lengthBytes()));
    } else {
      directory.unlink(name);
    }
  }
}
