package dev.vfo;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How reads and writes of different files scale with threads: measured and printed, not judged, as
 * machines differ. {@code docs/performance.md} has a run.
 */
@Tag("deep")
class ScalingTest {
  private static final int FILE_BYTES = 8 << 20;
  private static final int PIECE_BYTES = 4096;
  private static final int ROUNDS = 40;
  private static final int RUNS = 5;

  @TempDir Path folder;

  private interface Work {
    void on(VirtualFile file, ByteBuffer piece, long at) throws IOException;
  }

  private static void work(VirtualFile file, Work work) throws IOException {
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
    for (int round = 0; round < ROUNDS; round++) {
      for (long at = 0; at < FILE_BYTES; at += PIECE_BYTES) {
        work.on(file, piece.clear(), at);
      }
    }
  }

  /** Bytes a second of all threads together, each on a file of its own. */
  private static double rate(List<VirtualFile> files, Work work) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(files.size())) {
      long start = System.nanoTime();
      List<Future<?>> running = new ArrayList<>();
      for (VirtualFile file : files) {
        running.add(
            threads.submit(() -> {
              work(file, work);
              return file;
            }));
      }
      for (Future<?> each : running) {
        await(each);
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      return (double) FILE_BYTES * ROUNDS * files.size() / seconds;
    }
  }

  private static void await(Future<?> running) throws Exception {
    try {
      running.get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private static void measure(String what, List<VirtualFile> files, Work work) throws Exception {
    double[] ratios = new double[RUNS];
    double alone = 0;
    for (int i = 0; i < RUNS; i++) {
      alone = rate(files.subList(0, 1), work);
      ratios[i] = rate(files, work) / alone;
    }
    Arrays.sort(ratios);
    System.out.printf(
        "vfo: %s: %d threads %.2f times one thread (from %.2f to %.2f), which does %.1f GB/s%n",
        what, files.size(), ratios[RUNS / 2], ratios[0], ratios[RUNS - 1], alone / 1e9);
  }

  @Test
  void differentFiles() throws Exception {
    int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
    try (VirtualFileManager manager = VirtualFileManager.open(folder, Options.defaults())) {
      List<VirtualFile> files = new ArrayList<>();
      try {
        for (int i = 0; i < threads; i++) {
          files.add(manager.tree().open("file" + i, READ, WRITE, CREATE));
        }
        Work write = (file, piece, at) -> assertEquals(PIECE_BYTES, file.write(piece, at));
        Work read = (file, piece, at) -> assertEquals(PIECE_BYTES, file.read(piece, at));
        measure("writes of 4 KiB", files, write);
        measure("reads of 4 KiB from the step", files, read);
        manager.checkpoint(State.empty());
        manager.awaitApplied();
        measure("reads of 4 KiB from home", files, read);
      } finally {
        for (VirtualFile file : files) {
          file.close();
        }
      }
    }
  }
}
