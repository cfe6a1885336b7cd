package dev.vfo;

import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.testkit.history.HistoryClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The engine as the test kit's harness drives it: in one thread, background work only when it is
 * asked for.
 */
class EngineSubject extends EntrySubject {
  private static final long MEMORY_BYTES = 1 << 20;
  private static final int SEGMENT_BYTES = 32 << 10;

  // Campaigns make it warn at every other recovery. Held, as a logger is forgotten with its level.
  private static final Logger LOG = Logger.getLogger("dev.vfo");

  static {
    LOG.setLevel(Level.SEVERE);
  }

  // Salts must never repeat, also when the clock stands still; what they are decides nothing that
  // is done.
  private static final AtomicLong OPENED = new AtomicLong();

  private final VirtualFileManager manager;
  private final EntryOperations entries;
  private final Map<Integer, SealedStep> sealed = new HashMap<>();

  EngineSubject(Storage storage, Path root, HistoryClock clock) throws IOException {
    this(root, options(storage, clock));
  }

  EngineSubject(Path root, Options options) throws IOException {
    this(VirtualFileManager.open(root, options), List.of());
  }

  /** One of several that share a manager; this one's paths begin in a directory of the tree. */
  EngineSubject(VirtualFileManager manager, List<Name> base) {
    super(base);
    this.manager = manager;
    this.entries = manager.entries();
  }

  @Override
  EntryOperations entries() {
    return entries;
  }

  static Options options(Storage storage, HistoryClock clock) {
    return Options.defaults()
        .withStorage(storage)
        .withClock(clock)
        .withRandom(new Random(OPENED.incrementAndGet()))
        .withExecutor(task -> {})
        .withMemoryBytes(MEMORY_BYTES)
        .withFirstSegmentBytes(SEGMENT_BYTES)
        .withMaxSegmentBytes(SEGMENT_BYTES)
        .withMaxUnappliedLayers(3);
  }

  /** The manager's last checkpoint. */
  Optional<Checkpoint> last() {
    return manager.lastCheckpoint();
  }

  /** The state that is committed for these bytes. */
  State stateOf(byte[] bytes) {
    return State.of(bytes);
  }

  /** The bytes that a committed state stands for. */
  byte[] bytesOf(State state) {
    return state.bytes();
  }

  @Override
  public LastCheckpoint lastCheckpoint() {
    return manager
        .lastCheckpoint()
        .map(last -> new LastCheckpoint(last.number(), bytesOf(last.state())))
        .orElse(null);
  }

  @Override
  public long checkpoint(byte[] state) throws IOException {
    return manager.checkpoint(stateOf(state)).number();
  }

  @Override
  public void seal(int slot) throws IOException {
    sealed.put(slot, manager.seal());
  }

  @Override
  public long commit(int slot, byte[] state) throws IOException {
    SealedStep step = sealed.get(slot);
    return manager.commit(step, stateOf(state)).number();
  }

  @Override
  public void rollback() throws IOException {
    manager.rollback();
  }

  @Override
  public boolean runBackground() throws IOException {
    return manager.doBackgroundWork();
  }

  @Override
  public void awaitApplied() throws IOException {
    manager.awaitApplied();
  }

  @Override
  public boolean hasFailed() {
    return manager.status().failure().isPresent();
  }

  @Override
  public void close() throws IOException {
    manager.close();
  }

  @Override
  public void abandon() {}
}
