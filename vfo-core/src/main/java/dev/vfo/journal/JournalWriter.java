package dev.vfo.journal;

import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The writing side of the journal: appends commit records, each durable when {@link #append}
 * returns. One thread appends at a time; {@link #prepareNext} and {@link #retire} may be called by
 * others meanwhile and do not hold it up unless it needs the segment that is being made. After a
 * failed write or sync nothing more is written (I6).
 */
public final class JournalWriter implements AutoCloseable {
  private final SegmentPool pool;
  private final AcknowledgedCell acknowledged;
  private final Chain chain;
  private final FailStop failStop = new FailStop();
  private final RecordWriter records = new RecordWriter();
  private @Nullable SegmentFile current;
  private long endOffset;
  private @Nullable RecordPosition last;

  private JournalWriter(
      Storage storage,
      int directory,
      RootId rootId,
      JournalOptions options,
      RandomGenerator salts,
      AcknowledgedCell acknowledged,
      Chain chain) {
    this.pool = new SegmentPool(storage, directory, rootId, options, salts, failStop);
    this.acknowledged = acknowledged;
    this.chain = chain;
  }

  /**
   * Goes on behind the newest record of a journal. When that record is in doubt it is written again
   * first, so that everybody may rely on it once this has returned, and not before. What is left of
   * an attempt that was torn is erased.
   *
   * @param directory descriptor of the journal's folder; stays open and the caller's
   * @param salts must not repeat itself; need not be secret
   * @param scan what {@link JournalReader#scan} has found, nothing written since
   * @param acknowledged is kept up to date with every record; stays the caller's
   * @throws StorageException also for want of space, when a record must be written again: nothing
   *     is damaged then
   */
  public static JournalWriter resume(
      Storage storage,
      int directory,
      RootId rootId,
      JournalOptions options,
      RandomGenerator salts,
      JournalScan scan,
      AcknowledgedCell acknowledged)
      throws IOException {
    return resume(storage, directory, rootId, options, salts, scan, acknowledged, new Chain());
  }

  static JournalWriter resume(
      Storage storage,
      int directory,
      RootId rootId,
      JournalOptions options,
      RandomGenerator salts,
      JournalScan scan,
      AcknowledgedCell acknowledged,
      Chain chain)
      throws IOException {
    JournalWriter writer =
        new JournalWriter(storage, directory, rootId, options, salts, acknowledged, chain);
    try {
      writer.takeOver(scan);
      if (scan.isLastInDoubt()) {
        writer.writeAgain(storage, directory, rootId, scan.records().getLast());
      } else {
        writer.eraseTail();
      }
      return writer;
    } catch (IOException e) {
      writer.close();
      throw e;
    }
  }

  private void takeOver(JournalScan scan) throws IOException {
    List<SegmentSummary> segments = scan.segments();
    last = scan.last().orElse(null);
    int kept = segments.isEmpty() ? 0 : 1;
    if (last != null) {
      kept += (int) (last.segmentNumber() - segments.getFirst().number());
    }
    current = pool.takeOver(scan, kept);
    endOffset = kept == 0 ? 0 : segments.get(kept - 1).endOffset();
  }

  // The header of a torn attempt would count again, with its number, if the next attempt is torn
  // too
  // and gives it the sectors that it lacks. It is erased unseen: a killed process may have erased
  // it
  // in the page cache only (C8).
  private void eraseTail() throws IOException {
    SegmentFile segment = current;
    if (segment == null || !fitsCurrent(JournalFormat.BLOCK_BYTES)) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment zeros = arena.allocate(JournalFormat.BLOCK_BYTES, JournalFormat.BLOCK_BYTES);
      segment.writeDurably(zeros, endOffset);
    }
  }

  private void writeAgain(Storage storage, int directory, RootId rootId, RecordPosition doubtful)
      throws IOException {
    try (Arena arena = Arena.ofConfined();
        SegmentReader source =
            SegmentReader.open(
                storage, directory, rootId, doubtful.segmentNumber(), new BlockBuffer(arena))) {
      pool.prepare(doubtful.header().recordBytes());
      write(
          null,
          doubtful.checkpointNumber(),
          doubtful.header().previousChecksum(),
          new StoredPayload(source, doubtful));
    }
  }

  /**
   * Does everything that can fail for want of space: after it, one record with such a payload can
   * be appended.
   *
   * @throws StorageException ENOSPC or EDQUOT: nothing is damaged, and it may be tried again
   * @throws JournalFailedException when the journal has failed
   */
  public synchronized void ensureRoom(long payloadBytes) throws IOException {
    failStop.check();
    long recordBytes = RecordFormat.recordBytes(payloadBytes);
    if (!fitsCurrent(recordBytes)) {
      pool.prepare(recordBytes);
    }
  }

  /**
   * The same for a record that must not fail for want of space: where there is none for a segment
   * of the usual length, it gets one that is as short as it can be.
   */
  public synchronized void ensureLeastRoom(long payloadBytes) throws IOException {
    try {
      ensureRoom(payloadBytes);
    } catch (StorageException e) {
      if (!e.isNoSpace()) {
        throw e;
      }
      pool.prepareShort(RecordFormat.recordBytes(payloadBytes));
    }
  }

  private boolean fitsCurrent(long recordBytes) {
    SegmentFile segment = current;
    return segment != null && recordBytes <= segment.header().lengthBytes() - endOffset;
  }

  /**
   * Appends the record of a checkpoint; it is durable when this returns. Includes {@link
   * #ensureRoom} when that was not called.
   *
   * @param checkpointNumber the one after the last record's, or any positive one in an empty
   *     journal
   * @throws JournalFailedException when the journal has failed before
   * @throws IOException whatever went wrong; but for want of space in making room the journal has
   *     failed then, and whether the record is there is decided by the next recovery
   */
  public synchronized RecordPosition append(long checkpointNumber, Payload payload)
      throws IOException {
    failStop.check();
    RecordPosition before = last;
    if (checkpointNumber < 1
        || (before != null && checkpointNumber != before.checkpointNumber() + 1)) {
      throw new IllegalArgumentException("checkpoint " + checkpointNumber + " behind " + before);
    }
    ensureRoom(payload.lengthBytes());
    boolean fits = fitsCurrent(RecordFormat.recordBytes(payload.lengthBytes()));
    int previous = chain.previousChecksum(before == null ? null : before.header());
    return write(fits ? current : null, checkpointNumber, previous, payload);
  }

  /**
   * Writes a record to the current segment or, with null, to the next one. Any failure is final.
   */
  private RecordPosition write(
      @Nullable SegmentFile target, long checkpointNumber, int previous, Payload payload)
      throws IOException {
    SegmentFile taken = null;
    try {
      long recordBytes = RecordFormat.recordBytes(payload.lengthBytes());
      SegmentFile segment = target;
      if (segment == null) {
        segment = pool.takeNext(recordBytes);
        taken = segment;
      }
      long offset = target != null ? endOffset : SegmentFormat.HEADER_BYTES;
      RecordHeader header = records.write(segment, offset, checkpointNumber, previous, payload);
      acknowledged.write(checkpointNumber);
      releaseCurrentFor(segment);
      RecordPosition written = new RecordPosition(segment.header().number(), offset, header);
      endOffset = written.endOffset();
      last = written;
      return written;
    } catch (Throwable e) {
      failStop.fail(e);
      closeIfNotCurrent(taken, e);
      throw e;
    }
  }

  private void closeIfNotCurrent(@Nullable SegmentFile segment, Throwable failure) {
    if (segment == null || segment == current) {
      return;
    }
    try {
      segment.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private void releaseCurrentFor(SegmentFile segment) throws IOException {
    SegmentFile before = current;
    if (before == segment) {
      return;
    }
    current = segment;
    if (before != null) {
      long lastCheckpoint = last == null ? 0 : last.checkpointNumber();
      pool.release(new SegmentSummary(before.header(), lastCheckpoint, endOffset));
      before.close();
    }
  }

  /**
   * Makes the next segment, so that no checkpoint has to wait for it; a step for a background
   * thread, after each checkpoint. The journal works without, only slower now and then.
   *
   * @return whether it did anything
   * @throws StorageException ENOSPC or EDQUOT: nothing is damaged
   */
  public boolean prepareNext() throws IOException {
    failStop.check();
    return isPastHalf() && pool.prepare(0);
  }

  private synchronized boolean isPastHalf() {
    SegmentFile segment = current;
    return segment == null || endOffset > segment.header().lengthBytes() / 2;
  }

  /**
   * Takes segments out of use that nobody needs: all their records are applied, and the newest
   * record is elsewhere.
   *
   * @param appliedCheckpoint what the applied mark says, durably
   */
  public void retire(long appliedCheckpoint) throws IOException {
    pool.retire(appliedCheckpoint);
  }

  /** The newest record. */
  public synchronized Optional<RecordPosition> last() {
    return Optional.ofNullable(last);
  }

  /** Bytes of all of the journal's segments, those that are not in use too. */
  public synchronized long bytesOnDisk() {
    SegmentFile segment = current;
    return pool.otherBytes() + (segment == null ? 0 : segment.header().lengthBytes());
  }

  /** Whether records are written past the page cache; false also while there is no segment. */
  public synchronized boolean isDirect() {
    return current != null && current.isDirect();
  }

  /** Closes the segments. A record that was appended stays as durable as it is. */
  @Override
  public synchronized void close() throws StorageException {
    SegmentFile segment = current;
    current = null;
    failStop.fail(new IllegalStateException("closed"));
    try {
      if (segment != null) {
        segment.close();
      }
    } finally {
      pool.close();
    }
  }
}
