package dev.vfo.checkpoint;

import dev.vfo.StuckApplyException;
import dev.vfo.apply.Applier;
import dev.vfo.apply.ApplyCost;
import dev.vfo.journal.AppliedMark;
import dev.vfo.journal.JournalWriter;
import dev.vfo.overlay.FileEntry;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Applies committed layers in their order, and does what else can wait. {@link #doWork} is one step
 * of it: called by a background thread, and by whoever must wait for it. Thread safe; one step at a
 * time.
 */
final class ApplyQueue {
  /** A plan that layers up to a number may need, because they speak of what it made. */
  private record KeptPlan(long layer, long neededUpTo) {}

  /**
   * How far a journal is decided.
   *
   * @param upTo the number up to which all records count or are dropped
   * @param stateRecord number of the record that has the last checkpoint's state, or 0
   */
  record Decided(long upTo, long stateRecord) {}

  private final ReentrantLock work = new ReentrantLock();
  private final Deque<PendingLayer> pending = new ArrayDeque<>();
  private final Deque<KeptPlan> plans = new ArrayDeque<>();
  private final EngineParts parts;
  private final Applier applier;
  private final JournalWriter journal;
  private final AppliedMark mark;
  private final Reserve reserve;
  private final Consumer<IOException> journalFailed;
  private volatile @Nullable IOException stuck;

  /** What earlier layers made and an entry in memory need not know. */
  private volatile Map<Long, FileIdentity> made = Map.of();

  /** Up to here all records are decided; guarded by {@link #pending}. */
  private long decidedRecord;

  /** From here on records are kept: this one has the last checkpoint's state. */
  private volatile long keptFrom;

  private boolean closed;

  /** The layer that is applied, also if it is not tidied up yet. */
  private long markedLayer;

  ApplyQueue(
      EngineParts parts,
      Applier applier,
      JournalWriter journal,
      AppliedMark mark,
      Reserve reserve,
      Consumer<IOException> journalFailed,
      Decided decided) {
    this.parts = parts;
    this.applier = applier;
    this.journal = journal;
    this.mark = mark;
    this.reserve = reserve;
    this.journalFailed = journalFailed;
    this.decidedRecord = decided.upTo();
    this.keptFrom = decided.stateRecord();
  }

  /** Takes over the plans that an earlier process left, before anything else. */
  void restore(KeptPlans kept) {
    long newest = parts.layers().active().number() - 1;
    for (long plan : kept.layers()) {
      plans.add(new KeptPlan(plan, newest));
    }
    made = kept.made();
  }

  /** Takes over what could not be applied at open, before anything is added. */
  void restore(UnappliedLayers unapplied) {
    for (PendingLayer layer : unapplied.layers()) {
      pending.add(layer);
    }
    stuck = unapplied.reason();
  }

  private @Nullable FileIdentity identityOf(long number) {
    FileIdentity known = parts.identityOf(number);
    return known == null ? made.get(number) : known;
  }

  /** Takes over the layers that a decision, which is durable, has committed. */
  void add(Iterable<PendingLayer> layers, Decided decided) {
    synchronized (pending) {
      layers.forEach(pending::add);
      decidedRecord = decided.upTo();
    }
    keptFrom = decided.stateRecord();
  }

  /** How many layers wait. */
  int size() {
    synchronized (pending) {
      return pending.size();
    }
  }

  /** Why the oldest layer could not be applied when it was tried last. */
  Optional<IOException> stuck() {
    return Optional.ofNullable(stuck);
  }

  /**
   * Does one step: applies the oldest layer, or tidies up. Returns false when there was nothing to
   * do.
   *
   * @throws IOException why a layer could not be applied; it stays, and the next call tries again
   */
  boolean doWork() throws IOException {
    work.lock();
    try {
      if (closed) {
        return false;
      }
      requireMark();
      PendingLayer next;
      synchronized (pending) {
        next = pending.peek();
      }
      boolean did = next != null ? apply(next) : tidyUp();
      stuck = null;
      return did;
    } catch (IOException e) {
      stuck = e;
      throw e;
    } catch (RuntimeException e) {
      stuck = new IOException("an error in VFO itself: " + e, e);
      throw e;
    } finally {
      work.unlock();
    }
  }

  /** Waits for the step that runs, and does none from then on. */
  void close() {
    work.lock();
    try {
      closed = true;
    } finally {
      work.unlock();
    }
  }

  /** Works until nothing is left to do. */
  void drain() throws StuckApplyException {
    try {
      boolean more = true;
      while (more) {
        more = doWork();
      }
    } catch (IOException e) {
      throw stuck(e);
    }
  }

  /** Applies until at most so many layers wait. */
  void drainTo(int layers) throws StuckApplyException {
    try {
      while (size() > layers) {
        doWork();
      }
    } catch (IOException e) {
      throw stuck(e);
    }
  }

  private static StuckApplyException stuck(IOException e) {
    return new StuckApplyException(
        "what is committed cannot be written to the root yet, or tidied up; it is tried again: "
            + e.getMessage(),
        e);
  }

  private boolean apply(PendingLayer next) throws IOException {
    long layer = next.layer().number();
    if (markedLayer != layer) {
      Map<Long, FileIdentity> created =
          applier.apply(next.changes(), this::identityOf, () -> mark(layer, markFor(next)));
      markedLayer = layer;
      // Layers sealed up to now may have been taken while the entries had no home file yet.
      if (!created.isEmpty()) {
        plans.add(new KeptPlan(layer, parts.layers().active().number() - 1));
      }
    }
    reserve.releaseButPlan(layer, ApplyCost.of(next.changes()).planBytes());
    // While the layer still tells how many names its files have: what it left in the stage would
    // count as names of those that are found at home from then on.
    cleanUp(layer);
    List<FileEntry> garbage = parts.publish(next.layer());
    synchronized (pending) {
      pending.remove();
    }
    for (FileEntry entry : garbage) {
      parts.home().forget(entry);
    }
    return true;
  }

  // It may say, durably, that the layer is applied: home must not be touched for it again, or a
  // power failure would leave home without it. Whoever waited for the work meanwhile comes here.
  private void requireMark() throws IOException {
    if (mark.hasFailed()) {
      throw new IOException("the applied mark could not be written: only opening again goes on");
    }
  }

  // After a failed sync of the mark nobody knows what it says (C8): only opening again finds out.
  private void mark(long layer, long checkpoint) throws StorageException {
    try {
      mark.write(layer, checkpoint);
    } catch (StorageException e) {
      journalFailed.accept(e);
      throw e;
    }
  }

  // A record counts as applied with the last of its layers only.
  private long markFor(PendingLayer next) {
    synchronized (pending) {
      boolean more =
          pending.stream()
              .anyMatch(other ->
                  other.record() == next.record()
                      && other.layer().number() > next.layer().number());
      return more ? next.record() - 1 : next.record();
    }
  }

  private void cleanUp(long applied) throws IOException {
    while (!plans.isEmpty() && plans.peek().neededUpTo() <= applied) {
      plans.remove();
    }
    long oldestNeeded = plans.isEmpty() ? applied + 1 : plans.element().layer();
    applier.clean(applied, oldestNeeded);
    reserve.plansRemoved(Math.min(applied, oldestNeeded - 1));
    retire(mark.value().checkpointNumber());
  }

  private boolean tidyUp() throws IOException {
    boolean did = false;
    long last;
    synchronized (pending) {
      last = pending.isEmpty() ? decidedRecord : 0;
    }
    // Records without layers: their segments are wanted back too.
    if (last > mark.value().checkpointNumber()) {
      mark(mark.value().layer(), last);
      retire(last);
      did = true;
    }
    did |= parts.removeOrphans();
    did |= prepareSegment();
    return did;
  }

  // On a full disk a segment stays in use for longer, or there is no next one yet: the checkpoint
  // that needs it says so.
  private void retire(long applied) throws IOException {
    onJournal(() -> {
      journal.retire(Math.min(applied, keptFrom - 1));
      return true;
    });
  }

  private boolean prepareSegment() throws IOException {
    return onJournal(journal::prepareNext);
  }

  private interface JournalWork {
    boolean run() throws IOException;
  }

  /**
   * False for want of space, which is no damage; after any other failure the manager has failed
   * (I6).
   */
  private boolean onJournal(JournalWork task) throws IOException {
    try {
      return task.run();
    } catch (IOException e) {
      if (e instanceof StorageException failure && failure.isNoSpace()) {
        return false;
      }
      journalFailed.accept(e);
      throw e;
    }
  }
}
