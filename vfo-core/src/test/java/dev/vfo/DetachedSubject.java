package dev.vfo;

import dev.vfo.storage.Storage;
import dev.vfo.testkit.history.HistoryClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Detached steps as the test kit's harness drives them: each step of a history is one, parked now
 * and then, opened again where it was parked, and committed by a manager that is open just for
 * that. For histories that open again after each checkpoint and rollback: a step's handles end with
 * it.
 */
final class DetachedSubject extends EntrySubject {
  /** So little that steps spill. */
  private static final long MEMORY_BYTES = 64 << 10;

  private static final AtomicLong CONTINUED = new AtomicLong();

  private final Path root;
  private final Path folder;
  private final Options options;
  private @Nullable DetachedStep step;
  private @Nullable Checkpoint last;
  private boolean failed;
  private long committedAs;

  DetachedSubject(Storage storage, Path root, HistoryClock clock) throws IOException {
    super(List.of());
    this.root = root;
    this.folder = root.resolveSibling("step");
    this.options = EngineSubject.options(storage, clock).withMemoryBytes(MEMORY_BYTES);
    DetachedStep opened = openOld();
    try (VirtualFileManager manager = VirtualFileManager.open(root, options)) {
      last = manager.lastCheckpoint().orElse(null);
    }
    if (committedAs != 0 && (last == null || last.number() != committedAs)) {
      throw new IOException(
          "the old step is said to be committed as checkpoint "
              + committedAs
              + ", the last is "
              + last);
    }
    if (opened != null && opened.isParked()) {
      CONTINUED.incrementAndGet();
      opened.discard();
      opened = null;
    }
    step = opened == null ? DetachedStep.open(root, folder, options) : opened;
  }

  // What a process that is gone has parked can be opened, unless it was committed.
  private @Nullable DetachedStep openOld() throws IOException {
    try {
      return DetachedStep.open(root, folder, options);
    } catch (StepCommittedException e) {
      committedAs = e.checkpoint();
      return null;
    }
  }

  /** How often a parked step was opened again since the last question. */
  static long takeContinued() {
    return CONTINUED.getAndSet(0);
  }

  private DetachedStep step() {
    DetachedStep open = step;
    if (open == null) {
      throw new IllegalStateException("the step has ended: this history does not open again");
    }
    return open;
  }

  @Override
  EntryOperations entries() {
    return step().entries();
  }

  Optional<Checkpoint> last() {
    return Optional.ofNullable(last);
  }

  @Override
  public @Nullable LastCheckpoint lastCheckpoint() {
    Checkpoint known = last;
    return known == null ? null : new LastCheckpoint(known.number(), known.state().bytes());
  }

  @Override
  public long checkpoint(byte[] state) throws IOException {
    try (VirtualFileManager manager = VirtualFileManager.open(root, options)) {
      Checkpoint made = step().commitTo(manager, State.of(state));
      last = made;
      step = null;
      return made.number();
    } catch (FailedManagerException e) {
      failed = true;
      throw e;
    }
  }

  @Override
  public void seal(int slot) {
    throw new UnsupportedOperationException("seal");
  }

  @Override
  public long commit(int slot, byte[] state) {
    throw new UnsupportedOperationException("commit");
  }

  @Override
  public void rollback() throws IOException {
    step().discard();
    step = null;
  }

  @Override
  public boolean runBackground() throws IOException {
    step().park();
    if (!hasHandles()) {
      step().close();
      step = null;
      step = DetachedStep.open(root, folder, options);
      CONTINUED.incrementAndGet();
    }
    return false;
  }

  @Override
  public void awaitApplied() {}

  @Override
  public boolean hasFailed() {
    return failed;
  }

  @Override
  public void close() throws IOException {
    DetachedStep open = step;
    if (open != null) {
      step = null;
      open.close();
    }
  }

  @Override
  public void abandon() {}
}
