package dev.vfo.checkpoint;

import dev.vfo.NoSpaceException;
import dev.vfo.Options;
import dev.vfo.State;
import dev.vfo.apply.ApplyCost;
import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.Commit;
import dev.vfo.changes.CommitCodec;
import dev.vfo.changes.DescriptorTable;
import dev.vfo.changes.EntryChange;
import dev.vfo.changes.Verdict;
import dev.vfo.changes.Verdict.Aborts;
import dev.vfo.changes.Verdict.Decided;
import dev.vfo.changes.Verdict.Undecided;
import dev.vfo.overlay.Layer;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the records of a root. One, in order: the change sets are taken from the sealed layers;
 * space for applying them is reserved and room in the journal made, and it is looked whether other
 * programs have changed what the step builds on, all of which may fail without damage; the record
 * is written, and decides. One thread at a time.
 */
final class CommitWriter {
  private static final long SPARE_INODES = 16;

  /** What the record of a decision takes, bytes. */
  private static final long DECISION_BYTES = 4096;

  private final Options options;
  private final OpenRoot root;
  private final EngineParts parts;
  private final CommitLog log;
  private final Reserve reserve;
  private final States states;
  private final TableHistory tables;
  private final ApplyQueue queue;
  private final ForeignCheck foreign;

  /** Whether there are records in the journal that only the next checkpoint lets go. */
  private boolean hasAborted;

  CommitWriter(Options options, OpenRoot root, CommitLog log, ApplyQueue queue) {
    this.options = options;
    this.root = root;
    this.parts = root.parts();
    this.log = log;
    this.reserve = root.reserve();
    this.states = root.states();
    this.tables = root.tables();
    this.queue = queue;
    this.foreign = new ForeignCheck(parts, queue);
    this.hasAborted = root.hasAborted();
  }

  /**
   * A record of layers that is durable.
   *
   * @param number its number
   * @param time when it was made
   * @param layers its layers, oldest first
   * @param state its state
   * @param descriptors what the program had open
   */
  record Written(
      long number,
      Instant time,
      List<PendingLayer> layers,
      States.Saved state,
      DescriptorTable descriptors) {}

  /** Number of the newest record, or 0. */
  long lastRecord() {
    return log.lastRecord();
  }

  /**
   * Writes the record of sealed layers.
   *
   * @param layers those that have changes, oldest first
   * @param sealed number of the newest sealed layer, which perhaps has none
   * @param decisions how many decisions on prepared layers there is to be room for behind it
   */
  Written write(List<Layer> layers, long sealed, State state, Verdict verdict, int decisions)
      throws IOException {
    long number = log.lastRecord() + 1;
    Instant now = options.clock().instant();
    List<ChangeSet> changes = parts.extract(layers);
    // Afterwards: a name that is found meanwhile then makes an orphan too many, not one too few.
    DescriptorTable descriptors = tables.of(sealed);
    States.Saved saved;
    boolean written = false;
    try (Arena arena = Arena.ofShared()) {
      saved = save(number, state);
      Commit commit =
          new Commit(
              EngineParts.nanos(now),
              parts.table().nextVirtual(),
              saved.bytes(),
              changes,
              descriptors,
              verdict);
      MemorySegment payload = makeReady(commit, layers, saved, decisions, arena);
      log.append(layers, payload);
      written = true;
      hasAborted &= verdict instanceof Undecided;
    } finally {
      if (!written) {
        layers.forEach(Layer::forgetChangeSet);
      }
    }
    List<PendingLayer> pending = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      pending.add(new PendingLayer(number, layers.get(i), changes.get(i)));
    }
    return new Written(number, now, pending, saved, descriptors);
  }

  /**
   * Writes a decision on prepared layers; also when the bound of the disk is reached, as it gives
   * room.
   *
   * @return when it was made
   */
  Instant decide(Verdict verdict) throws IOException {
    Instant now = options.clock().instant();
    Commit decision = Commit.decision(EngineParts.nanos(now), parts.table().nextVirtual(), verdict);
    try (Arena arena = Arena.ofShared()) {
      log.makeRoomForDecision(CommitCodec.encodedBytes(decision));
      MemorySegment payload = encode(decision, arena);
      log.append(List.of(), payload);
      hasAborted |= verdict instanceof Aborts;
    } catch (StorageException e) {
      throw e.isNoSpace() ? noSpace(e.getMessage(), e) : e;
    }
    return now;
  }

  /** Looks whether other programs have changed what layers build on that are to be committed. */
  void requireUnchanged(List<Layer> layers) throws IOException {
    foreign.run(layers);
  }

  private States.Saved save(long record, State state) throws IOException {
    try {
      return states.save(record, state);
    } catch (StorageException e) {
      throw e.isNoSpace() ? noSpace(e.getMessage(), e) : e;
    }
  }

  // Everything that may fail without damage; after a failure the step is as it was.
  private MemorySegment makeReady(
      Commit commit, List<Layer> layers, States.Saved state, int decisions, Arena arena)
      throws IOException {
    List<Long> reserved = new ArrayList<>();
    boolean ready = false;
    try {
      requireInodes(commit.layers());
      for (ChangeSet change : commit.layers()) {
        reserve.grow(change.layer(), ApplyCost.of(change).totalBytes());
        reserved.add(change.layer());
      }
      long bytes = CommitCodec.encodedBytes(commit) + decisions * DECISION_BYTES;
      requireDisk(bytes, commit.verdict());
      log.makeRoom(bytes);
      MemorySegment payload = encode(commit, arena);
      foreign.run(layers);
      ready = true;
      return payload;
    } catch (IllegalArgumentException e) {
      // What was moved while the step ran can have two names in it, or two have one.
      foreign.run(layers);
      throw e;
    } catch (StorageException e) {
      throw e.isNoSpace() ? noSpace(e.getMessage(), e) : e;
    } finally {
      if (!ready) {
        states.dropped(state);
        for (long layer : reserved) {
          reserve.release(layer);
        }
      }
    }
  }

  private static MemorySegment encode(Commit commit, Arena arena) {
    MemorySegment payload = arena.allocate(CommitCodec.encodedBytes(commit), 8);
    CommitCodec.encode(commit, payload);
    return payload;
  }

  private void requireInodes(List<ChangeSet> changes) throws IOException {
    long made =
        changes.stream()
            .flatMap(set -> set.entries().stream())
            .filter(EntryChange::created)
            .count();
    if (made > 0 && root.freeInodes() < made + SPARE_INODES) {
      throw noSpace("too few inodes are free", null);
    }
  }

  private void requireDisk(long bytes, Verdict verdict) throws IOException {
    if (root.usedBytes() > options.diskBytes() - bytes) {
      queue.drainTo(0);
      states.removeUnused();
      // What aborted ones have taken is given back by the next checkpoint, which so must be made.
      boolean givesBack = hasAborted && verdict instanceof Decided;
      if (!givesBack && root.usedBytes() > options.diskBytes() - bytes) {
        throw noSpace("the bound of " + options.diskBytes() + " bytes for .vfo is reached", null);
      }
    }
  }

  /** No room, for a reason that is no damage. */
  NoSpaceException noSpace(@Nullable String reason, @Nullable Exception cause) {
    String message =
        root.name() + ": no room for a checkpoint (" + reason + "); make room and try again";
    return cause == null ? new NoSpaceException(message) : new NoSpaceException(message, cause);
  }
}
