package dev.vfo.journal;

import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The segments other than the one being written: the next one, if it is ready, and the old ones.
 * Thread safe.
 */
final class SegmentPool implements AutoCloseable {
  private final Storage storage;
  private final int descriptor;
  private final JournalOptions options;
  private final FailStop failStop;
  private final SegmentDirectory directory;
  private final SegmentFactory factory;
  private final Deque<SegmentSummary> old = new ArrayDeque<>();
  private @Nullable SegmentFile next;
  private long currentNumber;
  private long currentBytes;

  SegmentPool(
      Storage storage,
      int descriptor,
      RootId rootId,
      JournalOptions options,
      RandomGenerator salts,
      FailStop failStop) {
    this.storage = storage;
    this.descriptor = descriptor;
    this.options = options;
    this.failStop = failStop;
    this.directory = new SegmentDirectory(storage, descriptor);
    this.factory = new SegmentFactory(directory, rootId, options, salts);
  }

  /**
   * Takes over from an earlier writer; for the start.
   *
   * @param keptSegments how many of the segments, from the oldest, stay; the last of these goes on
   *     being written
   */
  synchronized @Nullable SegmentFile takeOver(JournalScan scan, int keptSegments)
      throws IOException {
    factory.takeOver();
    for (int i = scan.segments().size() - 1; i >= keptSegments; i--) {
      factory.discard(scan.segments().get(i).header());
    }
    directory.settle();
    if (keptSegments == 0) {
      return null;
    }
    old.addAll(scan.segments().subList(0, keptSegments - 1));
    SegmentHeader current = scan.segments().get(keptSegments - 1).header();
    setCurrent(current);
    return SegmentFile.open(storage, descriptor, current, options.direct());
  }

  private void setCurrent(SegmentHeader header) {
    currentNumber = header.number();
    currentBytes = header.lengthBytes();
  }

  /** Makes the next segment, with room for a record of that length, unless it is there. */
  boolean prepare(long recordBytes) throws IOException {
    return prepare(recordBytes, grownBytes());
  }

  /** The same, but a new one is no longer than it must be. */
  boolean prepareShort(long recordBytes) throws IOException {
    return prepare(recordBytes, 0);
  }

  private synchronized boolean prepare(long recordBytes, long newBytes) throws IOException {
    failStop.check();
    long neededBytes = SegmentFormat.HEADER_BYTES + recordBytes;
    if (next != null && next.header().lengthBytes() >= neededBytes) {
      return false;
    }
    try {
      dropNext();
      SegmentHeader header = factory.make(currentNumber + 1, newBytes, neededBytes);
      next = SegmentFile.open(storage, descriptor, header, options.direct());
      return true;
    } catch (IOException e) {
      failUnlessNoSpace(e);
      throw e;
    }
  }

  private synchronized long grownBytes() {
    long maxBytes = options.maxSegmentBytes();
    long firstBytes = Math.min(options.firstSegmentBytes(), maxBytes);
    return currentNumber == 0 ? firstBytes : Math.clamp(2 * currentBytes, firstBytes, maxBytes);
  }

  /** One that is too short for the record at hand. */
  private void dropNext() throws IOException {
    SegmentFile dropped = next;
    if (dropped != null) {
      next = null;
      dropped.close();
      factory.discard(dropped.header());
      directory.settle();
    }
  }

  private void failUnlessNoSpace(IOException e) {
    if (!(e instanceof StorageException failure && failure.isNoSpace())) {
      failStop.fail(e);
    }
  }

  /** Hands the next segment over to be written. */
  synchronized SegmentFile takeNext(long recordBytes) throws IOException {
    prepare(recordBytes);
    SegmentFile taken = next;
    if (taken == null) {
      throw new IllegalStateException("no segment was made");
    }
    next = null;
    setCurrent(taken.header());
    return taken;
  }

  /** Takes in a segment that will not be written any more, once the newest record is elsewhere. */
  synchronized void release(SegmentSummary segment) {
    old.add(segment);
  }

  /** Takes the oldest segments out of use as long as all their records are applied. */
  synchronized void retire(long appliedCheckpoint) throws IOException {
    failStop.check();
    try {
      while (!old.isEmpty() && old.getFirst().lastCheckpoint() <= appliedCheckpoint) {
        factory.discard(old.getFirst().header());
        old.removeFirst();
      }
      directory.settle();
    } catch (IOException e) {
      failUnlessNoSpace(e);
      throw e;
    }
  }

  /** Bytes of all files but the segment being written. */
  synchronized long otherBytes() {
    long nextBytes = next == null ? 0 : next.header().lengthBytes();
    long oldBytes = old.stream().mapToLong(segment -> segment.header().lengthBytes()).sum();
    return nextBytes + oldBytes + factory.spareBytes();
  }

  @Override
  public synchronized void close() throws StorageException {
    SegmentFile prepared = next;
    next = null;
    if (prepared != null) {
      prepared.close();
    }
  }
}
