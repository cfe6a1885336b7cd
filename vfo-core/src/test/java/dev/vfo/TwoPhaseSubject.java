package dev.vfo;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.history.HistoryClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * The engine with checkpoints in two phases: a commit prepares what it is asked for and decides it,
 * with what was prepared when the step below was sealed, above which the program has gone on; a
 * rollback aborts. What a crash has left undecided, the next one to open it commits or aborts.
 */
final class TwoPhaseSubject extends HeldSubject {
  private static final String BELOW = "below ";
  private static final String FINAL = "final ";

  /** All as long as each other, so that each run does the same. */
  private static final AtomicLong IDS = new AtomicLong();

  /** The program was told that these were not committed. */
  private static final Set<String> REFUSED = ConcurrentHashMap.newKeySet();

  private static final AtomicLong FOUND = new AtomicLong();

  private final Map<Integer, SealedStep> sealed = new HashMap<>();
  private final VirtualFileManager manager;

  TwoPhaseSubject(Storage storage, Path root, HistoryClock clock) throws IOException {
    this(released(storage), root, held -> options(held, clock));
  }

  private TwoPhaseSubject(StuckStorage storage, Path root, Function<Storage, Options> options)
      throws IOException {
    this(storage, root, options, false);
  }

  private TwoPhaseSubject(
      StuckStorage storage, Path root, Function<Storage, Options> options, boolean countsAll)
      throws IOException {
    this(VirtualFileManager.open(root, options.apply(storage)), storage);
    boolean decided = false;
    try {
      decideOld(countsAll);
      decided = true;
    } finally {
      if (!decided) {
        manager.close();
      }
    }
  }

  private TwoPhaseSubject(VirtualFileManager manager, StuckStorage storage) {
    super(manager, storage);
    this.manager = manager;
  }

  private static StuckStorage released(Storage storage) {
    StuckStorage held = new StuckStorage(storage);
    held.release();
    return held;
  }

  /** The same with so little memory that blocks leave it all the time. */
  static TwoPhaseSubject spilling(Storage storage, Path root, HistoryClock clock)
      throws IOException {
    return new TwoPhaseSubject(released(storage), root, held -> SpillSubject.options(held, clock));
  }

  /** The same when nothing can be applied for a while after an opening. */
  static TwoPhaseSubject stuck(Storage storage, Path root, HistoryClock clock) throws IOException {
    return new TwoPhaseSubject(new StuckStorage(storage), root, held -> options(held, clock));
  }

  /** A broken one: what is prepared counts as if it was committed. */
  static TwoPhaseSubject countingAll(Storage storage, Path root, HistoryClock clock)
      throws IOException {
    return new TwoPhaseSubject(released(storage), root, held -> options(held, clock), true);
  }

  /** How often something undecided was found since the last question. */
  static long takeFound() {
    return FOUND.getAndSet(0);
  }

  // What was asked for and got no answer may count or not; what nobody asked for must not.
  private void decideOld(boolean countsAll) throws IOException {
    List<PreparedCheckpoint> old = manager.undecided();
    if (old.isEmpty()) {
      return;
    }
    FOUND.incrementAndGet();
    requireReadOnly();
    PreparedCheckpoint newest = old.getLast();
    boolean mayCount = newest.id().startsWith(FINAL) && !REFUSED.contains(newest.id());
    if (countsAll || (mayCount && newest.state().bytes().length % 2 == 0)) {
      commit(newest.id());
    } else {
      manager.abort(old.getFirst().id());
    }
  }

  private void requireReadOnly() throws IOException {
    try {
      manager.tree().createDirectory("not while something is undecided");
    } catch (StorageException e) {
      if (e.errno() == Errno.EROFS) {
        return;
      }
      throw e;
    }
    throw new AssertionError("changed while something is undecided");
  }

  private static String id(String kind) {
    return kind + HexFormat.of().toHexDigits(IDS.incrementAndGet());
  }

  @Override
  public boolean alwaysCommits() {
    return true;
  }

  @Override
  public long checkpoint(byte[] state) throws IOException {
    long made = decide(manager.seal(), state);
    sealed.clear();
    return made;
  }

  private long decide(SealedStep step, byte[] state) throws IOException {
    String id = id(FINAL);
    manager.prepare(step, id, stateOf(state));
    try {
      return commit(id);
    } catch (IOException e) {
      REFUSED.add(id);
      throw e;
    }
  }

  private long commit(String id) throws IOException {
    return patiently(() -> manager.commit(id).number());
  }

  @Override
  public void seal(int slot) throws IOException {
    if (sealed.isEmpty()) {
      prepareBelow();
    }
    sealed.put(slot, manager.seal());
  }

  // Whoever cannot prepare now goes on without.
  private void prepareBelow() {
    try {
      manager.prepare(manager.seal(), id(BELOW), State.of(new byte[] {1, 2, 3}));
    } catch (IOException e) {
      // The next call says so, if it matters.
    }
  }

  @Override
  public long commit(int slot, byte[] state) throws IOException {
    long made = decide(sealed.get(slot), state);
    SealedStep decided = sealed.get(slot);
    sealed.values().removeIf(step -> step.layer() <= decided.layer());
    return made;
  }

  @Override
  public void rollback() throws IOException {
    sealed.clear();
    if (manager.undecided().isEmpty()) {
      super.rollback();
    } else {
      manager.abort(manager.undecided().getFirst().id());
    }
  }
}
