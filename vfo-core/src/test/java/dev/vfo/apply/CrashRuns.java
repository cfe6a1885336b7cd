package dev.vfo.apply;

import dev.vfo.VfoException;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.SimulatedCrash;
import dev.vfo.testkit.SimulatedStorage;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/** Applies the layers of a scenario with crashes, until it is through, and compares the outcome. */
final class CrashRuns {
  private static final int MAX_CRASHES = 4;

  private final Scenario scenario;
  private final ApplyWorld.Maker maker;
  private final UnaryOperator<List<String>> view;
  private final List<String> expected;
  private long recoveries;

  CrashRuns(Scenario scenario, ApplyWorld.Maker maker) {
    this(scenario, maker, UnaryOperator.identity(), ApplyWorld.expected(scenario.end));
  }

  /**
   * @param view what counts of the tree
   * @param expected that of the outcome
   */
  CrashRuns(
      Scenario scenario,
      ApplyWorld.Maker maker,
      UnaryOperator<List<String>> view,
      List<String> expected) {
    this.scenario = scenario;
    this.maker = maker;
    this.view = view;
    this.expected = expected;
  }

  long recoveries() {
    return recoveries;
  }

  /** Applies without a crash; returns the number of storage calls. */
  long undisturbed() throws StorageException, VfoException {
    SimulatedStorage storage = scenario.start.fork();
    finish(storage);
    return storage.callCount();
  }

  /** Crashes at each call, and at random ones of the recoveries from that. */
  void everywhere(long seed) throws StorageException, VfoException {
    long calls = undisturbed();
    for (long call = 1; call <= calls; call++) {
      at(call, calls, new Random(seed * 1_000_003 + call));
    }
  }

  private void at(long firstCall, long calls, Random random) throws StorageException, VfoException {
    SimulatedStorage storage = scenario.start.fork();
    long call = firstCall;
    StringBuilder story = new StringBuilder();
    try {
      for (int crashes = 0; crashes < MAX_CRASHES; crashes++) {
        storage.faults().add(Fault.crash().atCall(call));
        if (!isStopped(storage)) {
          break;
        }
        boolean power = random.nextInt(4) > 0;
        long seed = random.nextLong();
        story.append(" call ").append(call).append(power ? " power " + seed : " kill");
        storage = power ? storage.crash(seed) : storage.killProcess();
        recoveries++;
        if (random.nextInt(3) == 0) {
          break;
        }
        call = 1 + random.nextLong(calls);
      }
      storage.faults().clear();
      finish(storage);
      SimulatedStorage later = storage.crash(random.nextLong());
      finish(later);
    } catch (AssertionError | IllegalArgumentException | VfoException | StorageException e) {
      throw new AssertionError("after" + story + ": " + e.getMessage(), e);
    }
  }

  private boolean isStopped(SimulatedStorage storage) throws StorageException, VfoException {
    try {
      ApplyWorld.open(storage, Scenario.ROOT, maker).recover(scenario.layers);
      return false;
    } catch (SimulatedCrash e) {
      return true;
    }
  }

  private void finish(SimulatedStorage storage) throws StorageException, VfoException {
    try (ApplyWorld world = ApplyWorld.open(storage, Scenario.ROOT, maker)) {
      int open = storage.openDescriptors();
      world.recover(scenario.layers);
      List<String> found = view.apply(world.describe(scenario.identities));
      if (!found.equals(expected)) {
        throw new AssertionError(difference(found));
      }
      if (storage.openDescriptors() != open) {
        throw new AssertionError("left open: " + storage.describeDescriptors());
      }
    }
  }

  private String difference(List<String> found) {
    StringBuilder text = new StringBuilder("the tree is not as it should be");
    for (String line : expected) {
      if (!found.contains(line)) {
        text.append("\n  missing ").append(line);
      }
    }
    for (String line : found) {
      if (!expected.contains(line)) {
        text.append("\n  found   ").append(line);
      }
    }
    return text.toString();
  }
}
