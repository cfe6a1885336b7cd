package dev.vfo;

import dev.vfo.storage.Storage;
import dev.vfo.testkit.history.HistoryClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** The engine with so little memory that blocks leave it all the time. */
final class SpillSubject extends EngineSubject {
  private static final long MEMORY_BYTES = 64 << 10;
  private static final AtomicLong MADE = new AtomicLong();

  private final SpillStorage storage;

  SpillSubject(Storage storage, Path root, HistoryClock clock) throws IOException {
    this(new SpillStorage(storage), root, clock);
  }

  private SpillSubject(SpillStorage storage, Path root, HistoryClock clock) throws IOException {
    super(root, options(storage, clock));
    this.storage = storage;
  }

  static Options options(Storage storage, HistoryClock clock) {
    return EngineSubject.options(storage, clock).withMemoryBytes(MEMORY_BYTES);
  }

  /** The same, when nothing can be applied after an opening. */
  static StuckSubject stuck(Storage storage, Path root, HistoryClock clock) throws IOException {
    StuckStorage held = new StuckStorage(storage);
    return new StuckSubject(held, root, options(held, clock));
  }

  /** How many spill files were made, by those that were closed, since the last question. */
  static long takeMade() {
    return MADE.getAndSet(0);
  }

  @Override
  public void close() throws IOException {
    MADE.addAndGet(storage.made());
    super.close();
  }

  @Override
  public void abandon() {
    MADE.addAndGet(storage.made());
  }
}
