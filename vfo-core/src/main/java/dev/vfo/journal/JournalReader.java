package dev.vfo.journal;

import dev.vfo.CorruptJournalException;
import dev.vfo.NewerFormatException;
import dev.vfo.storage.Storage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The reading side of the journal: says which records count. Changes nothing on disk. Thread safe.
 * While somebody writes the journal, use {@link LiveJournal}.
 */
public final class JournalReader {
  private final Storage storage;
  private final int directory;
  private final RootId rootId;
  private final Chain chain;

  /**
   * @param directory descriptor of the journal's folder, not closed by this
   */
  public JournalReader(Storage storage, int directory, RootId rootId) {
    this(storage, directory, rootId, new Chain());
  }

  JournalReader(Storage storage, int directory, RootId rootId, Chain chain) {
    this.storage = storage;
    this.directory = directory;
    this.rootId = rootId;
    this.chain = chain;
  }

  /**
   * Reads and verifies the whole journal.
   *
   * @param acknowledged what {@link AcknowledgedCell#read} said
   * @param appliedCheckpoint the checkpoint number that {@link AppliedMark} says
   * @throws CorruptJournalException when something is missing or changed that was durable
   * @throws NewerFormatException when a newer VFO wrote it
   */
  public JournalScan scan(OptionalLong acknowledged, long appliedCheckpoint) throws IOException {
    return scan(acknowledged, appliedCheckpoint, true);
  }

  /** The same; without {@code looksBehind} the first bad record of a segment is its end. */
  JournalScan scan(OptionalLong acknowledged, long appliedCheckpoint, boolean looksBehind)
      throws IOException {
    JournalScanner scanner = new JournalScanner(chain, looksBehind);
    try (Arena arena = Arena.ofConfined()) {
      BlockBuffer buffer = new BlockBuffer(arena);
      for (long number : segmentNumbers()) {
        try (SegmentReader segment =
            SegmentReader.open(storage, directory, rootId, number, buffer)) {
          scanner.scan(segment);
        }
      }
    }
    return scanner.finish(acknowledged, appliedCheckpoint);
  }

  private List<Long> segmentNumbers() throws IOException {
    List<Long> numbers = new ArrayList<>();
    storage.list(
        directory,
        (name, inode, type) -> {
          long number = SegmentName.numberOf(name);
          if (number >= 0) {
            numbers.add(number);
          }
          return true;
        });
    numbers.sort(null);
    for (int i = 1; i < numbers.size(); i++) {
      long expected = numbers.get(i - 1) + 1;
      if (numbers.get(i) != expected) {
        throw new CorruptJournalException(SegmentName.path(expected), 0, "the segment is missing");
      }
    }
    return numbers;
  }

  /**
   * Reads the payload of a record and verifies all of it.
   *
   * @param arena what the result lives in
   * @throws RecordGoneException when it is no longer what {@link #scan} has seen
   */
  public MemorySegment readPayload(RecordPosition position, Arena arena) throws IOException {
    MemorySegment payload =
        arena
            .allocate(Math.max(1, position.payloadBytes()), JournalFormat.BLOCK_BYTES)
            .asSlice(0, position.payloadBytes());
    try (Arena working = Arena.ofConfined();
        SegmentReader segment =
            SegmentReader.open(
                storage, directory, rootId, position.segmentNumber(), new BlockBuffer(working))) {
      RecordHeader header = segment.headerAt(position.offset());
      segment.read(payload, position.offset() + RecordFormat.HEADER_BYTES);
      if (!position.header().equals(header)
          || Crc32c.of(payload) != position.header().payloadChecksum()) {
        throw segment.gone(position);
      }
    }
    return payload;
  }
}
