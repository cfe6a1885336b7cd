package dev.vfo.checkpoint;

import dev.vfo.Change;
import dev.vfo.Checkpoint;
import dev.vfo.FailedManagerException;
import dev.vfo.NoSpaceException;
import dev.vfo.Options;
import dev.vfo.State;
import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.Commit;
import dev.vfo.changes.CommitCodec;
import dev.vfo.changes.PartOfLayers;
import dev.vfo.changes.StateBytes;
import dev.vfo.overlay.FileEntry;
import dev.vfo.overlay.Layer;
import dev.vfo.overlay.NetChanges.NetChange;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A step over a root that others may change meanwhile: parked in a folder of its own, not applied,
 * until it is committed by a manager of the root or discarded. Thread safe.
 */
public final class DetachedEngine implements AutoCloseable {
  private final Options options;
  private final DetachedFolder folder;
  private final EngineParts parts;
  private final Health health;
  private final CommitLog log;
  private final StepFiles files;
  private final Rollbacks rollbacks = new Rollbacks();
  private final ReentrantLock lock = new ReentrantLock();
  private final List<ChangeSet> parked;
  private long parkedLayer;

  private DetachedEngine(Options options, DetachedFolder folder) {
    this.options = options;
    this.folder = folder;
    this.parts = folder.parts();
    this.health = new Health(folder.name());
    this.log = new CommitLog(folder.journal(), folder.lastRecord(), health);
    this.files = new StepFiles(parts, options.storage(), health, rollbacks, () -> {});
    this.parked = new ArrayList<>(folder.layers());
    this.parkedLayer = parts.layers().active().number() - 1;
  }

  /** Opens a step, after what its root needs was done. */
  public static DetachedEngine open(Path root, Path folder, Options options) throws IOException {
    // The root is opened as a manager opens it, and let go: so nobody has it, and it is recovered.
    Engine.open(root, options).close();
    return new DetachedEngine(options, DetachedFolder.open(root, folder, options));
  }

  /** Removes a step that is not open. */
  public static void discard(Path folder, Options options) throws IOException {
    DetachedFolder.discard(folder, options);
  }

  /** The files as the step sees them. */
  public StepFiles files() {
    return files;
  }

  /** Whether a part of it was parked. */
  public boolean isParked() {
    lock.lock();
    try {
      return !parked.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** What the step changes, by ascending path. */
  public List<Change> changes() throws IOException {
    health.requireOpen();
    return changes(parts.netChanges());
  }

  private static List<Change> changes(List<NetChange> changes) {
    return changes.stream().map(NetChange::change).toList();
  }

  /**
   * Parks the step, and takes a part of it.
   *
   * @param wanted which of its changes
   */
  public Part select(Predicate<Change> wanted) throws IOException {
    lock.lock();
    try {
      park();
      PartOfLayers part = new PartOfLayers(parked);
      List<NetChange> all = parts.netChanges();
      Set<NetChange> asked = new HashSet<>();
      for (NetChange each : all) {
        if (wanted.test(each.change())) {
          asked.add(each);
          take(part, each);
        }
      }
      List<NetChange> taken = all.stream().filter(each -> has(part, each)).toList();
      List<NetChange> besides = taken.stream().filter(each -> !asked.contains(each)).toList();
      return new Part(this, log.lastRecord(), part.layers(), changes(taken), changes(besides));
    } finally {
      lock.unlock();
    }
  }

  private static void take(PartOfLayers part, NetChange change) {
    if (change.name() == null) {
      part.take(change.entry());
    } else {
      part.take(change.name());
    }
  }

  private static boolean has(PartOfLayers part, NetChange change) {
    return change.name() == null ? part.has(change.entry()) : part.has(change.name());
  }

  /**
   * A part of a step that can be committed by itself.
   *
   * @param step the step
   * @param record how far the step had been parked then
   * @param layers what the part changes
   * @param taken the changes of the part
   * @param besides those of them that nobody wanted, and that the others need
   */
  public record Part(
      DetachedEngine step,
      long record,
      List<ChangeSet> layers,
      List<Change> taken,
      List<Change> besides) {}

  /**
   * Commits a part of the step, and drops the rest.
   *
   * @throws IllegalArgumentException when it is of another step, or the step has gone on
   */
  public Committed commitTo(Engine manager, State state, Part part) throws IOException {
    lock.lock();
    try {
      health.requireOpen();
      boolean isNow = part.step() == this && part.record() == log.lastRecord();
      if (!isNow || !parts.layers().active().isUnchanged()) {
        throw new IllegalArgumentException(
            folder.name() + " was changed after the part of it was selected: select again");
      }
      return commitTo(manager, state, part.layers());
    } finally {
      lock.unlock();
    }
  }

  /** Makes what was changed durable in the step's folder. */
  public void park() throws IOException {
    lock.lock();
    try {
      health.requireOpen();
      Layer sealed = parts.layers().seal();
      List<Layer> all = parts.layers().sealedUpTo(sealed.number());
      List<Layer> changed = all.stream().filter(each -> !each.isUnchanged()).toList();
      if (!changed.isEmpty()) {
        List<ChangeSet> changes = parts.extract(changed);
        boolean written = false;
        try {
          write(changed, changes);
          written = true;
        } finally {
          if (!written) {
            changed.forEach(Layer::forgetChangeSet);
          }
        }
        parts.layers().keep(changed);
        parked.addAll(changes);
      }
      parts.layers().discard(all);
      parkedLayer = sealed.number();
    } finally {
      lock.unlock();
    }
  }

  private void write(List<Layer> layers, List<ChangeSet> changes) throws IOException {
    long now = EngineParts.nanos(options.clock().instant());
    Commit commit = new Commit(now, parts.table().nextVirtual(), StateBytes.EMPTY, changes);
    try (Arena arena = Arena.ofShared()) {
      MemorySegment payload = arena.allocate(CommitCodec.encodedBytes(commit), 8);
      CommitCodec.encode(commit, payload);
      makeRoom(payload.byteSize());
      log.append(layers, payload);
    }
  }

  private void makeRoom(long bytes) throws IOException {
    try {
      log.makeRoom(bytes);
    } catch (StorageException e) {
      throw new NoSpaceException(
          folder.name()
              + ": no room to keep the step ("
              + e.getMessage()
              + "); make room and try again",
          e);
    }
  }

  /** Goes back to what was parked last. */
  public void rollback() throws FailedManagerException {
    lock.lock();
    try {
      health.requireOpen();
      drop(parts.knowledge()::lookAgain);
    } finally {
      lock.unlock();
    }
  }

  private void drop(Consumer<FileEntry> changed) {
    parts
        .layers()
        .dropAbove(
            parkedLayer,
            parts.names().lock().writeLock(),
            next -> rollbacks.add(parkedLayer, next),
            changed);
  }

  /**
   * Parks it, and moves it into the journal of its root as one checkpoint. Afterwards it is closed
   * and gone.
   *
   * @return the checkpoint, and what it changed in the manager's numbers
   */
  public Committed commitTo(Engine manager, State state) throws IOException {
    lock.lock();
    try {
      park();
      return commitTo(manager, state, parked);
    } finally {
      lock.unlock();
    }
  }

  private Committed commitTo(Engine manager, State state, List<ChangeSet> layers)
      throws IOException {
    Engine.Adopted adopted = manager.adopt(folder, layers, state);
    health.close();
    try {
      removeCommitted(manager);
    } catch (IOException e) {
      // It is committed all the same; whoever opens the step again removes what is left.
      manager.note("the committed step " + folder.name() + " could not be removed", e);
    }
    return new Committed(adopted.checkpoint(), adopted.changes());
  }

  private void removeCommitted(Engine manager) throws IOException {
    try {
      folder.remove();
      manager.adopted(folder.id());
    } finally {
      folder.close();
    }
  }

  /**
   * A step that was committed.
   *
   * @param checkpoint where it is
   * @param changes what it changed, in the manager's numbers
   */
  public record Committed(Checkpoint checkpoint, List<ChangeSet> changes) {}

  /** Drops the step, and all that was parked of it. */
  public void discard() throws IOException {
    lock.lock();
    try {
      health.requireOpen();
      health.close();
      drop(entry -> {});
      try {
        folder.remove();
      } finally {
        folder.close();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Why nothing is done any more, if so. */
  public Optional<String> failure() {
    return health.failure();
  }

  /** Drops what was not parked, and closes. */
  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      if (health.isClosed()) {
        return;
      }
      health.close();
      try {
        drop(entry -> {});
      } finally {
        folder.close();
      }
    } finally {
      lock.unlock();
    }
  }
}
