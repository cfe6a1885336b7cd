package dev.vfo.testkit;

import static dev.vfo.testkit.TestFiles.NEW_FILE;
import static dev.vfo.testkit.TestFiles.READ_WRITE;
import static dev.vfo.testkit.TestFiles.memory;
import static dev.vfo.testkit.TestFiles.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Many threads at once, interrupted at random: nobody is harmed. */
interface ThreadContract extends StorageTest {
  /** Threads of each test. */
  int THREADS = 8;

  /** Length of a thread's own range of the shared file; no multiple of a block. */
  int RANGE_BYTES = 10_007;

  /** What one thread does. */
  @FunctionalInterface
  interface Work {
    void run(int thread, Random random) throws StorageException;
  }

  @Test
  default void interruptedThreadsKeepTheirOwnFilesRight() throws Exception {
    Storage storage = files().storage();
    int root = files().root();
    runInterrupted((thread, random) -> {
      int fd = storage.open(root, name("f" + thread), NEW_FILE, 0644);
      writeAndCheck(storage, fd, 0, thread, random);
      storage.close(fd);
    });
    assertEquals(THREADS, files().names(root).size());
  }

  @Test
  default void interruptedThreadsShareADescriptor() throws Exception {
    Storage storage = files().storage();
    int fd = files().create("shared", "");
    storage.truncate(fd, (long) THREADS * RANGE_BYTES);
    runInterrupted((thread, random) ->
        writeAndCheck(storage, fd, (long) thread * RANGE_BYTES, thread, random));
    for (int thread = 0; thread < THREADS; thread++) {
      byte[] range = files().read(fd, (long) thread * RANGE_BYTES, RANGE_BYTES);
      for (byte b : range) {
        assertEquals(thread, b >> 4, "a thread's range has another one's bytes");
      }
    }
  }

  @Test
  default void interruptedThreadsShareAFileThroughTheirOwnDescriptors() throws Exception {
    Storage storage = files().storage();
    int root = files().root();
    files().create("shared", "");
    runInterrupted((thread, random) -> {
      int fd = storage.open(root, name("shared"), READ_WRITE, 0);
      writeAndCheck(storage, fd, (long) thread * RANGE_BYTES, thread, random);
      storage.close(fd);
    });
    assertEquals((long) THREADS * RANGE_BYTES, files().stat("shared").sizeBytes());
  }

  @Test
  default void interruptedThreadsChangeOneDirectory() throws Exception {
    Storage storage = files().storage();
    int root = files().root();
    runInterrupted((thread, random) -> {
      for (int i = 0; i < 100; i++) {
        Name first = name("t" + thread + "." + i);
        Name second = name("t" + thread + "." + i + ".moved");
        storage.close(storage.open(root, first, NEW_FILE, 0644));
        storage.rename(root, first, root, second, RenameMode.REPLACE);
        storage.stat(root, second);
        if (i % 25 == 0) {
          storage.list(root, (n, inode, type) -> true);
        }
        if (i % 2 == 0) {
          storage.unlink(root, second);
        }
      }
    });
    Set<Name> names = files().names(root);
    assertEquals(THREADS * 50, names.size());
    assertTrue(names.contains(name("t0.1.moved")));
  }

  @Test
  default void onlyOneOfManyCreatesExclusively() throws Exception {
    Storage storage = files().storage();
    int root = files().root();
    AtomicInteger winners = new AtomicInteger();
    runInterrupted((thread, random) -> {
      for (int i = 0; i < 50; i++) {
        if (createsFirst(storage, root, name("n" + i))) {
          winners.incrementAndGet();
        }
      }
    });
    assertEquals(50, winners.get());
    assertEquals(50, files().names(root).size());
  }

  @Test
  default void interruptedThreadsGetTheirOwnAnswers() throws Exception {
    Storage storage = files().storage();
    int root = files().root();
    for (int thread = 0; thread < THREADS; thread++) {
      files().storage().truncate(files().create("f" + thread, ""), thread);
    }
    runInterrupted((thread, random) -> {
      Name own = name("f" + thread);
      Name missing = name("missing" + thread);
      for (int i = 0; i < 3_000; i++) {
        assertEquals(thread, storage.stat(root, own).sizeBytes());
        TestFiles.assertFails(Errno.ENOENT, () -> storage.stat(root, missing));
      }
    });
  }

  private static boolean createsFirst(Storage storage, int root, Name name)
      throws StorageException {
    try {
      storage.close(storage.open(root, name, NEW_FILE, 0644));
      return true;
    } catch (StorageException e) {
      assertEquals(Errno.EEXIST, e.errno());
      return false;
    }
  }

  /**
   * Writes pieces into a range at random and reads each back; every byte tells thread and round.
   */
  private static void writeAndCheck(Storage storage, int fd, long base, int thread, Random random)
      throws StorageException {
    MemorySegment out = memory(new byte[RANGE_BYTES]);
    MemorySegment in = memory(new byte[RANGE_BYTES]);
    for (int round = 0; round < 60; round++) {
      out.fill((byte) ((thread << 4) | (round & 15)));
      int from = round == 0 ? 0 : random.nextInt(RANGE_BYTES);
      int length = round == 0 ? RANGE_BYTES : 1 + random.nextInt(RANGE_BYTES - from);
      transfer(
          length,
          done -> storage.write(fd, out.asSlice(done, length - done), at(base, from, done)));
      in.fill((byte) -1);
      transfer(
          length, done -> storage.read(fd, in.asSlice(done, length - done), at(base, from, done)));
      assertEquals(-1, out.asSlice(0, length).mismatch(in.asSlice(0, length)));
      if (length < RANGE_BYTES) {
        assertEquals(-1, in.get(ValueLayout.JAVA_BYTE, length), "written behind the end");
      }
    }
    storage.dataSync(fd);
  }

  private static long at(long base, int from, long done) {
    return base + from + done;
  }

  /** A read or write of what is left. */
  @FunctionalInterface
  interface Transfer {
    long go(long done) throws StorageException;
  }

  private static void transfer(int length, Transfer transfer) throws StorageException {
    long done = 0;
    while (done < length) {
      long count = transfer.go(done);
      assertTrue(count > 0 && count <= length - done, () -> "moved " + count);
      done += count;
    }
  }

  /** Runs the work in threads that are interrupted at random, and waits for them. */
  private static void runInterrupted(Work work) throws InterruptedException {
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    CountDownLatch left = new CountDownLatch(THREADS);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int thread = i;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  work.run(thread, new Random(thread));
                } catch (Throwable e) {
                  failures.add(e);
                } finally {
                  left.countDown();
                }
              }));
    }
    Random random = new Random(99);
    while (left.getCount() > 0) {
      threads.get(random.nextInt(THREADS)).interrupt();
      Thread.onSpinWait();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    failures.forEach(failure -> {
      throw new AssertionError("a thread failed", failure);
    });
  }
}
