package dev.vfo.inspect;

import dev.vfo.journal.RecordHeader;
import dev.vfo.journal.SegmentInspection;
import dev.vfo.journal.SegmentSummary;
import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A segment of a journal, looked at alone, without the root that it belongs to. Immutable.
 *
 * @param rootId id of the root, 32 hexadecimal digits
 * @param number which segment, from 1
 * @param salt what tells its records from older ones in the same file
 * @param lengthBytes length of the file
 * @param records those that are whole and name each other, the oldest first
 * @param endOffset offset of the first byte behind them
 * @param torn checkpoint number of the header that stands there, if one does: its record is not
 *     whole, or not the next one
 */
public record Segment(
    String rootId,
    long number,
    long salt,
    long lengthBytes,
    List<SegmentRecord> records,
    long endOffset,
    Optional<Long> torn) {

  /** Copies the list. */
  public Segment {
    records = List.copyOf(records);
  }

  /**
   * A record.
   *
   * @param offset of its header in the segment, bytes
   * @param checkpoint which checkpoint it commits
   * @param payloadBytes length of its payload
   * @param recordBytes length with header and padding
   * @param previousChecksum checksum of the record before
   * @param payloadChecksum covers the payload
   * @param checksum covers the header, and with it all of the above
   */
  public record SegmentRecord(
      long offset,
      long checkpoint,
      long payloadBytes,
      long recordBytes,
      int previousChecksum,
      int payloadChecksum,
      int checksum) {}

  /**
   * The length of a segment and how much of it is in use.
   *
   * @param number which segment, from 1
   * @param lengthBytes length of the file
   * @param endOffset offset of the first byte behind its records
   * @param lastCheckpoint number of its newest record, 0 for none
   */
  public record Extent(long number, long lengthBytes, long endOffset, long lastCheckpoint) {
    static Extent of(SegmentSummary summary) {
      return new Extent(
          summary.number(),
          summary.header().lengthBytes(),
          summary.endOffset(),
          summary.lastCheckpoint());
    }
  }

  /** Whether a file has the name of a segment that is in use. */
  public static boolean isSegmentName(String fileName) {
    return SegmentInspection.numberOf(Name.of(fileName)) >= 0;
  }

  /**
   * Looks at a segment. Changes nothing and takes no lock.
   *
   * @param folder the folder that it is in
   * @param fileName the name of a segment
   * @throws dev.vfo.CorruptJournalException when its header is damaged
   * @throws dev.vfo.NewerFormatException when a newer VFO wrote it
   */
  public static Segment read(Storage storage, Path folder, String fileName) throws IOException {
    long number = SegmentInspection.numberOf(Name.of(fileName));
    if (number < 0) {
      throw new StorageException(Errno.EINVAL, "read", fileName);
    }
    int directory = storage.openRoot(folder);
    try {
      return of(SegmentInspection.read(storage, directory, number));
    } finally {
      storage.close(directory);
    }
  }

  private static Segment of(SegmentInspection seen) {
    return new Segment(
        seen.header().rootId().toString(),
        seen.header().number(),
        seen.header().salt(),
        seen.header().lengthBytes(),
        seen.records().stream().map(p -> record(p.offset(), p.header())).toList(),
        seen.endOffset(),
        seen.torn().map(RecordHeader::checkpointNumber));
  }

  private static SegmentRecord record(long offset, RecordHeader header) {
    return new SegmentRecord(
        offset,
        header.checkpointNumber(),
        header.payloadBytes(),
        header.recordBytes(),
        header.previousChecksum(),
        header.payloadChecksum(),
        header.checksum());
  }
}
