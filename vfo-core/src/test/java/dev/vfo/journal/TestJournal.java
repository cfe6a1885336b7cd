package dev.vfo.journal;

import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** A control folder with a journal in it, as a manager would use it. For one thread. */
final class TestJournal {
  static final RootId ROOT_ID = new RootId(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

  /** Small segments, so that a test goes through many. */
  static final JournalOptions SMALL = new JournalOptions(16 << 10, 64 << 10, 2, true);

  private static final Name JOURNAL = Name.of("journal");

  final Storage storage;
  final int control;
  final int journal;
  JournalOptions options = SMALL;
  Chain chain = new Chain();

  /** Canaries: a manager that does one thing wrong. */
  Fault fault = Fault.NONE;

  // A journal that is opened again must not get salts that it had before.
  private static final AtomicLong OPENED = new AtomicLong();

  RandomGenerator salts = random(OPENED.incrementAndGet());

  /** What a broken manager does. */
  enum Fault {
    NONE,
    /** It does not look at the acknowledged cell. */
    CELL_NOT_CONSULTED,
    /** It writes the acknowledged cell before the record. */
    CELL_TOO_EARLY,
    /** It relies on a record in doubt. */
    DOUBT_IGNORED
  }

  private TestJournal(Storage storage, int control, int journal) {
    this.storage = storage;
    this.control = control;
    this.journal = journal;
  }

  static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /** Makes the files in an empty folder, durable. */
  static TestJournal create(Storage storage, int control) throws IOException {
    storage.makeDirectory(control, JOURNAL, 0700);
    AcknowledgedCell.create(storage, control, ROOT_ID);
    AppliedMark.create(storage, control, ROOT_ID);
    FormatFile.create(storage, control, ROOT_ID);
    return at(storage, control);
  }

  /** Opens the folder of a journal that is there. */
  static TestJournal at(Storage storage, int control) throws IOException {
    int flags = OpenFlag.READ | OpenFlag.DIRECTORY;
    return new TestJournal(storage, control, storage.open(control, JOURNAL, flags, 0));
  }

  JournalReader reader() {
    return new JournalReader(storage, journal, ROOT_ID, chain);
  }

  OptionalLong acknowledged() throws IOException {
    return AcknowledgedCell.read(storage, control, ROOT_ID);
  }

  long applied() throws IOException {
    return AppliedMark.read(storage, control, ROOT_ID).checkpointNumber();
  }

  /** Reads everything as recovery does. */
  JournalScan scan() throws IOException {
    FormatFile.check(storage, control, ROOT_ID);
    OptionalLong cell = fault == Fault.CELL_NOT_CONSULTED ? OptionalLong.empty() : acknowledged();
    return reader().scan(cell, applied());
  }

  /**
   * Number of the newest checkpoint, whose payload is verified with all others; 0 when there is
   * none.
   */
  long recovered() throws IOException {
    return verified(scan());
  }

  long verified(JournalScan scan) throws IOException {
    long number = 0;
    for (RecordPosition record : scan.records()) {
      number = record.checkpointNumber();
      attempt(record);
    }
    return number;
  }

  /** Which attempt at its checkpoint a record holds; -1 when it is too short to tell. */
  long attempt(RecordPosition record) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment payload = reader().readPayload(record, arena);
      return payload.byteSize() < Content.MIN_BYTES
          ? -1
          : Content.attempt(payload, record.checkpointNumber());
    }
  }

  /** A session of a manager: recovery, then writing. */
  Session open() throws IOException {
    return open(scan());
  }

  /** Goes on with what was read a moment ago. */
  Session open(JournalScan scan) throws IOException {
    return new Session(scan);
  }

  /** See {@link #open}. */
  final class Session implements AutoCloseable {
    final JournalScan scan;
    final AppliedMark applied;
    final AcknowledgedCell acknowledged;
    final JournalWriter writer;

    private Session(JournalScan scan) throws IOException {
      long last = scan.last().map(RecordPosition::checkpointNumber).orElse(0L);
      this.scan =
          fault == Fault.DOUBT_IGNORED
              ? new JournalScan(scan.segments(), scan.records(), OptionalLong.of(last))
              : scan;
      this.applied = AppliedMark.open(storage, control, ROOT_ID);
      this.acknowledged = AcknowledgedCell.open(storage, control, ROOT_ID);
      this.writer =
          JournalWriter.resume(
              storage, journal, ROOT_ID, options, salts, this.scan, acknowledged, chain);
    }

    long last() {
      return writer.last().map(RecordPosition::checkpointNumber).orElse(0L);
    }

    /** Appends the next checkpoint. */
    RecordPosition append(long lengthBytes) throws IOException {
      return append(0, lengthBytes);
    }

    RecordPosition append(long attempt, long lengthBytes) throws IOException {
      try (Arena arena = Arena.ofConfined()) {
        long number = last() + 1;
        if (fault == Fault.CELL_TOO_EARLY) {
          acknowledged.write(number);
        }
        return writer.append(number, Content.payload(arena, number, attempt, lengthBytes));
      }
    }

    /** Says that all checkpoints up to this one are applied, and retires what can be. */
    void apply(long checkpoint) throws IOException {
      applied.write(checkpoint, checkpoint);
      writer.retire(checkpoint);
    }

    @Override
    public void close() throws IOException {
      writer.close();
      acknowledged.close();
      applied.close();
    }
  }

  // Files as bytes

  List<Name> segments() throws IOException {
    List<Name> names = names();
    names.removeIf(name -> SegmentName.numberOf(name) < 0);
    return names;
  }

  /** All names in the journal's folder, sorted. */
  List<Name> names() throws IOException {
    List<Name> names = new ArrayList<>();
    storage.list(journal, (name, inode, type) -> names.add(name));
    names.sort(null);
    return names;
  }

  byte[] read(int directory, Name name) throws IOException {
    int fd = storage.open(directory, name, OpenFlag.READ, 0);
    try (Arena arena = Arena.ofConfined()) {
      long size = storage.stat(fd).sizeBytes();
      MemorySegment content = arena.allocate(Math.max(1, size)).asSlice(0, size);
      new OpenFile(storage, fd).read(content, 0);
      return content.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    } finally {
      storage.close(fd);
    }
  }

  /** Replaces a file's content; its size too. */
  void write(int directory, Name name, byte[] bytes) throws IOException {
    int flags = OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.TRUNCATE;
    int fd = storage.open(directory, name, flags, 0600);
    try (OpenFile file = new OpenFile(storage, fd)) {
      overwrite(file, 0, bytes);
    }
  }

  /** Cuts a file, durably: the simulated disk need not remember how it was. */
  void truncate(int directory, Name name, long lengthBytes) throws IOException {
    int fd = storage.open(directory, name, OpenFlag.WRITE, 0);
    try (OpenFile file = new OpenFile(storage, fd)) {
      storage.truncate(file.fd(), lengthBytes);
      storage.sync(file.fd());
    }
  }

  /** Changes bytes of a file in place. */
  void overwrite(int directory, Name name, long offset, byte... bytes) throws IOException {
    int fd = storage.open(directory, name, OpenFlag.WRITE, 0);
    try (OpenFile file = new OpenFile(storage, fd)) {
      overwrite(file, offset, bytes);
    }
  }

  private static void overwrite(OpenFile file, long offset, byte... bytes) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment source = arena.allocate(Math.max(1, bytes.length)).asSlice(0, bytes.length);
      source.copyFrom(MemorySegment.ofArray(bytes));
      file.write(source, offset, 1);
    }
  }
}
