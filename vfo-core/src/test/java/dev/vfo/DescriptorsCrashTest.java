package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.Descriptors.Whence;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.Operation;
import dev.vfo.testkit.SimulatedCrash;
import dev.vfo.testkit.SimulatedStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A program with descriptors, crashed at every call and again in the recovery: files, descriptors,
 * offsets and what is shared must be those of one checkpoint, and the program goes on with them.
 */
class DescriptorsCrashTest {
  private static final int STEPS = 8;

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static void write(Descriptors open, int descriptor, String text) throws IOException {
    assertEquals(text.length(), open.write(descriptor, ByteBuffer.wrap(bytes(text))));
  }

  private static String read(Descriptors open, int descriptor, int count) throws IOException {
    ByteBuffer target = ByteBuffer.allocate(count);
    open.read(descriptor, target);
    return new String(target.array(), 0, target.position(), UTF_8);
  }

  /** What the program does, up to its next checkpoint. */
  private static void step(VirtualFileManager files, int number) throws IOException {
    Descriptors open = files.descriptors();
    switch (number) {
      case 0 -> {
        assertEquals(0, open.open("a", READ, WRITE, CREATE));
        write(open, 0, "0123456789");
        assertEquals(1, open.dup(0));
        assertEquals(2, open.open("b", WRITE, CREATE, APPEND));
        write(open, 2, "b0");
        assertEquals(3, open.open("made and lost", READ, WRITE, CREATE));
        write(open, 3, "lost");
        open.unlink("made and lost");
      }
      case 1 -> {
        open.unlink("a");
        open.seek(0, 2, Whence.SET);
        write(open, 1, "XY");
        files.tree().createDirectory("d");
        files.tree().rename("b", "d/c");
        files.tree().link("d/c", "another");
      }
      case 2 -> {
        write(open, 2, "b1");
        assertEquals("456", read(open, 0, 3));
        assertEquals(4, open.open("a", READ, WRITE, CREATE));
        write(open, 4, "new");
        write(open, 3, " and found");
      }
      case 3 -> {
        open.close(1);
        open.unlink("d/c");
        assertEquals(1, open.dup2(4, 1));
        files.tree().rename("d", "e");
      }
      case 4 -> {
        write(open, 0, "!");
        open.unlink("another");
        open.seek(1, 1, Whence.SET);
        write(open, 4, "E");
      }
      case 5 -> {
        write(open, 2, "b2");
        open.close(3);
        files.tree().rename("a", "e/a");
        assertEquals(3, open.open("e/a", READ));
      }
      case 6 -> {
        open.close(0);
        open.dup2(2, 7);
        open.seek(3, 0, Whence.END);
      }
      default -> {
        open.close(2);
        open.close(1);
        open.seek(4, 5000, Whence.CURRENT);
        write(open, 4, "far");
      }
    }
  }

  /** All that a step can do to descriptors, for a rollback to put right. */
  private static void spoil(VirtualFileManager files) throws IOException {
    Descriptors open = files.descriptors();
    for (int descriptor : open.open()) {
      open.seek(descriptor, 77, Whence.SET);
      open.close(descriptor);
    }
    tidyUp(files);
    int made = open.open("spoilt", READ, WRITE, CREATE);
    write(open, made, "spoilt");
    open.dup(made);
    for (DirectoryItem item : files.tree().list("/")) {
      if (item.type() == FileType.REGULAR) {
        open.unlink(item.name().toString());
      }
    }
  }

  /** A file without a name that is not open any more is removed, unless it may come back. */
  private static void tidyUp(VirtualFileManager files) throws IOException {
    boolean more = true;
    while (more) {
      more = files.doBackgroundWork();
    }
  }

  /** Everything that can be seen, with nothing moved. */
  private static List<String> describe(VirtualFileManager files) throws IOException {
    List<String> seen = new ArrayList<>();
    Descriptors open = files.descriptors();
    for (int descriptor : open.open()) {
      long offset = open.seek(descriptor, 0, Whence.CURRENT);
      open.seek(descriptor, 123_456, Whence.SET);
      List<Integer> sharing = new ArrayList<>();
      for (int other : open.open()) {
        if (open.seek(other, 0, Whence.CURRENT) == 123_456) {
          sharing.add(other);
        }
      }
      open.seek(descriptor, 0, Whence.SET);
      String content;
      try {
        content = read(open, descriptor, 10_000);
      } catch (StorageException e) {
        assertEquals(Errno.EBADF, e.errno());
        content = "not for reading, " + open.seek(descriptor, 0, Whence.END) + " bytes";
      }
      open.seek(descriptor, offset, Whence.SET);
      seen.add(descriptor + " at " + offset + " with " + sharing + ": " + content);
    }
    describe(files.tree(), "", seen);
    return seen;
  }

  private static void describe(FileTree tree, String folder, List<String> seen) throws IOException {
    TreeMap<String, DirectoryItem> items = new TreeMap<>();
    tree.list(folder + "/").forEach(item -> items.put(item.name().toString(), item));
    for (DirectoryItem item : items.values()) {
      String path = folder + "/" + item.name();
      if (item.type() == FileType.DIRECTORY) {
        seen.add(path);
        describe(tree, path, seen);
      } else {
        seen.add(path + ": " + new String(tree.readAll(path), UTF_8));
      }
    }
  }

  private static int done(VirtualFileManager files) {
    return files.lastCheckpoint().map(last -> last.state().bytes()[0] + 1).orElse(0);
  }

  /** Goes on from wherever it is to the end; every second step is rolled back once. */
  private static void run(VirtualFileManager files, List<List<String>> expected)
      throws IOException {
    for (int number = done(files); number < STEPS; number++) {
      if (number % 2 == 1) {
        spoil(files);
        files.rollback();
        assertEquals(expected.get(number), describe(files));
      }
      step(files, number);
      if (number == 5) {
        tidyUp(files);
      }
      files.checkpoint(new byte[] {(byte) number});
      if (number % 3 == 2) {
        tidyUp(files);
      }
    }
  }

  private static SimulatedStorage empty() throws IOException {
    SimulatedStorage storage = new SimulatedStorage();
    storage.makeDirectory(SampleRoot.ROOT);
    return storage;
  }

  /** What there is at each checkpoint, from no checkpoint on. */
  private static List<List<String>> expected() throws IOException {
    List<List<String>> expected = new ArrayList<>();
    try (VirtualFileManager files = SampleRoot.open(empty())) {
      expected.add(describe(files));
      for (int number = 0; number < STEPS; number++) {
        step(files, number);
        files.checkpoint(new byte[] {(byte) number});
        expected.add(describe(files));
      }
    }
    return expected;
  }

  private static void assertGoesOn(SimulatedStorage storage, List<List<String>> expected)
      throws IOException {
    try (VirtualFileManager files = SampleRoot.open(storage)) {
      assertEquals(expected.get(done(files)), describe(files));
      run(files, expected);
      assertEquals(expected.getLast(), describe(files));
      files.awaitApplied();
    }
    // The one that descriptor 7 still has open.
    assertEquals(1, SampleRoot.list(storage, "stage/orphans").size());
  }

  @Test
  void theTableComesBackAfterACrashAnywhere() throws IOException {
    List<List<String>> expected = expected();
    SimulatedStorage whole = empty();
    assertGoesOn(whole, expected);
    long calls = whole.callCount();
    for (long call = 1; call < calls; call++) {
      SimulatedStorage storage = empty();
      storage.faults().add(Fault.crash().atCall(call));
      assertThrows(SimulatedCrash.class, () -> assertGoesOn(storage, expected));
      SimulatedStorage left = storage.crash(call);
      try {
        if (call % 4 == 0) {
          recoverInPieces(left, call, expected);
        }
        assertGoesOn(left, expected);
      } catch (AssertionError | IOException | RuntimeException e) {
        throw new AssertionError("crash at call " + call + " of " + calls, e);
      }
    }
    System.out.println("vfo: descriptors: " + calls + " calls crashed");
  }

  // A few crashes in the recovery, each from the same start.
  private static void recoverInPieces(SimulatedStorage left, long seed, List<List<String>> expected)
      throws IOException {
    SimulatedStorage counted = left.fork();
    SampleRoot.open(counted).close();
    long calls = counted.callCount();
    for (int i = 0; i < 3; i++) {
      long call = 1 + Math.floorMod(seed * 31 + i * 7919L, calls);
      SimulatedStorage storage = left.fork();
      storage.faults().add(Fault.crash().atCall(call));
      assertThrows(SimulatedCrash.class, () -> SampleRoot.open(storage).close());
      try (VirtualFileManager files = SampleRoot.open(storage.crash(seed + i))) {
        assertEquals(expected.get(done(files)), describe(files), "recovery, call " + call);
      }
    }
  }

  @Test
  void theTableComesBackThoughLayersCannotBeApplied() throws IOException {
    List<List<String>> expected = expected();
    for (int steps = 1; steps <= STEPS; steps++) {
      SimulatedStorage storage = empty();
      SimulatedStorage left;
      try (VirtualFileManager files = SampleRoot.open(storage)) {
        for (int number = 0; number < steps; number++) {
          step(files, number);
          files.checkpoint(new byte[] {(byte) number});
          if (number == 2) {
            files.awaitApplied();
          }
        }
        left = storage.killProcess();
      }
      left.faults().add(Fault.error(Errno.EIO).on(Operation.RENAME).atCall(2).forEver());
      try (VirtualFileManager files = SampleRoot.open(left)) {
        assertEquals(expected.get(steps), describe(files));
        left.faults().clear();
        files.awaitApplied();
        assertEquals(expected.get(steps), describe(files));
      }
      assertGoesOn(left, expected);
    }
  }

  /** R57. */
  @Test
  void anOrphanThatIsMissingIsDamage() throws IOException {
    SimulatedStorage storage = empty();
    try (VirtualFileManager files = SampleRoot.open(storage)) {
      step(files, 0);
      step(files, 1);
      files.checkpoint(new byte[1]);
    }
    List<String> orphans = SampleRoot.list(storage, "stage/orphans");
    assertEquals(2, orphans.size());
    SampleRoot.remove(storage, "stage/orphans/" + orphans.getFirst());
    CorruptJournalException refused =
        assertThrows(CorruptJournalException.class, () -> SampleRoot.open(storage));
    assertTrue(String.valueOf(refused.getMessage()).contains("orphans"), refused::toString);
  }

  /**
   * R64: it would look like damage, at each opening, if apply did not say that it was not there.
   */
  @Test
  void anOrphanThatAnotherProgramTookAwayIsStale() throws IOException {
    for (boolean isReplaced : new boolean[] {false, true}) {
      SimulatedStorage storage = empty();
      try (VirtualFileManager files = SampleRoot.open(storage)) {
        files.tree().writeAll("a", new byte[] {1});
        files.checkpoint(new byte[1]);
        files.awaitApplied();
        Descriptors open = files.descriptors();
        open.open("a", READ);
        open.unlink("a");
        files.checkpoint(new byte[2]);
        storage = storage.killProcess();
      }
      int root = storage.openRoot(SampleRoot.ROOT);
      storage.unlink(root, Name.of("a"));
      if (isReplaced) {
        storage.makeDirectory(root, Name.of("a"), 0700);
      }
      storage.syncFileSystem(root);
      Options options = SampleRoot.options(storage).withConflictPolicy(ConflictPolicy.OURS);
      for (int i = 0; i < 3; i++) {
        try (VirtualFileManager files = VirtualFileManager.open(SampleRoot.ROOT, options)) {
          Descriptors open = files.descriptors();
          ByteBuffer target = ByteBuffer.allocate(1);
          StorageException stale = assertThrows(StorageException.class, () -> open.read(0, target));
          assertEquals(Errno.ESTALE, stale.errno());
          files.checkpoint(new byte[] {(byte) (3 + i)});
        }
        storage = storage.crash(i);
        options = SampleRoot.options(storage);
      }
      try (VirtualFileManager files = SampleRoot.open(storage)) {
        files.descriptors().close(0);
        files.checkpoint(new byte[9]);
      }
      SampleRoot.open(storage).close();
      assertEquals(List.of(), SampleRoot.list(storage, "stage/orphans"));
    }
  }
}
