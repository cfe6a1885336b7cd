package dev.vfo.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.CorruptJournalException;
import dev.vfo.VfoException;
import dev.vfo.changes.ChangeSet;
import dev.vfo.journal.RootId;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.SimulatedCrash;
import dev.vfo.testkit.SimulatedStorage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A plan that is damaged is an error, and nothing is changed because of it. */
class PlanTest {
  private static final Name PLAN = StageNames.plan(1);

  /** A layer whose plan is there and whose home is not changed yet. */
  private static Scenario scenario() throws StorageException {
    LayerDraft home = new LayerDraft(0, new ModelTree(1), Map.of());
    Scenario scenario = Scenario.of(home.file("old", "0123456789").file("x", "x").now);
    scenario.add(scenario.draft().file("new", "new").directory("d").write("old", 3, "!"));
    return scenario;
  }

  private static SimulatedStorage planned(Scenario scenario) throws Exception {
    for (int call = 1; ; call++) {
      SimulatedStorage storage = scenario.start.fork();
      storage.faults().add(Fault.crash().atCall(call));
      try (ApplyWorld world = ApplyWorld.open(storage, Scenario.ROOT, ApplyWorld.PLAIN)) {
        world.recover(scenario.layers);
      } catch (SimulatedCrash e) {
        SimulatedStorage later = storage.killProcess();
        try (ApplyWorld world = ApplyWorld.open(later, Scenario.ROOT, ApplyWorld.PLAIN)) {
          if (ApplyErrors.statOrNull(later, world.stage, PLAN) != null) {
            return later;
          }
        }
      }
    }
  }

  private static byte[] read(ApplyWorld world) throws StorageException {
    try (OpenFile file = OpenFile.open(world.storage, world.stage, PLAN, OpenFlag.READ, 0);
        Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(world.storage.stat(file.fd()).sizeBytes());
      file.read(bytes, 0);
      return bytes.toArray(ValueLayout.JAVA_BYTE);
    }
  }

  private static void write(ApplyWorld world, byte[] content) throws StorageException {
    world.storage.unlink(world.stage, PLAN);
    world.write(world.stage, PLAN, content);
  }

  private static void assertRefused(SimulatedStorage storage, byte[] plan, Scenario scenario)
      throws Exception {
    try (ApplyWorld world = ApplyWorld.open(storage.fork(), Scenario.ROOT, ApplyWorld.PLAIN)) {
      List<String> before = home(world, scenario);
      write(world, plan);
      assertThrows(VfoException.class, () -> world.applier.plans());
      assertThrows(
          VfoException.class,
          () -> world.applier.apply(scenario.layers.getFirst(), number -> null, () -> {}));
      byte[] kept = read(world);
      assertEquals(plan.length, kept.length);
      write(world, new byte[0]);
      world.storage.unlink(world.stage, PLAN);
      assertEquals(before, home(world, scenario));
    }
  }

  private static List<String> home(ApplyWorld world, Scenario scenario) throws Exception {
    return world.describe(scenario.identities).stream()
        .map(line -> line.replaceFirst("FileIdentity.*?\\]|8[0-9a-f]{15}", "?"))
        .toList();
  }

  @Test
  void everyChangedBitIsFound() throws Exception {
    Scenario scenario = scenario();
    SimulatedStorage storage = planned(scenario);
    byte[] plan;
    try (ApplyWorld world = ApplyWorld.open(storage.fork(), Scenario.ROOT, ApplyWorld.PLAIN)) {
      plan = read(world);
      assertEquals(2, world.applier.plans().getFirst().created().size());
    }
    for (int bit = 0; bit < plan.length * 8; bit += 3) {
      byte[] changed = plan.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertRefused(storage, changed, scenario);
    }
    for (int length = 0; length < plan.length; length++) {
      assertRefused(storage, java.util.Arrays.copyOf(plan, length), scenario);
    }
    assertRefused(storage, java.util.Arrays.copyOf(plan, plan.length + 1), scenario);
  }

  @Test
  void planOfAnotherRootIsRefused() throws Exception {
    Scenario scenario = scenario();
    SimulatedStorage storage = planned(scenario);
    ApplyWorld.Maker other =
        target ->
            ApplyWorld.PLAIN.make(
                new ApplyTarget(
                    target.storage(),
                    new RootId(1, 2),
                    target.rootFd(),
                    target.stageFd(),
                    target.fileSystemFd()));
    try (ApplyWorld world = ApplyWorld.open(storage, Scenario.ROOT, other)) {
      CorruptJournalException e =
          assertThrows(CorruptJournalException.class, () -> world.applier.plans());
      assertTrue(e.getMessage().contains("another root"), e.getMessage());
    }
  }

  @Test
  void planOfAnotherLayerIsRefused() throws Exception {
    Scenario scenario = scenario();
    SimulatedStorage storage = planned(scenario);
    LayerDraft draft = new LayerDraft(1, scenario.end, scenario.identities);
    ChangeSet changes = draft.file("something", "else").build();
    try (ApplyWorld world = ApplyWorld.open(storage, Scenario.ROOT, ApplyWorld.PLAIN)) {
      assertThrows(
          CorruptJournalException.class,
          () -> world.applier.apply(changes, number -> null, () -> {}));
    }
  }

  @Test
  void entryOfALostPlanIsRefused() throws Exception {
    Scenario scenario = scenario();
    scenario.add(scenario.draft().rename("new", "newer"));
    SimulatedStorage storage = scenario.start.fork();
    try (ApplyWorld world = ApplyWorld.open(storage, Scenario.ROOT, ApplyWorld.PLAIN)) {
      world.recover(scenario.layers.subList(0, 1));
      assertThrows(
          CorruptJournalException.class,
          () -> world.applier.apply(scenario.layers.get(1), number -> null, () -> {}));
    }
  }

  @Test
  void cleaningKeepsWhatIsNeeded() throws Exception {
    Scenario scenario = scenario();
    scenario.add(scenario.draft().rename("new", "newer"));
    try (ApplyWorld world =
        ApplyWorld.open(scenario.start.fork(), Scenario.ROOT, ApplyWorld.PLAIN)) {
      world.recover(scenario.layers);
      assertEquals(2, world.applier.plans().size());
      world.applier.clean(2, 2);
      assertEquals(2, world.applier.plans().getFirst().layer());
      world.applier.clean(2, 3);
      assertEquals(List.of(), world.applier.plans());
      List<Listed> left = Listed.in(world.storage, world.stage);
      assertEquals(List.of(new Listed(StageNames.ORPHANS, true)), left);
    }
  }
}
