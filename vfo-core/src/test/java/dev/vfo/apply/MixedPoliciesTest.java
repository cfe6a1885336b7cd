package dev.vfo.apply;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.ForeignChangeException;
import dev.vfo.ForeignWriter;
import dev.vfo.VfoException;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.SimulatedCrash;
import dev.vfo.testkit.SimulatedStorage;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Layers are applied in pieces, by somebody who lets now ours win, now theirs, now nobody, crashed
 * at a random call each time, and the other program goes on in between, as long as no apply has
 * begun. Whatever came before, letting theirs win brings it to an end.
 */
class MixedPoliciesTest {
  private static final int SCENARIOS = Integer.getInteger("vfo.mixedScenarios", 4000);
  private static final int ROUNDS = 3;
  private static final int MAX_CHANGE = 60;

  private static final ApplyWorld.Maker OURS =
      ApplyWorld.resolving(target -> new Resolution.Ours(aside(target)));

  private static Aside aside(ApplyTarget target) {
    Storage storage = target.storage();
    try {
      int flags = OpenFlag.READ | OpenFlag.DIRECTORY;
      Aside aside = new Aside(storage, storage.open(target.rootFd(), Name.of(".vfo"), flags, 0));
      aside.at(1);
      return aside;
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }

  private int crashes;
  private int refusals;
  private int acts;

  private void run(long seed) throws StorageException, VfoException {
    Random random = new Random(seed * 7919);
    TheirsWinTest.Conflict conflict = TheirsWinTest.Conflict.random(seed);
    Scenario scenario = conflict.scenario();
    SimulatedStorage disk = scenario.start.fork();
    for (int round = 0; round < ROUNDS; round++) {
      disk.faults().add(Fault.crash().atChange(1 + random.nextInt(MAX_CHANGE)));
      recover(disk, scenario, random.nextInt(3));
      disk.faults().clear();
      disk = random.nextBoolean() ? disk.killProcess() : disk.crash(seed + round);
      if (!isBegun(disk, scenario)) {
        act(conflict.writer().on(disk, Scenario.ROOT), disk, random.nextInt(3));
      }
    }
    try (ApplyWorld world = ApplyWorld.open(disk, Scenario.ROOT, TheirsWinTest.THEIRS)) {
      world.recover(scenario.layers);
    }
  }

  private void recover(SimulatedStorage disk, Scenario scenario, int policy)
      throws StorageException, VfoException {
    ApplyWorld.Maker maker =
        switch (policy) {
          case 0 -> ApplyWorld.PLAIN;
          case 1 -> OURS;
          default -> TheirsWinTest.THEIRS;
        };
    try {
      ApplyWorld.open(disk, Scenario.ROOT, maker).recover(scenario.layers);
    } catch (SimulatedCrash e) {
      crashes++;
    } catch (ForeignChangeException e) {
      if (policy == 2) {
        throw e;
      }
      refusals++;
    }
  }

  private static boolean isBegun(SimulatedStorage disk, Scenario scenario)
      throws StorageException, VfoException {
    try (ApplyWorld world = ApplyWorld.open(disk, Scenario.ROOT, ApplyWorld.PLAIN)) {
      long applied = world.applied(scenario.layers);
      List<LayerPlan> plans = world.applier.plans();
      return plans.stream().anyMatch(plan -> plan.layer() > applied);
    }
  }

  private void act(ForeignWriter writer, SimulatedStorage disk, int count) throws StorageException {
    try (writer) {
      for (int i = 0; i < count; i++) {
        writer.actOnNames();
        acts++;
      }
    }
    int root = disk.openRoot(Scenario.ROOT);
    disk.syncFileSystem(root);
    disk.close(root);
  }

  @Test
  void theirsBringsItToAnEnd() {
    for (long seed = 1; seed <= SCENARIOS; seed++) {
      try {
        run(seed);
      } catch (StorageException | VfoException | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
    String counts = "crashes " + crashes + ", refused " + refusals + ", acts " + acts;
    System.out.println("vfo: mixed policies: " + counts);
    assertTrue(crashes > SCENARIOS / 2 && refusals > SCENARIOS / 10, counts);
  }
}
