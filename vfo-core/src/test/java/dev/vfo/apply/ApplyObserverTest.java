package dev.vfo.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.apply.ModelTree.Place;
import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.Location;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.SimulatedStorage;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** An observer that only listens knows at the end where everything is. */
class ApplyObserverTest {
  /** Follows the names of home. */
  private static final class Follower implements ApplyObserver {
    final Map<Long, Set<Location>> names = new HashMap<>();
    final Set<Long> inStage = new HashSet<>();
    final Set<Long> orphans = new HashSet<>();
    final ReentrantLock lock = new ReentrantLock();
    final ApplyTarget target;
    final Map<Long, FileIdentity> identities;
    int events;

    Follower(ApplyTarget target, Scenario scenario, ModelTree before) {
      this.target = target;
      this.identities = new HashMap<>(scenario.identities);
      follow(before, names);
      orphans.addAll(before.orphans.keySet());
    }

    static void follow(ModelTree tree, Map<Long, Set<Location>> names) {
      tree.places()
          .forEach((number, places) -> {
            for (Place place : places) {
              names
                  .computeIfAbsent(number, key -> new HashSet<>())
                  .add(new Location(place.directory().number, place.name()));
            }
          });
    }

    private void check() {
      assertTrue(lock.isHeldByCurrentThread());
      events++;
    }

    @Override
    public void placed(long number, long directory, Name name) {
      check();
      names.computeIfAbsent(number, key -> new HashSet<>()).add(new Location(directory, name));
      inStage.remove(number);
    }

    @Override
    public void parked(long number, long layer) {
      check();
      inStage.add(number);
    }

    @Override
    public void orphaned(long number) {
      check();
      orphans.add(number);
      inStage.remove(number);
    }

    @Override
    public void vacated(long number, long directory, Name name) {
      check();
      Set<Location> locations = names.getOrDefault(number, new HashSet<>());
      locations.remove(new Location(directory, name));
      if (locations.isEmpty()) {
        names.remove(number);
      }
    }

    @Override
    public void beforeUnlink(long number, int directoryFd, Name name) throws StorageException {
      check();
      FileIdentity identity = identities.get(number);
      if (identity != null) {
        assertEquals(identity, target.storage().stat(directoryFd, name).identity());
      }
    }
  }

  @Test
  void knowsWhereEverythingIs() throws Exception {
    int events = 0;
    for (long seed = 1; seed <= 200; seed++) {
      events += follow(seed, false);
    }
    assertTrue(events > 1000, events + " events");
  }

  @Test
  void knowsItAfterAFailureToo() throws Exception {
    for (long seed = 1; seed <= 200; seed++) {
      follow(seed, true);
    }
  }

  private static int follow(long seed, boolean failing) throws Exception {
    Scenario scenario = Scenario.random(seed);
    SimulatedStorage storage = scenario.start.fork();
    Follower[] follower = new Follower[1];
    ApplyWorld.Maker maker =
        target -> {
          follower[0] = new Follower(target, scenario, scenario.begin);
          return new Applier(target, follower[0].lock, follower[0], SpaceReserve.NONE);
        };
    try (ApplyWorld world = ApplyWorld.open(storage, Scenario.ROOT, maker)) {
      if (failing) {
        storage.faults().add(Fault.errorAfterEffect(Errno.EIO).atChange(seed % 40 + 8));
        recover(world, scenario.layers);
        storage.faults().clear();
      }
      world.recover(scenario.layers);
    }
    Map<Long, Set<Location>> expected = new HashMap<>();
    Follower.follow(scenario.end, expected);
    assertEquals(expected, follower[0].names, "seed " + seed);
    assertTrue(follower[0].orphans.containsAll(scenario.end.orphans.keySet()), "seed " + seed);
    return follower[0].events;
  }

  private static void recover(ApplyWorld world, List<ChangeSet> layers) throws Exception {
    try {
      world.recover(layers);
    } catch (StorageException e) {
      assertEquals(Errno.EIO, e.errno());
    }
  }

  @Test
  void reserveIsGivenBackInTwoSteps() throws Exception {
    Scenario scenario =
        Scenario.of(new LayerDraft(0, new ModelTree(1), Map.of()).file("a", "a").now);
    scenario.add(scenario.draft().file("n", "n").write("a", 0, "b"));
    ApplyCost cost = ApplyCost.of(scenario.layers.getFirst());
    assertTrue(cost.stageBytes() > 4096 && cost.placeBytes() > 4096);
    StringBuilder calls = new StringBuilder();
    ApplyWorld.Maker maker =
        target ->
            new Applier(
                target,
                new ReentrantLock(),
                ApplyObserver.NONE,
                (layer, bytes) -> calls.append(layer).append(':').append(bytes).append(' '));
    try (ApplyWorld world = ApplyWorld.open(scenario.start.fork(), Scenario.ROOT, maker)) {
      world.recover(scenario.layers);
    }
    assertEquals("1:" + cost.placeBytes() + " 1:0 ", calls.toString());
  }

  /** A full disk with nothing free but what is kept for the layer is enough for the layer. */
  @Test
  void costIsEnough() throws Exception {
    for (long seed = 1; seed <= 150; seed++) {
      Scenario scenario = Scenario.random(seed);
      SimulatedStorage storage = scenario.start.fork();
      try (ApplyWorld world = ApplyWorld.open(storage, Scenario.ROOT, ApplyWorld.PLAIN)) {
        for (int i = 1; i <= scenario.layers.size(); i++) {
          ApplyCost cost = ApplyCost.of(scenario.layers.get(i - 1));
          // What apply itself frees is not counted on: the mark's directory is the test's own.
          storage.setAvailableBytes(cost.totalBytes() + 8192);
          world.recover(scenario.layers.subList(0, i));
        }
      }
    }
  }
}
