package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.LinuxStorage;
import dev.vfo.testkit.harness.ForwardingStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Detached steps on the real disk: parked, continued, discarded. */
class DetachedStepTest extends DetachedFixture {
  @Test
  void itIsCommittedAsOneCheckpointAndThenGone() throws IOException {
    try (DetachedStep step = open("step")) {
      change(step);
      assertUnchanged();
      try (VirtualFileManager manager = manager()) {
        Checkpoint made = step.commitTo(manager, State.of("state".getBytes(UTF_8)));
        assertEquals(1, made.number());
        assertEquals("made", new String(manager.tree().readAll("new"), UTF_8));
        manager.awaitApplied();
        assertChanged();
      }
    }
    assertFalse(Files.exists(folder.resolve("step")));
    try (VirtualFileManager manager = manager()) {
      State state = manager.lastCheckpoint().orElseThrow().state();
      assertArrayEquals("state".getBytes(UTF_8), state.bytes());
    }
  }

  @Test
  void whatIsParkedGoesOnAfterItWasClosed() throws IOException {
    try (DetachedStep step = open("step")) {
      change(step);
      step.park();
      step.tree().writeAll("lost", new byte[1]);
      step.tree().delete("new");
    }
    assertUnchanged();
    try (DetachedStep step = open("step")) {
      assertTrue(step.isParked());
      assertFalse(step.tree().exists("lost"));
      assertEquals("made", new String(step.tree().readAll("new"), UTF_8));
      assertEquals("changed", new String(step.tree().readAll("e/b"), UTF_8));
      step.tree().rename("e/b", "e/c");
      step.tree().writeAll("new", "again".getBytes(UTF_8));
      try (VirtualFileManager manager = manager()) {
        step.commitTo(manager, State.empty());
      }
    }
    assertEquals(List.of("a", "e", "e/c", "new"), names());
    assertEquals("again", Files.readString(root.resolve("new")));
    assertEquals("changed", Files.readString(root.resolve("e/c")));
  }

  @Test
  void aRollbackGoesBackToWhatIsParked() throws IOException {
    try (DetachedStep step = open("step")) {
      step.tree().writeAll("new", "parked".getBytes(UTF_8));
      step.park();
      step.tree().writeAll("new", "dropped".getBytes(UTF_8));
      step.tree().delete("a");
      step.rollback();
      assertEquals("parked", new String(step.tree().readAll("new"), UTF_8));
      assertTrue(step.tree().exists("a"));
    }
  }

  @Test
  void discardingLeavesNothing() throws IOException {
    try (DetachedStep step = open("step")) {
      change(step);
      step.park();
      step.discard();
    }
    try (DetachedStep step = open("other")) {
      change(step);
      step.park();
    }
    DetachedStep.discard(folder.resolve("other"), Options.defaults());
    assertUnchanged();
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(root), left.toList());
    }
  }

  @Test
  void onlyAStepIsDiscarded() throws IOException {
    Path precious = Files.createDirectory(folder.resolve("precious"));
    Files.writeString(precious.resolve("file"), "kept");
    manager().close();
    for (Path wrong : List.of(precious, root, root.resolve(".vfo"), folder.resolve("missing"))) {
      assertThrows(
          VfoException.class,
          () -> DetachedStep.discard(wrong, Options.defaults()),
          wrong::toString);
    }
    assertEquals("kept", Files.readString(precious.resolve("file")));
    try (Stream<Path> files = Files.list(precious)) {
      assertEquals(1, files.count());
    }
    assertTrue(Files.exists(root.resolve(".vfo/format")));
  }

  private static List<String> told(DetachedStep step) throws IOException {
    return step.changes().stream()
        .map(each ->
            each.kind()
                + " "
                + each.from().map(from -> from + " -> ").orElse("")
                + each.path()
                + each.aspects().stream()
                    .sorted()
                    .map(aspect -> " " + aspect)
                    .reduce("", String::concat))
        .toList();
  }

  @Test
  void theNetChangeIsTold() throws IOException {
    Files.writeString(root.resolve("mode"), "m");
    Files.writeString(root.resolve("touched"), "t");
    Files.createLink(root.resolve("linked"), root.resolve("a"));
    try (DetachedStep step = open("step")) {
      assertEquals(List.of(), told(step));
      change(step);
      FileTree tree = step.tree();
      tree.chmod("mode", 0600);
      tree.setTimes("touched", 1, 1);
      tree.createDirectories("x/y");
      tree.writeAll("x/y/z", new byte[5]);
      tree.writeAll("passing", new byte[1]);
      tree.delete("passing");
      tree.delete("a");
      tree.writeAll("a", "replaced".getBytes(UTF_8));
      List<String> expected =
          List.of(
              "MODIFIED a CONTENT",
              "RENAMED d -> e",
              "MODIFIED e/b CONTENT",
              "REMOVED gone",
              "MODIFIED mode MODE",
              "ADDED new",
              "MODIFIED touched TIME",
              "ADDED x",
              "ADDED x/y",
              "ADDED x/y/z");
      assertEquals(expected, told(step));
      step.park();
      assertEquals(expected, told(step));
      Change content = step.changes().get(2);
      assertEquals(6, content.before().orElseThrow().sizeBytes());
      assertEquals(7, content.after().orElseThrow().sizeBytes());
      // Undone again: nothing is left of it.
      tree.rename("e", "d");
      tree.rename("new", "d/newer");
      tree.delete("x/y/z");
      tree.removeDirectory("x/y");
      tree.removeDirectory("x");
      expected =
          List.of(
              "MODIFIED a CONTENT",
              "MODIFIED d/b CONTENT",
              "ADDED d/newer",
              "REMOVED gone",
              "MODIFIED mode MODE",
              "MODIFIED touched TIME");
      assertEquals(expected, told(step));
      step.park();
    }
    try (DetachedStep step = open("step")) {
      assertEquals(6, told(step).size());
      assertEquals("REMOVED gone", told(step).get(3));
    }
  }

  @Test
  void aStepLargerThanMemoryIsParkedContinuedAndCommitted() throws IOException {
    Options little = Options.defaults().withMemoryBytes(64 << 10);
    byte[] expected = new byte[2 << 20];
    Random random = new Random(7);
    random.nextBytes(expected);
    Files.write(root.resolve("big"), expected);
    byte[] made = new byte[1 << 20];
    random.nextBytes(made);
    for (int part = 0; part < 3; part++) {
      try (DetachedStep step = DetachedStep.open(root, folder.resolve("step"), little);
          VirtualFile big = step.tree().open("big", READ, WRITE)) {
        for (int i = 0; i < 200; i++) {
          byte[] piece = new byte[1 + random.nextInt(9000)];
          random.nextBytes(piece);
          int at = random.nextInt(expected.length - piece.length);
          big.write(ByteBuffer.wrap(piece), at);
          System.arraycopy(piece, 0, expected, at, piece.length);
        }
        step.tree().writeAll("made" + part, made);
        step.park();
        assertArrayEquals(expected, step.tree().readAll("big"));
      }
    }
    try (DetachedStep step = DetachedStep.open(root, folder.resolve("step"), little);
        VirtualFileManager manager = VirtualFileManager.open(root, little)) {
      assertArrayEquals(expected, step.tree().readAll("big"));
      step.commitTo(manager, State.empty());
      assertArrayEquals(expected, manager.tree().readAll("big"));
      manager.awaitApplied();
    }
    assertArrayEquals(expected, Files.readAllBytes(root.resolve("big")));
    assertArrayEquals(made, Files.readAllBytes(root.resolve("made2")));
    try (Stream<Path> left = Files.list(root.resolve(".vfo/stage"))) {
      assertEquals(List.of(), left.filter(each -> each.toString().endsWith(".spill")).toList());
    }
  }

  @Test
  void oneIsOpenOnceAndNotWhileAManagerHasTheRoot() throws IOException {
    try (VirtualFileManager manager = manager()) {
      assertNotNull(manager);
      assertThrows(RootInUseException.class, () -> open("step"));
    }
    try (DetachedStep step = open("step")) {
      assertNotNull(step);
      assertThrows(RootInUseException.class, () -> open("step"));
      assertThrows(
          RootInUseException.class,
          () -> DetachedStep.discard(folder.resolve("step"), Options.defaults()));
    }
  }

  @Test
  void aRootThatWasChangedReplacedOrRemovedIsNamed() throws IOException {
    try (DetachedStep step = open("step")) {
      change(step);
      step.park();
    }
    Files.delete(root.resolve("gone"));
    ForeignChangeException changed = assertThrows(ForeignChangeException.class, () -> open("step"));
    assertEquals("gone", changed.path());
    Path old = Files.move(root, folder.resolve("old"));
    assertThrows(UnusableRootException.class, () -> open("step"));
    Files.createDirectory(root);
    assertThrows(CopiedRootException.class, () -> open("step"));
    assertFalse(Files.exists(root.resolve("new")));
    assertTrue(Files.exists(old.resolve("d/b")));
    DetachedStep.discard(folder.resolve("step"), Options.defaults());
  }

  /** Who began the removal may have been killed before its rename was durable (C15). */
  @Test
  void theRestOfAStepIsRemovedOnlyWhenItsNewNameIsDurable() throws IOException {
    try (DetachedStep step = open("step")) {
      change(step);
      step.park();
    }
    Files.move(folder.resolve("step"), folder.resolve(".step.discarded"));
    FileIdentity parent = identity(folder);
    boolean[] synced = {false};
    int[] removed = {0};
    Storage watched =
        new ForwardingStorage(new LinuxStorage()) {
          @Override
          public void sync(int fd) throws StorageException {
            synced[0] |= stat(fd).identity().equals(parent);
            super.sync(fd);
          }

          @Override
          public void unlink(int directory, Name name) throws StorageException {
            if (name.equals(Name.of("root-id"))) {
              assertTrue(synced[0], "removed before");
              removed[0]++;
            }
            super.unlink(directory, name);
          }
        };
    Options options = Options.defaults().withStorage(watched);
    DetachedStep.open(root, folder.resolve("step"), options).close();
    assertEquals(1, removed[0]);
    assertFalse(Files.exists(folder.resolve(".step.discarded")));
  }

  private static FileIdentity identity(Path path) throws IOException {
    LinuxStorage storage = new LinuxStorage();
    int fd = storage.openRoot(path);
    try {
      return storage.stat(fd).identity();
    } finally {
      storage.close(fd);
    }
  }

  private Map<Path, byte[]> filesOf(Path parked) throws IOException {
    Map<Path, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(parked)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(parked.relativize(file), Files.readAllBytes(file));
      }
    }
    return files;
  }

  private static void restore(Path parked, Map<Path, byte[]> files) throws IOException {
    for (Map.Entry<Path, byte[]> file : files.entrySet()) {
      Files.write(parked.resolve(file.getKey()), file.getValue());
    }
  }

  /** A flipped bit anywhere in what is parked: told, or of no consequence. */
  @Test
  void aDamagedStepSaysSoAndGivesNoWrongBytes() throws IOException {
    Options little =
        Options.defaults()
            .withMemoryBytes(64 << 10)
            .withFirstSegmentBytes(64 << 10)
            .withMaxSegmentBytes(64 << 10);
    byte[] big = new byte[300_000];
    new Random(3).nextBytes(big);
    Path parked = folder.resolve("step");
    try (DetachedStep step = DetachedStep.open(root, parked, little)) {
      change(step);
      step.tree().writeAll("big", big);
      step.park();
    }
    Map<Path, byte[]> files = filesOf(parked);
    Random random = new Random(5);
    Set<String> told = new TreeSet<>();
    for (Path file : files.keySet()) {
      byte[] content = files.get(file);
      for (int i = 0; i < 12 && content.length > 0; i++) {
        byte[] damaged = content.clone();
        int at = i == 0 ? 0 : random.nextInt(damaged.length);
        damaged[at] ^= (byte) (1 << random.nextInt(8));
        Files.write(parked.resolve(file), damaged);
        try (DetachedStep step = DetachedStep.open(root, parked, little)) {
          assertArrayEquals(big, step.tree().readAll("big"), file + " at " + at);
          assertEquals("changed", new String(step.tree().readAll("e/b"), UTF_8));
        } catch (DamagedStepException e) {
          assertTrue(e.getMessage().contains(parked.toString()), e::getMessage);
          told.add(file.toString());
        } catch (NewerFormatException e) {
          told.add(file.toString());
        }
        restore(parked, files);
      }
    }
    assertTrue(told.stream().anyMatch(each -> each.endsWith(".spill")), told::toString);
    assertTrue(told.stream().anyMatch(each -> each.endsWith(".seg")), told::toString);
    assertTrue(told.contains("root-id") && told.contains("format"), told::toString);
    assertUnchanged();
  }

  @Test
  void aFolderThatCannotBeIsRefused() throws IOException {
    assertThrows(UnusableRootException.class, () -> open("missing/step"));
    assertThrows(
        UnusableRootException.class,
        () -> DetachedStep.open(root, root.resolve(".vfo"), Options.defaults()));
  }
}
