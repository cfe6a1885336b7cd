package dev.vfo.checkpoint;

import dev.vfo.ForeignChangeException;
import dev.vfo.ForeignChangeException.Conflict;
import dev.vfo.ForeignChangeException.Kind;
import dev.vfo.PreparedCheckpoint;
import dev.vfo.apply.Applier;
import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.Decisions.UndecidedRecord;
import dev.vfo.changes.EntryChange;
import dev.vfo.changes.Location;
import dev.vfo.changes.Verdict.Undecided;
import dev.vfo.overlay.EntryTable;
import dev.vfo.overlay.LayerLoader;
import dev.vfo.recovery.Recovered;
import dev.vfo.recovery.Recovery;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.Storage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The prepared checkpoints that were not decided when the root was opened, in memory again: above
 * all that is committed. One thread.
 */
final class UndecidedLayers {
  private final Storage storage;
  private final int rootFd;
  private final String name;
  private final Recovery recovery;
  private final Recovered found;
  private final List<Prepared> prepared = new ArrayList<>();

  /** Number of the oldest layer of each record that has any. */
  private final Map<Long, Long> oldestLayers = new HashMap<>();

  private @Nullable ForeignChangeException conflict;

  UndecidedLayers(Storage storage, int rootFd, String name, Recovery recovery, Recovered found) {
    this.storage = storage;
    this.rootFd = rootFd;
    this.name = name;
    this.recovery = recovery;
    this.found = found;
  }

  /**
   * Sees to it that the files that they speak of get the numbers that they have there, whoever
   * finds them first. To be called before anything is looked up.
   *
   * @param made the home files that applied layers made, by entry number
   */
  void promiseNumbers(EntryTable table, LongFunction<@Nullable FileIdentity> made)
      throws IOException {
    recovery.forEachUndecided(
        found,
        (commit, record, layer) -> {
          oldestLayers.putIfAbsent(record, layer.layer());
          for (EntryChange entry : layer.entries()) {
            FileIdentity known = entry.identity();
            FileIdentity identity = known == null ? made.apply(entry.number()) : known;
            if (identity != null) {
              table.promise(identity, entry.number());
            }
          }
        });
  }

  /**
   * Loads them. When another program has taken away what they were made over they cannot be read or
   * committed, but aborted.
   *
   * @param states their states
   * @param loader finds what their descriptor tables have open
   * @param applier what has applied all that is committed; null when not all is applied
   * @param made the home files that applied layers made, by entry number
   */
  void load(
      EngineParts parts,
      TableHistory tables,
      DescriptorLoader loader,
      List<States.Prepared> states,
      @Nullable Applier applier,
      LongFunction<@Nullable FileIdentity> made)
      throws IOException {
    if (applier != null) {
      findConflict(applier, made);
    }
    Map<Long, List<PendingLayer>> layers = new HashMap<>();
    List<UndecidedRecord> all = found.decisions().undecided();
    all.forEach(each -> layers.put(each.record(), new ArrayList<>()));
    if (conflict == null) {
      Deque<UndecidedRecord> tablesLeft = new ArrayDeque<>(all);
      LayerLoader layerLoader = parts.loader(made);
      recovery.forEachUndecided(
          found,
          (commit, record, layer) -> {
            // A table is that of the tree at the end of its record.
            loadTables(tablesLeft, record, loader, tables);
            LayerLoader.Loaded loaded = layerLoader.loadParked(layer, commit.timeNanos());
            layers
                .getOrDefault(record, List.of())
                .add(new PendingLayer(record, loaded.layer(), loaded.changes()));
          });
      loadTables(tablesLeft, Long.MAX_VALUE, loader, tables);
    }
    for (int i = 0; i < all.size(); i++) {
      UndecidedRecord each = all.get(i);
      prepared.add(prepared(each, layers.getOrDefault(each.record(), List.of()), states.get(i)));
    }
  }

  private static void loadTables(
      Deque<UndecidedRecord> left, long before, DescriptorLoader loader, TableHistory tables)
      throws IOException {
    while (!left.isEmpty() && left.getFirst().record() < before) {
      UndecidedRecord next = left.removeFirst();
      tables.prepared(newestLayer(next), loader.load(next.commit().descriptors()));
    }
  }

  private Prepared prepared(
      UndecidedRecord record, List<PendingLayer> layers, States.Prepared state) {
    long newest = newestLayer(record);
    long first = oldestLayers.getOrDefault(record.record(), newest);
    PreparedCheckpoint seen =
        new PreparedCheckpoint(record.id(), record.commit().time(), state.state());
    return new Prepared(
        record.record(),
        prepared.isEmpty() ? first - 1 : prepared.getLast().newestLayer(),
        newest,
        layers,
        state.saved(),
        record.commit().descriptors(),
        seen);
  }

  private static long newestLayer(UndecidedRecord record) {
    return ((Undecided) record.commit().verdict()).newestLayer();
  }

  private void findConflict(Applier applier, LongFunction<@Nullable FileIdentity> made)
      throws IOException {
    List<ChangeSet> all = new ArrayList<>();
    recovery.forEachUndecided(found, (commit, record, layer) -> all.add(layer));
    try {
      // Then they are not loaded: it takes another opening.
      check("open it again").requireInPlace(all);
      requireNotGivenUp(all, applier, made);
    } catch (ForeignChangeException e) {
      conflict = e;
    }
  }

  // A layer may have given up to another program what they were made over.
  private void requireNotGivenUp(
      List<ChangeSet> layers, Applier applier, LongFunction<@Nullable FileIdentity> made)
      throws ForeignChangeException {
    for (ChangeSet layer : layers) {
      Optional<EntryChange> builds = applier.givenUp().builtOn(layer, made::apply);
      if (builds.isPresent()) {
        Location place = builds.get().before();
        String path = place == null ? "entry " + builds.get().number() : place.name().toString();
        throw new ForeignChangeException(
            new Conflict(path, Kind.MISSING),
            "was given up to another program, and what is prepared changes it",
            "Abort it: vfo undecided " + name + " --abort ID");
      }
    }
  }

  private ParkedCheck check(String again) {
    return new ParkedCheck(
        storage,
        rootFd,
        again + ", or abort what is prepared: vfo undecided " + name + " --abort ID");
  }

  /** Oldest first. */
  List<Prepared> prepared() {
    return prepared;
  }

  /**
   * Whether the root is as the oldest of them expect it, when all that is committed is applied.
   *
   * @throws ForeignChangeException when another program changed something
   */
  void requireUnchanged(List<Prepared> oldest) throws IOException {
    ForeignChangeException known = conflict;
    if (known != null) {
      throw known;
    }
    check("try again")
        .requireUnchanged(
            oldest.stream()
                .flatMap(each -> each.layers().stream())
                .map(PendingLayer::changes)
                .toList());
  }
}
