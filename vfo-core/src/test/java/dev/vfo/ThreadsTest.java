package dev.vfo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.LinuxStorage;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.SimulationOptions;
import dev.vfo.testkit.history.ControlOperation;
import dev.vfo.testkit.history.HistoryGenerator;
import dev.vfo.testkit.history.Limits;
import dev.vfo.testkit.history.Payload;
import dev.vfo.testkit.history.Profile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several threads make random operations, each in a directory of its own whose model says what is
 * right, while checkpoints are made and applied in the background by real threads.
 */
class ThreadsTest {
  private static final int THREADS = 4;
  private static final int ROUNDS = 3;
  private static final int STEPS = 250;
  private static final int CONTROL_EVERY = 40;
  private static final long SEED = Long.getLong("vfo.seed", 1);
  static final Path SIMULATED = Path.of("/data/root");

  @TempDir Path folder;

  /** One run: a root, its workers, and the manager that is open now. */
  private static final class World {
    final ThreadClock clock = new ThreadClock();
    final List<SubtreeWorker> workers = new ArrayList<>();
    final ReentrantReadWriteLock standstill = new ReentrantReadWriteLock();
    final Storage storage;
    final Path path;
    final long seed;
    final Options options;
    final Map<Integer, SealedStep> sealed = new HashMap<>();
    VirtualFileManager manager;

    World(Storage storage, Path path, long seed) throws IOException {
      this.storage = storage;
      this.path = path;
      this.seed = seed;
      this.options =
          Options.defaults()
              .withStorage(storage)
              .withClock(clock)
              .withRandom(new Random(seed))
              .withMemoryBytes(64 << 20)
              .withFirstSegmentBytes(64 << 10)
              .withMaxSegmentBytes(1 << 20)
              .withMaxUnappliedLayers(3);
      manager = VirtualFileManager.open(path, options);
      for (int i = 0; i < THREADS; i++) {
        Profile profile = Profile.ALL.get((int) ((seed + i) % Profile.ALL.size()));
        Limits limits = profile.limits().withExtras(false, false);
        workers.add(
            new SubtreeWorker(
                manager,
                Name.of("w" + i),
                clock,
                new HistoryGenerator(profile.withLimits(limits)),
                seed * 100 + i));
      }
      control(new ControlOperation.Checkpoint(payload(0)));
    }

    /** The state of a checkpoint, another one for each. */
    static Payload payload(int number) {
      return new Payload(Integer.BYTES, number);
    }

    void reopen() throws IOException {
      manager.close();
      manager = VirtualFileManager.open(path, options);
    }

    /** While all stand still: does something to the whole, and tells each model. */
    void control(ControlOperation operation) throws IOException {
      if (!workers.getFirst().allows(operation)) {
        return;
      }
      switch (operation) {
        case ControlOperation.Checkpoint(Payload state) -> manager.checkpoint(state.bytes());
        case ControlOperation.Seal(int slot) -> sealed.put(slot, manager.seal());
        case ControlOperation.Commit(int slot, Payload state) ->
            manager.commit(sealed.remove(slot), State.of(state.bytes()));
        case ControlOperation.Rollback() -> manager.rollback();
        case ControlOperation.AwaitApplied() -> manager.awaitApplied();
        default -> throw new AssertionError(operation);
      }
      workers.forEach(worker -> worker.control(operation));
    }

    /** Finds out where the last checkpoint came, for each worker, and goes on from there. */
    void findAll(Map<State, Bounds> checkpoints) throws IOException {
      Bounds bounds = checkpoints.get(manager.lastCheckpoint().orElseThrow().state());
      int root = storage.openRoot(path);
      try {
        for (int i = 0; i < workers.size(); i++) {
          workers.get(i).findAndGoOn(manager, bounds.least[i], bounds.most[i], storage, root);
        }
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      } finally {
        storage.close(root);
      }
    }

    /** Checks the root against the models; nothing is to be unapplied. */
    void checkHome() throws StorageException {
      int root = storage.openRoot(path);
      try {
        for (SubtreeWorker worker : workers) {
          List<String> differences = worker.differences(storage, root, worker.lastTree());
          assertEquals(List.of(), differences, () -> "seed " + seed);
        }
      } finally {
        storage.close(root);
      }
    }
  }

  /** Checkpoints and rollbacks while no operation runs: all that is seen can be foretold. */
  static void stopped(Storage storage, Path path, long seed) throws Exception {
    World world = new World(storage, path, seed);
    AtomicInteger states = new AtomicInteger();
    for (int round = 0; round < ROUNDS; round++) {
      Crew crew = new Crew();
      for (int i = 0; i < THREADS; i++) {
        SubtreeWorker worker = world.workers.get(i);
        SplittableRandom random = new SplittableRandom((seed * 100 + i) * 1000 + round);
        crew.start(() -> {
          for (int step = 0; step < STEPS && !crew.hasFailed(); step++) {
            stopped(world, worker, random, states);
          }
        });
      }
      crew.join();
      world.reopen();
      world.checkHome();
      for (SubtreeWorker worker : world.workers) {
        worker.reopened(world.manager);
      }
    }
    world.manager.close();
  }

  private static void stopped(
      World world, SubtreeWorker worker, SplittableRandom random, AtomicInteger states)
      throws IOException {
    boolean control = random.nextInt(CONTROL_EVERY) == 0;
    var lock = control ? world.standstill.writeLock() : world.standstill.readLock();
    lock.lock();
    try {
      if (control) {
        Payload state = World.payload(states.incrementAndGet());
        world.control(
            switch (random.nextInt(10)) {
              case 0, 1 -> new ControlOperation.Rollback();
              case 2 -> new ControlOperation.AwaitApplied();
              case 3, 4 -> new ControlOperation.Seal(random.nextInt(3));
              case 5 -> new ControlOperation.Commit(random.nextInt(3), state);
              default -> new ControlOperation.Checkpoint(state);
            });
      } else {
        worker.step();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * How many operations each worker had done before a checkpoint was asked for, and had begun
   * after.
   */
  private record Bounds(int[] least, int[] most) {}

  /** Checkpoints while operations run: each worker's part is that of one instant in between. */
  static void running(Storage storage, Path path, long seed) throws Exception {
    World world = new World(storage, path, seed);
    AtomicInteger states = new AtomicInteger();
    for (int round = 0; round < ROUNDS; round++) {
      Map<State, Bounds> checkpoints = new ConcurrentHashMap<>();
      checkpoint(world, states.incrementAndGet(), checkpoints);
      Crew crew = new Crew();
      for (int i = 0; i < THREADS; i++) {
        SubtreeWorker worker = world.workers.get(i);
        SplittableRandom random = new SplittableRandom((seed * 100 + i) * 1000 + round);
        crew.start(() -> {
          for (int step = 0; step < STEPS && !crew.hasFailed(); step++) {
            if (random.nextInt(CONTROL_EVERY) == 0) {
              checkpoint(world, states.incrementAndGet(), checkpoints);
            } else if (random.nextInt(CONTROL_EVERY * 2) == 0) {
              world.manager.awaitApplied();
            } else {
              worker.step();
            }
          }
        });
      }
      crew.join();
      world.reopen();
      world.findAll(checkpoints);
    }
    world.manager.close();
  }

  private static void checkpoint(World world, int number, Map<State, Bounds> checkpoints)
      throws IOException {
    int[] least = world.workers.stream().mapToInt(SubtreeWorker::ended).toArray();
    State state = State.of(World.payload(number).bytes());
    world.manager.checkpoint(state);
    int[] most = world.workers.stream().mapToInt(SubtreeWorker::begun).toArray();
    checkpoints.put(state, new Bounds(least, most));
  }

  static SimulatedStorage simulated(Path root) throws StorageException {
    SimulatedStorage storage = new SimulatedStorage(SimulationOptions.defaults());
    storage.makeDirectory(root);
    return storage;
  }

  @Test
  void whileNothingStopsForTheApply() throws Exception {
    stopped(new LinuxStorage(), folder, SEED);
  }

  @Test
  void whileNothingStopsForACheckpoint() throws Exception {
    running(new LinuxStorage(), folder, SEED);
  }

  @Test
  void onTheSimulatedDisk() throws Exception {
    stopped(simulated(SIMULATED), SIMULATED, SEED + 1);
    running(simulated(SIMULATED), SIMULATED, SEED + 2);
  }
}
