package dev.vfo.journal;

import dev.vfo.CorruptJournalException;
import dev.vfo.NewerFormatException;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one segment holds when it is looked at alone, without the root that it belongs to.
 *
 * @param header its header
 * @param records its records that are whole and name each other, the oldest first
 * @param endOffset offset of the first byte behind them
 * @param torn the header that stands there, when it is genuine: its record is not whole, or not the
 *     next one
 */
public record SegmentInspection(
    SegmentHeader header,
    List<RecordPosition> records,
    long endOffset,
    Optional<RecordHeader> torn) {

  /** Copies the list. */
  public SegmentInspection {
    records = List.copyOf(records);
  }

  /**
   * Looks at a segment. Changes nothing.
   *
   * @param directory descriptor of the folder that it is in
   * @param number its number; its name is that of a segment in use
   * @throws CorruptJournalException when its header is damaged
   * @throws NewerFormatException when a newer VFO wrote it
   */
  public static SegmentInspection read(Storage storage, int directory, long number)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      BlockBuffer buffer = new BlockBuffer(arena);
      RootId rootId = rootId(storage, directory, number, buffer);
      try (SegmentReader segment = SegmentReader.open(storage, directory, rootId, number, buffer)) {
        return read(segment);
      }
    }
  }

  /** The number in a segment's file name, or -1 when it is the name of no segment in use. */
  public static long numberOf(Name name) {
    return SegmentName.numberOf(name);
  }

  private static RootId rootId(Storage storage, int directory, long number, BlockBuffer buffer)
      throws IOException {
    try (OpenFile file = OpenFile.open(storage, directory, SegmentName.of(number), OpenFlag.READ)) {
      MemorySegment block = buffer.take(SegmentFormat.HEADER_BYTES);
      long count = file.read(block, 0);
      if (count < block.byteSize()) {
        throw new CorruptJournalException(
            SegmentName.path(number), count, "the file ends inside the header");
      }
      return SegmentFormat.decode(block, SegmentName.path(number)).rootId();
    }
  }

  private static SegmentInspection read(SegmentReader segment) throws IOException {
    SegmentHeader header = segment.header();
    List<RecordPosition> records = new ArrayList<>();
    Chain chain = new Chain();
    RecordHeader last = null;
    long offset = SegmentFormat.HEADER_BYTES;
    while (offset < header.lengthBytes()) {
      RecordHeader record = segment.headerAt(offset);
      if (record == null) {
        break;
      }
      if (!chain.follows(last, record) || !segment.isWhole(offset, record)) {
        return new SegmentInspection(header, records, offset, Optional.of(record));
      }
      records.add(new RecordPosition(header.number(), offset, record));
      last = record;
      offset += record.recordBytes();
    }
    return new SegmentInspection(header, records, offset, Optional.empty());
  }
}
