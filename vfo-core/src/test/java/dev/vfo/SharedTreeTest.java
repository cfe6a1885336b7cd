package dev.vfo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several threads work on the same names and files of a root on the real disk, and interrupt each
 * other, while checkpoints are made and applied: nothing is torn, lost or doubled.
 */
class SharedTreeTest {
  private static final int THREADS = 4;
  private static final int ROUNDS = 2;
  private static final int STEPS = 400;
  private static final int CONTROL_EVERY = 50;
  private static final int INTERRUPT_EVERY = 20;
  private static final int CYCLES = 20;
  private static final long SEED = Long.getLong("vfo.seed", 1);

  @TempDir Path folder;

  private record Bounds(SharedTree.Versions least, SharedTree.Versions most) {}

  /** One round: a manager that is opened, used by all, and closed. */
  private static final class Round {
    final SharedTree tree;
    final Path root;
    final boolean rollbacks;
    final VirtualFileManager files;
    final Map<State, Bounds> checkpoints = new ConcurrentHashMap<>();
    final AtomicInteger states = new AtomicInteger();
    final Crew crew = new Crew();
    final AtomicInteger acknowledged = new AtomicInteger();

    Round(SharedTree tree, Path root, boolean rollbacks) throws IOException {
      this.tree = tree;
      this.root = root;
      this.rollbacks = rollbacks;
      Options options =
          Options.defaults().withFirstSegmentBytes(64 << 10).withMaxSegmentBytes(1 << 20);
      files = VirtualFileManager.open(root, options);
      checkpoint();
    }

    private static State state(int number) {
      return State.of(new byte[] {(byte) (number >> 8), (byte) number});
    }

    void checkpoint() throws IOException {
      SharedTree.Versions least = rollbacks ? SharedTree.Versions.FIRST : tree.done();
      State state = state(states.incrementAndGet());
      long number = files.checkpoint(state).number();
      acknowledged.accumulateAndGet((int) number, Math::max);
      checkpoints.put(state, new Bounds(least, tree.begun()));
    }

    void work(long seed, int index, int steps) throws IOException {
      SplittableRandom random = new SplittableRandom(seed);
      SharedTree.Worker worker =
          tree.new Worker(files.tree(), random.nextLong(), index, THREADS, rollbacks);
      for (int step = 0; step < steps && !crew.hasFailed(); step++) {
        if (random.nextInt(INTERRUPT_EVERY) == 0) {
          crew.interrupt(random.nextInt(THREADS));
        }
        if (random.nextInt(CONTROL_EVERY) > 0) {
          worker.step();
        } else {
          control(random.nextInt(8));
        }
      }
    }

    private void control(int which) throws IOException {
      if (which == 0) {
        files.awaitApplied();
      } else if (which < 3 && rollbacks) {
        files.rollback();
      } else {
        checkpoint();
      }
    }

    /** Compares the root with what the last checkpoint may have. */
    void check() throws IOException {
      try (VirtualFileManager again = VirtualFileManager.open(root, Options.defaults())) {
        Checkpoint last = again.lastCheckpoint().orElseThrow();
        assertEquals(acknowledged.get(), last.number());
        Bounds bounds = checkpoints.get(last.state());
        tree.check(root, bounds.least, bounds.most);
      }
    }
  }

  static void run(Path root, long seed, boolean rollbacks) throws Exception {
    SharedTree tree = SharedTree.create(root);
    for (int number = 0; number < ROUNDS; number++) {
      Round round = new Round(tree, root, rollbacks);
      for (int i = 0; i < THREADS; i++) {
        int index = i;
        long own = (seed * 100 + i) * 1000 + number;
        round.crew.start(() -> round.work(own, index, STEPS));
      }
      round.crew.join();
      round.files.close();
      round.check();
    }
  }

  @Test
  void nothingIsTornLostOrDoubled() throws Exception {
    run(folder, SEED, false);
  }

  @Test
  void norByRollbacks() throws Exception {
    run(folder, SEED, true);
  }

  @Test
  void norByClosingInTheMiddle() throws Exception {
    runClosing(folder, SEED);
  }

  static void runClosing(Path root, long seed) throws Exception {
    SharedTree tree = SharedTree.create(root);
    for (int number = 0; number < ROUNDS; number++) {
      closeInTheMiddle(new Round(tree, root, false), seed * 1000 + number);
    }
  }

  private static void closeInTheMiddle(Round round, long seed) throws Exception {
    CountDownLatch middle = new CountDownLatch(THREADS);
    for (int i = 0; i < THREADS; i++) {
      int index = i;
      round.crew.start(() -> {
        round.work(seed * 100 + index, index, STEPS / 4);
        middle.countDown();
        try {
          round.work(-seed * 100 + index, index, Integer.MAX_VALUE);
        } catch (FailedManagerException e) {
          assertTrue(e.getMessage().contains("closed"), e::toString);
        }
      });
    }
    round.crew.awaitAll(middle);
    round.files.close();
    round.crew.join();
    round.check();
  }

  @Test
  void closingLeavesNoDescriptorOpen() throws Exception {
    SharedTree tree = SharedTree.create(folder);
    long before = 0;
    for (int cycle = 0; cycle < CYCLES; cycle++) {
      Round round = new Round(tree, folder, true);
      round.work(cycle, 0, STEPS / 10);
      round.files.close();
      if (cycle == CYCLES / 2) {
        before = openDescriptors();
      }
    }
    assertEquals(before, openDescriptors());
  }

  private static long openDescriptors() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.count();
    }
  }
}
