package dev.vfo;

import dev.vfo.storage.Storage;
import dev.vfo.testkit.history.HistoryClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The engine when nothing can be applied for a while after it was opened: until somebody waits for
 * it, or too many layers wait. What was committed before is read through the layers that were
 * loaded from the journal, while home is wherever an earlier process left it.
 */
final class StuckSubject extends HeldSubject {
  private static final AtomicLong LOADED = new AtomicLong();

  StuckSubject(Storage storage, Path root, HistoryClock clock) throws IOException {
    this(new StuckStorage(storage), root, clock);
  }

  private StuckSubject(StuckStorage storage, Path root, HistoryClock clock) throws IOException {
    this(storage, root, options(storage, clock));
  }

  StuckSubject(StuckStorage storage, Path root, Options options) throws IOException {
    super(VirtualFileManager.open(root, options), storage);
    if (storage.failures() > 0) {
      LOADED.incrementAndGet();
    }
  }

  /** How often layers were loaded since the last question. */
  static long takeLoaded() {
    return LOADED.getAndSet(0);
  }

  @Override
  public long checkpoint(byte[] state) throws IOException {
    return patiently(() -> super.checkpoint(state));
  }

  @Override
  public long commit(int slot, byte[] state) throws IOException {
    return patiently(() -> super.commit(slot, state));
  }
}
