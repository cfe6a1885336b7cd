package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library on the real disk: what a user meets first, and many threads. */
class VirtualFileManagerTest {
  @TempDir Path folder;

  private VirtualFileManager open() throws IOException {
    return VirtualFileManager.open(folder, Options.defaults());
  }

  @Test
  void aStepIsInTheRootOnlyAfterItsCheckpoint() throws IOException {
    try (VirtualFileManager files = open()) {
      files.tree().writeAll("a", "one".getBytes(UTF_8));
      assertFalse(Files.exists(folder.resolve("a")));
      files.checkpoint("state".getBytes(UTF_8));
      files.awaitApplied();
      assertEquals("one", Files.readString(folder.resolve("a")));
    }
    try (VirtualFileManager files = open()) {
      assertArrayEquals(
          "state".getBytes(UTF_8), files.lastCheckpoint().orElseThrow().state().bytes());
    }
  }

  @Test
  void closingDropsTheStep() throws IOException {
    try (VirtualFileManager files = open()) {
      files.tree().writeAll("a", new byte[3]);
    }
    assertFalse(Files.exists(folder.resolve("a")));
  }

  @Test
  void nothingChangedCostsNoCheckpoint() throws IOException {
    try (VirtualFileManager files = open()) {
      files.tree().writeAll("a", new byte[3]);
      Checkpoint first = files.checkpoint(State.empty());
      assertSame(first, files.checkpoint(State.empty()));
      assertEquals(2, files.checkpoint(new byte[] {1}).number());
    }
  }

  @Test
  void rollbackGivesContentAndOffsetsBack() throws IOException {
    try (VirtualFileManager files = open();
        VirtualFile old = files.tree().open("a", READ, WRITE, CREATE)) {
      old.write(ByteBuffer.wrap("abc".getBytes(UTF_8)));
      files.checkpoint(State.empty());
      old.write(ByteBuffer.wrap("def".getBytes(UTF_8)));
      VirtualFile fresh = files.tree().open("b", WRITE, CREATE);
      files.rollback();
      assertEquals(3, old.position());
      assertEquals(3, old.size());
      assertThrows(StaleHandleException.class, fresh::size);
      assertFalse(files.tree().exists("b"));
      fresh.close();
    }
  }

  @Test
  void rootsThatCannotServeAreRefusedByName() throws IOException {
    Path missing = folder.resolve("missing");
    Path file = Files.writeString(folder.resolve("file"), "x");
    for (Path bad : List.of(missing, file)) {
      UnusableRootException refused =
          assertThrows(
              UnusableRootException.class, () -> VirtualFileManager.open(bad, Options.defaults()));
      assertTrue(refused.getMessage().contains(bad.toString()), refused::getMessage);
    }
    assertFalse(Files.exists(missing));
  }

  @Test
  void aRootInsideARootIsRefused() throws IOException {
    Path inner = Files.createDirectories(folder.resolve("x/y"));
    try (VirtualFileManager files = open()) {
      files.checkpoint(State.of(new byte[1]));
      assertThrows(
          UnusableRootException.class, () -> VirtualFileManager.open(inner, Options.defaults()));
    }
    assertFalse(Files.exists(inner.resolve(".vfo")));
  }

  @Test
  void aSecondManagerIsToldWhoHasTheRoot() throws IOException {
    try (VirtualFileManager files = open()) {
      RootInUseException refused = assertThrows(RootInUseException.class, this::open);
      assertEquals(ProcessHandle.current().pid(), refused.pid().orElse(0));
      files.checkpoint(State.empty());
    }
    open().close();
  }

  @Test
  void filesMadeAndDeletedInAStepTakeNoMemory() throws IOException {
    try (VirtualFileManager files = open()) {
      for (int i = 0; i < 1000; i++) {
        files.tree().writeAll("f" + i, new byte[5000]);
        files.tree().delete("f" + i);
      }
      assertEquals(0, files.status().memoryBytes());
    }
  }

  @Test
  void oneByteInALargeFileCostsOneBlock() throws IOException {
    try (var large = Files.newByteChannel(folder.resolve("large"), CREATE, WRITE)) {
      large.position(10L << 30);
      large.write(ByteBuffer.wrap(new byte[1]));
    }
    try (VirtualFileManager files = open();
        VirtualFile large = files.tree().open("large", WRITE)) {
      large.write(ByteBuffer.wrap(new byte[] {7}), 5L << 30);
      assertEquals(4096, files.status().memoryBytes());
      files.checkpoint(State.empty());
      files.awaitApplied();
    }
    try (var large = Files.newByteChannel(folder.resolve("large"))) {
      ByteBuffer one = ByteBuffer.allocate(1);
      large.position(5L << 30).read(one);
      assertEquals(7, one.get(0));
    }
  }

  /**
   * Threads write files of their own and are interrupted at random, while checkpoints are made and
   * applied behind them.
   */
  @Test
  void threadsCheckpointsAndInterruptsGoTogether() throws Exception {
    int threads = 4;
    int rounds = 200;
    AtomicReference<Throwable> failure = new AtomicReference<>();
    AtomicBoolean done = new AtomicBoolean();
    try (VirtualFileManager files = open()) {
      List<Thread> writers = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        String name = "t" + t;
        writers.add(
            Thread.ofPlatform()
                .start(() -> {
                  try {
                    writeRounds(files, name, rounds);
                  } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                  }
                }));
      }
      Thread nuisance = Thread.ofPlatform().start(() -> interrupt(writers, done));
      for (int i = 0; i < 30; i++) {
        files.checkpoint(new byte[] {(byte) i});
      }
      for (Thread writer : writers) {
        writer.join();
      }
      done.set(true);
      nuisance.join();
      files.checkpoint(new byte[] {99});
    }
    if (failure.get() != null) {
      throw new AssertionError(failure.get());
    }
    for (int t = 0; t < threads; t++) {
      byte[] content = Files.readAllBytes(folder.resolve("t" + t));
      assertEquals(rounds * 100, content.length);
      for (int i = 0; i < content.length; i++) {
        assertEquals((byte) (i / 100), content[i]);
      }
    }
  }

  private static void writeRounds(VirtualFileManager files, String name, int rounds)
      throws IOException {
    try (VirtualFile file = files.tree().open(name, READ, WRITE, CREATE)) {
      for (int i = 0; i < rounds; i++) {
        byte[] line = new byte[100];
        java.util.Arrays.fill(line, (byte) i);
        file.write(ByteBuffer.wrap(line), i * 100L);
        ByteBuffer back = ByteBuffer.allocate(100);
        assertEquals(100, file.read(back, i * 100L));
        assertArrayEquals(line, back.array());
      }
    }
  }

  private static void interrupt(List<Thread> threads, AtomicBoolean done) {
    Random random = new Random(5);
    while (!done.get()) {
      threads.get(random.nextInt(threads.size())).interrupt();
      Thread.onSpinWait();
    }
  }

  /** Closing waits for the apply that runs; the next manager finds a root in order. */
  @Test
  void closeDuringAnApplyIsClean() throws IOException {
    for (int round = 0; round < 20; round++) {
      try (VirtualFileManager files = open()) {
        for (int i = 0; i < 20; i++) {
          files.tree().writeAll("f" + i, ("round " + round).getBytes(UTF_8));
        }
        files.checkpoint(new byte[] {(byte) round});
      }
      assertEquals("round " + round, Files.readString(folder.resolve("f19")));
    }
  }

  @Test
  void aStepIsDecidedOnce() throws IOException {
    try (VirtualFileManager files = open()) {
      SealedStep first = files.seal();
      SealedStep second = files.seal();
      files.commit(second, State.of(new byte[] {2}));
      assertThrows(
          IllegalArgumentException.class, () -> files.commit(first, State.of(new byte[] {1})));
      assertArrayEquals(
          new byte[] {2}, files.lastCheckpoint().orElseThrow().state().bytes(), "newer state");
    }
  }

  @Test
  void directoriesAreMadeByTwoAtOnce() throws Exception {
    try (VirtualFileManager files = open()) {
      Crew crew = new Crew();
      Phaser together = new Phaser(2);
      for (int i = 0; i < 2; i++) {
        crew.start(() -> {
          try {
            for (int round = 0; round < 300; round++) {
              together.arriveAndAwaitAdvance();
              files.tree().createDirectories("a" + round + "/b/c");
            }
          } finally {
            together.arriveAndDeregister();
          }
        });
      }
      crew.join();
    }
  }
}
