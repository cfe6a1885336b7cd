package dev.vfo.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.VfoException;
import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.SimulatedStorage;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/**
 * A failing call at each place: the layer stays, and is applied when it is tried again, by the same
 * process.
 */
class ApplierFaultTest {
  private static final int SCENARIOS = 12;

  @Test
  void errorOfTheDisk() throws Exception {
    everywhere(call -> Fault.error(Errno.EIO).atCall(call));
  }

  @Test
  void noSpace() throws Exception {
    everywhere(call -> Fault.error(Errno.ENOSPC).atCall(call));
  }

  @Test
  void errorThatComesTooLate() throws Exception {
    everywhere(call -> Fault.errorAfterEffect(Errno.EIO).atCall(call), true);
  }

  @Test
  void errorThatOnlyTheKernelKnows() throws Exception {
    everywhere(call -> Fault.writeBackError().atCall(call));
  }

  @Test
  void shortTransfers() throws Exception {
    everywhere(call -> Fault.shortTransfer().atCall(call).forEver());
  }

  private static void everywhere(IntFunction<Fault> fault) throws Exception {
    everywhere(fault, false);
  }

  /**
   * @param isTooLate whether the call has its effect all the same: an open that fails then leaves a
   *     descriptor behind
   */
  private static void everywhere(IntFunction<Fault> fault, boolean isTooLate) throws Exception {
    int failures = 0;
    for (long seed = 1; seed <= SCENARIOS; seed++) {
      Scenario scenario = Scenario.random(seed);
      int calls = (int) new CrashRuns(scenario, ApplyWorld.PLAIN).undisturbed();
      for (int call = 1; call <= calls; call++) {
        try {
          failures +=
              failsOnce(scenario, fault.apply(call), isTooLate, new Random(seed << 32 | call));
        } catch (AssertionError | StorageException | VfoException e) {
          throw new AssertionError("seed " + seed + " call " + call + ": " + e, e);
        }
      }
    }
    System.out.println("apply: " + failures + " failures survived");
  }

  /** Returns whether there was a failure at all. */
  private static int failsOnce(Scenario scenario, Fault fault, boolean isTooLate, Random random)
      throws StorageException, VfoException {
    SimulatedStorage storage = scenario.start.fork();
    List<String> expected = ApplyWorld.expected(scenario.end);
    int failed = 0;
    try (ApplyWorld world = ApplyWorld.open(storage, Scenario.ROOT, ApplyWorld.PLAIN)) {
      int open = storage.openDescriptors();
      storage.faults().add(fault);
      try {
        world.recover(scenario.layers);
      } catch (StorageException e) {
        failed = 1;
      }
      storage.faults().clear();
      if (!isTooLate) {
        assertEquals(open, storage.openDescriptors(), () -> "" + storage.describeDescriptors());
      }
      world.recover(scenario.layers);
      assertEquals(expected, world.describe(scenario.identities));
    }
    SimulatedStorage later = storage.crash(random.nextLong());
    try (ApplyWorld world = ApplyWorld.open(later, Scenario.ROOT, ApplyWorld.PLAIN)) {
      world.recover(scenario.layers);
      assertEquals(expected, world.describe(scenario.identities));
    }
    return failed;
  }

  @Test
  void errorNamesLayerAndPath() throws Exception {
    ModelTree tree = new ModelTree(1);
    Scenario scenario = Scenario.of(new LayerDraft(0, tree, java.util.Map.of()).directory("d").now);
    scenario.add(scenario.draft().directory("d/e").file("d/e/f", "x"));
    SimulatedStorage storage = scenario.start.fork();
    storage.faults().add(Fault.error(Errno.ENOSPC).onPath("/d").atChange(2));
    try (ApplyWorld world = ApplyWorld.open(storage, Scenario.ROOT, ApplyWorld.PLAIN)) {
      world.recover(scenario.layers);
      throw new AssertionError("no error");
    } catch (StorageException e) {
      assertEquals(Errno.ENOSPC, e.errno());
      assertTrue(e.getMessage().contains("layer 1"), e.getMessage());
      assertTrue(e.getMessage().contains("d/e/f"), e.getMessage());
    }
  }
}
