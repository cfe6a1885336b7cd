package dev.vfo.apply;

import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.ChangeSetCodec;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.SimulationOptions;
import dev.vfo.testkit.Tearing;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A root with layers that are committed and not applied, and what is to become of it. */
final class Scenario {
  static final Path ROOT = Path.of("/parent/root");

  final SimulatedStorage start;
  final Map<Long, FileIdentity> identities = new HashMap<>();
  final List<ChangeSet> layers = new ArrayList<>();

  /** The tree before the layers, and after them. */
  final ModelTree begin;

  ModelTree end;

  private Scenario(ModelTree tree, long seed) throws StorageException {
    start =
        new SimulatedStorage(
            SimulationOptions.defaults().withSeed(seed).withTearing(Tearing.WHOLE_SECTORS));
    start.makeDirectory(ROOT);
    try (ApplyWorld world = ApplyWorld.create(start, ROOT)) {
      begin = world.populate(tree, identities);
    }
    end = begin;
  }

  /** A home with a tree, without layers yet. */
  static Scenario of(ModelTree tree) throws StorageException {
    return new Scenario(tree, 1);
  }

  /** A random home with up to three random layers. */
  static Scenario random(long seed) throws StorageException {
    RandomLayers random = new RandomLayers(seed);
    Scenario scenario = new Scenario(random.tree(3 + (int) (seed % 13)), seed);
    long layers = 1 + seed % 3;
    for (int i = 0; i < layers; i++) {
      LayerDraft draft = scenario.draft();
      random.change(draft, 1 + (int) (seed / 3 % 9));
      scenario.add(draft);
    }
    return scenario;
  }

  /** A step on what is there after the last layer. */
  LayerDraft draft() {
    return new LayerDraft(layers.size() + 1, end, identities);
  }

  void add(LayerDraft draft) {
    layers.add(throughTheJournal(draft.build()));
    end = draft.now;
  }

  private static ChangeSet throughTheJournal(ChangeSet changes) {
    MemorySegment bytes = Arena.ofAuto().allocate(ChangeSetCodec.encodedBytes(changes), 8);
    ChangeSetCodec.encode(changes, bytes);
    return ChangeSetCodec.decode(bytes);
  }
}
