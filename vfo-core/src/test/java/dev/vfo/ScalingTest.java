package dev.vfo;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
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
  private static final int ROUNDS = 300;
  private static final int RUNS = 5;

  @TempDir Path folder;

  /** What is done with a piece of one file. */
  private interface Work {
    int on(ByteBuffer piece, long at) throws IOException;
  }

  private static void repeat(Work work) throws IOException {
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
    for (int round = 0; round < ROUNDS; round++) {
      for (long at = 0; at < FILE_BYTES; at += PIECE_BYTES) {
        assertEquals(PIECE_BYTES, work.on(piece.clear(), at));
      }
    }
  }

  /** Bytes a second of all threads together, each on a file of its own. */
  private static double rate(List<Work> files) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(files.size())) {
      long start = System.nanoTime();
      List<Future<?>> running = new ArrayList<>();
      for (Work file : files) {
        running.add(
            threads.submit(() -> {
              repeat(file);
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

  private static void measure(String what, List<Work> files) throws Exception {
    double[] ratios = new double[RUNS];
    double alone = 0;
    for (int i = 0; i < RUNS; i++) {
      alone = rate(files.subList(0, 1));
      ratios[i] = rate(files) / alone;
    }
    Arrays.sort(ratios);
    System.out.printf(
        "vfo: %s: %d threads %.2f times one thread (from %.2f to %.2f), which does %.1f GB/s%n",
        what, files.size(), ratios[RUNS / 2], ratios[0], ratios[RUNS - 1], alone / 1e9);
  }

  private static List<Work> of(List<VirtualFile> files, Function<VirtualFile, Work> work) {
    return files.stream().map(work).toList();
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
        measure("writes of 4 KiB", of(files, file -> file::write));
        measure("reads of 4 KiB from the step", of(files, file -> file::read));
        manager.checkpoint(State.empty());
        manager.awaitApplied();
        measure("reads of 4 KiB from home", of(files, file -> file::read));
      } finally {
        for (VirtualFile file : files) {
          file.close();
        }
      }
    }
    withoutVfo(threads);
  }

  /** What this machine can do at best: the floor. */
  private void withoutVfo(int threads) throws Exception {
    List<Work> copies = new ArrayList<>();
    List<FileChannel> files = new ArrayList<>();
    try {
      for (int i = 0; i < threads; i++) {
        ByteBuffer memory = ByteBuffer.allocateDirect(FILE_BYTES);
        copies.add((piece, at) -> {
          memory.put((int) at, piece, 0, PIECE_BYTES);
          return PIECE_BYTES;
        });
        files.add(FileChannel.open(folder.resolve("file" + i), READ));
      }
      measure("copies of 4 KiB in memory, without VFO", copies);
      List<Work> reads = new ArrayList<>();
      files.forEach(file -> reads.add(file::read));
      measure("reads of 4 KiB, without VFO", reads);
    } finally {
      for (FileChannel file : files) {
        file.close();
      }
    }
  }
}
