package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.ForeignChangeException.Kind;
import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints in two phases, on the real disk. */
class TwoPhaseTest {
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  private VirtualFileManager open() throws IOException {
    return VirtualFileManager.open(folder, Options.defaults());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static State state(String text) {
    return State.of(bytes(text));
  }

  private static void prepare(VirtualFileManager files, String id) throws IOException {
    files.prepare(files.seal(), id, state("state of " + id));
  }

  /** A file with its own name as content, in a step that is prepared under that name. */
  private static void prepareFile(VirtualFileManager files, String name) throws IOException {
    files.tree().writeAll(name, bytes(name));
    prepare(files, name);
  }

  private static List<String> ids(VirtualFileManager files) {
    return files.undecided().stream().map(PreparedCheckpoint::id).toList();
  }

  private static void assertErrno(Errno errno, Executable call) {
    assertEquals(errno, assertThrows(StorageException.class, call).errno());
  }

  private long reservedBytes() throws IOException {
    return Files.size(folder.resolve(".vfo/reserve"));
  }

  private boolean isHome(String name) {
    return Files.exists(folder.resolve(name));
  }

  @Test
  void whatIsPreparedCountsWhenItIsCommitted() throws Exception {
    try (VirtualFileManager files = open()) {
      prepareFile(files, "a");
      files.tree().writeAll("b", bytes("above"));
      assertFalse(isHome("a"));
      assertTrue(files.lastCheckpoint().isEmpty());
      assertEquals(List.of("a"), ids(files));
      Checkpoint made = files.commit("a");
      assertEquals(state("state of a"), made.state());
      assertEquals(made, files.lastCheckpoint().orElseThrow());
      assertEquals(List.of(), files.undecided());
      files.awaitApplied();
      assertTrue(isHome("a"));
      assertFalse(isHome("b"), "the step above goes on");
      files.checkpoint(state("plain"));
    }
    assertTrue(isHome("b"));
  }

  @Test
  void afterADeathItIsThereAndNothingElseIsDoneBeforeItIsDecided() throws Exception {
    Files.writeString(folder.resolve("old"), "old");
    try (VirtualFileManager files = open()) {
      files.tree().writeAll("kept", bytes("kept"));
      files.checkpoint(state("first"));
      prepareFile(files, "a");
      files.tree().delete("old");
      files.tree().writeAll("lost", bytes("lost"));
    }
    assertFalse(isHome("a"));
    try (VirtualFileManager files = open()) {
      PreparedCheckpoint found = files.undecided().getFirst();
      assertEquals("a", found.id());
      assertEquals(state("state of a"), found.state());
      assertEquals(state("first"), files.lastCheckpoint().orElseThrow().state());
      assertEquals("a", new String(files.tree().readAll("a"), UTF_8), "it can be read");
      assertFalse(files.tree().exists("lost"));
      assertTrue(files.tree().exists("old"));
      assertErrno(Errno.EROFS, () -> files.tree().writeAll("a", bytes("changed")));
      assertErrno(Errno.EROFS, () -> files.tree().createDirectory("new"));
      assertErrno(Errno.EROFS, () -> files.tree().delete("a"));
      assertErrno(Errno.EROFS, () -> files.tree().rename("a", "c"));
      assertErrno(Errno.EROFS, () -> files.tree().chmod("a", 0600));
      assertThrows(UndecidedException.class, () -> files.checkpoint(state("plain")));
      assertThrows(UndecidedException.class, files::rollback);
      assertThrows(UndecidedException.class, () -> prepare(files, "another"));
      files.commit("a");
      files.tree().writeAll("a", bytes("changed"));
      files.checkpoint(state("plain"));
    }
    assertEquals("changed", Files.readString(folder.resolve("a")));
    assertTrue(isHome("kept") && isHome("old"));
  }

  @Test
  void oneIsDecidedWithAllBeforeIt() throws Exception {
    try (VirtualFileManager files = open()) {
      prepareFile(files, "a");
      prepareFile(files, "b");
      prepareFile(files, "c");
      assertEquals(List.of("a", "b", "c"), ids(files));
      assertEquals(state("state of b"), files.commit("b").state());
      assertEquals(List.of("c"), ids(files));
      files.awaitApplied();
      assertTrue(isHome("a") && isHome("b"));
      assertFalse(isHome("c"));
      prepareFile(files, "d");
    }
    try (VirtualFileManager files = open()) {
      assertEquals(List.of("c", "d"), ids(files));
      assertEquals(state("state of b"), files.lastCheckpoint().orElseThrow().state());
      files.commit("c");
      files.awaitApplied();
      assertTrue(isHome("c"));
      assertErrno(Errno.EROFS, () -> files.tree().writeAll("a", bytes("not yet")));
      files.commit("d");
    }
    assertTrue(isHome("d"));
  }

  @Test
  void oneIsAbortedWithAllAfterIt() throws Exception {
    try (VirtualFileManager files = open()) {
      prepareFile(files, "a");
      prepareFile(files, "b");
      prepareFile(files, "c");
      files.tree().writeAll("d", bytes("active"));
      SealedStep sealed = files.seal();
      files.abort("b");
      assertEquals(List.of("a"), ids(files));
      assertTrue(files.tree().exists("a"));
      for (String dropped : List.of("b", "c", "d")) {
        assertFalse(files.tree().exists(dropped), dropped);
      }
      assertThrows(IllegalArgumentException.class, () -> files.prepare(sealed, "x", state("")));
      prepareFile(files, "b");
      files.abort("a");
      assertFalse(files.tree().exists("a"));
      files.tree().writeAll("e", bytes("after"));
      files.checkpoint(state("last"));
    }
    assertFalse(isHome("a") || isHome("b"));
    assertTrue(isHome("e"));
  }

  @Test
  void anAbortedOneStaysAwayAndTheLastCheckpointStays() throws Exception {
    try (VirtualFileManager files = open()) {
      files.tree().writeAll("a", bytes("a"));
      files.checkpoint(state("first"));
    }
    for (int i = 0; i < 3; i++) {
      try (VirtualFileManager files = open()) {
        prepareFile(files, "b");
      }
      try (VirtualFileManager files = open()) {
        files.abort("b");
      }
    }
    try (VirtualFileManager files = open()) {
      assertEquals(List.of(), files.undecided());
      Checkpoint last = files.lastCheckpoint().orElseThrow();
      assertEquals(state("first"), last.state());
      assertEquals(1, last.number());
      assertFalse(files.tree().exists("b"));
      assertTrue(files.checkpoint(state("second")).number() > 1);
    }
  }

  @Test
  void handlesAndDescriptorsGoBackToWhatWasPrepared() throws Exception {
    try (VirtualFileManager files = open()) {
      Descriptors open = files.descriptors();
      int descriptor = open.open("log", READ, WRITE, CREATE);
      open.write(descriptor, ByteBuffer.wrap(bytes("one")));
      try (VirtualFile old = files.tree().open("log", READ, WRITE)) {
        old.position(2);
        prepare(files, "one");
        old.position(3);
        open.write(descriptor, ByteBuffer.wrap(bytes("two")));
        int later = open.open("log", READ);
        prepare(files, "two");
        files.abort("two");
        assertEquals(2, old.position());
        assertErrno(Errno.EBADF, () -> open.read(later, ByteBuffer.allocate(1)));
        open.write(descriptor, ByteBuffer.wrap(bytes("three")));
        assertEquals("onethree", new String(files.tree().readAll("log"), UTF_8));
      }
      prepare(files, "three");
    }
    try (VirtualFileManager files = open()) {
      assertEquals(8, files.descriptors().seek(0, 0, Descriptors.Whence.CURRENT));
      files.abort("three");
      assertEquals(3, files.descriptors().seek(0, 0, Descriptors.Whence.CURRENT));
      files.commit("one");
    }
    try (VirtualFileManager files = open()) {
      assertEquals(3, files.descriptors().seek(0, 0, Descriptors.Whence.CURRENT));
      assertEquals("one", new String(files.tree().readAll("log"), UTF_8));
    }
  }

  @Test
  void anOpenFileWithoutANameIsKept() throws Exception {
    try (VirtualFileManager files = open()) {
      int descriptor = files.descriptors().open("log", READ, WRITE, CREATE);
      files.descriptors().write(descriptor, ByteBuffer.wrap(bytes("orphan")));
      files.checkpoint(state("first"));
      files.descriptors().unlink("log");
      prepare(files, "unlinked");
    }
    for (int i = 0; i < 2; i++) {
      try (VirtualFileManager files = open()) {
        ByteBuffer target = ByteBuffer.allocate(6);
        files.descriptors().seek(0, 0, Descriptors.Whence.SET);
        assertEquals(6, files.descriptors().read(0, target));
        assertEquals("orphan", new String(target.array(), UTF_8));
        if (i == 0) {
          assertTrue(isHome("log"));
          files.commit("unlinked");
        }
      }
    }
    assertFalse(isHome("log"));
  }

  /** Its place among the orphans is no name that programs see. */
  @Test
  void anOpenFileOfWhichANameIsNotKnownHasAsManyNamesAsBefore() throws Exception {
    Files.writeString(folder.resolve("a"), "content");
    Files.createLink(folder.resolve("b"), folder.resolve("a"));
    VirtualFileManager files = open();
    VirtualFile file = files.tree().open("b", READ, WRITE);
    files.tree().delete("b");
    files.checkpoint(state("first"));
    files.awaitApplied();
    file.write(ByteBuffer.wrap(bytes("C")), 0);
    prepare(files, "p");
    files.close();
    try (VirtualFileManager again = open()) {
      assertEquals(1, again.tree().stat("a").linkCount());
      again.abort("p");
      assertEquals(1, again.tree().stat("a").linkCount());
    }
    assertEquals("content", Files.readString(folder.resolve("a")));
  }

  /** Else what is written by a descriptor would not be what is read by a path. */
  @Test
  void whatADescriptorLeadsToAfterADeathIsTheFileOfThePath() throws Exception {
    try (VirtualFileManager files = open()) {
      int descriptor = files.descriptors().open("log", READ, WRITE, CREATE);
      files.descriptors().write(descriptor, ByteBuffer.wrap(bytes("one")));
      files.checkpoint(state("first"));
      files.awaitApplied();
      files.descriptors().write(descriptor, ByteBuffer.wrap(bytes("two")));
      prepare(files, "p");
    }
    try (VirtualFileManager files = open()) {
      files.abort("p");
      files.descriptors().write(0, ByteBuffer.wrap(bytes("2")));
      assertEquals("one2", new String(files.tree().readAll("log"), UTF_8));
      files.tree().chmod("log", 0600);
      files.checkpoint(state("second"));
    }
    assertEquals("one2", Files.readString(folder.resolve("log")));
  }

  @Test
  void aDirectoryThatADescriptorLeadsThroughIsTheOneOfTheRecord() throws Exception {
    try (VirtualFileManager files = open()) {
      files.tree().createDirectory("d");
      files.descriptors().open("d/f", READ, WRITE, CREATE);
      files.checkpoint(state("first"));
      files.awaitApplied();
      files.tree().writeAll("d/g", bytes("g"));
      prepare(files, "p");
    }
    try (VirtualFileManager files = open()) {
      files.commit("p");
      files.descriptors().write(0, ByteBuffer.wrap(bytes("f")));
      files.tree().rename("d/g", "d/h");
      files.checkpoint(state("second"));
      files.descriptors().unlink("d/f");
      assertFalse(files.tree().exists("d/f"));
      files.checkpoint(state("third"));
    }
    assertTrue(isHome("d/h"));
    assertFalse(isHome("d/f") || isHome("d/g"));
  }

  @Test
  void idsAreNames() throws Exception {
    try (VirtualFileManager files = open()) {
      for (String bad : List.of("", "line\n", "x".repeat(256), "\u00e4".repeat(128))) {
        assertThrows(IllegalArgumentException.class, () -> prepare(files, bad));
      }
      prepare(files, "\u00e4".repeat(127));
      assertThrows(IllegalArgumentException.class, () -> prepare(files, "\u00e4".repeat(127)));
      assertThrows(IllegalArgumentException.class, () -> files.commit("other"));
      assertThrows(IllegalArgumentException.class, () -> files.abort("other"));
      files.commit("\u00e4".repeat(127));
      prepare(files, "\u00e4".repeat(127));
    }
    try (VirtualFileManager files = open()) {
      assertEquals(List.of("\u00e4".repeat(127)), ids(files));
    }
  }

  @Test
  void soManyMayWait() throws Exception {
    Options options = Options.defaults().withMaxPreparedCheckpoints(3);
    try (VirtualFileManager files = VirtualFileManager.open(folder, options)) {
      for (String id : List.of("a", "b", "c")) {
        prepareFile(files, id);
      }
      files.tree().writeAll("d", bytes("d"));
      UndecidedException e = assertThrows(UndecidedException.class, () -> prepare(files, "d"));
      assertTrue(String.valueOf(e.getMessage()).contains("'a', 'b', 'c'"), e::toString);
      files.commit("a");
      prepare(files, "d");
      files.commit("d");
    }
    assertTrue(isHome("d"));
  }

  @Test
  void whatOthersChangedMeanwhileIsFoundAtTheDecision() throws Exception {
    Files.writeString(folder.resolve("shared"), "before");
    try (VirtualFileManager files = open()) {
      files.tree().writeAll("shared", bytes("ours"));
      prepare(files, "ours");
      Files.writeString(folder.resolve("shared"), "theirs");
      ForeignChangeException e =
          assertThrows(ForeignChangeException.class, () -> files.commit("ours"));
      assertEquals(Kind.CHANGED, e.conflicts().getFirst().kind());
      assertEquals(List.of("ours"), ids(files));
      files.abort("ours");
      assertEquals("theirs", new String(files.tree().readAll("shared"), UTF_8));
    }
    assertEquals("theirs", Files.readString(folder.resolve("shared")));
  }

  @Test
  void whatOthersChangedWhileNobodyHadItOpenIsFound() throws Exception {
    Files.writeString(folder.resolve("shared"), "before");
    try (VirtualFileManager files = open()) {
      files.tree().writeAll("shared", bytes("ours"));
      prepare(files, "ours");
    }
    Files.writeString(folder.resolve("shared"), "theirs");
    try (VirtualFileManager files = open()) {
      assertThrows(ForeignChangeException.class, () -> files.commit("ours"));
      files.abort("ours");
    }
    assertEquals("theirs", Files.readString(folder.resolve("shared")));
  }

  @Test
  void whatWasMadeOverFilesThatAreGoneCanStillBeAborted() throws Exception {
    Files.createDirectory(folder.resolve("dir"));
    Files.writeString(folder.resolve("dir/shared"), "before");
    try (VirtualFileManager files = open()) {
      files.tree().writeAll("dir/shared", bytes("ours"));
      prepareFile(files, "a");
    }
    Files.move(folder.resolve("dir"), folder.resolve("elsewhere"));
    try (VirtualFileManager files = open()) {
      ForeignChangeException e =
          assertThrows(ForeignChangeException.class, () -> files.commit("a"));
      assertTrue(String.valueOf(e.getMessage()).contains("--abort"), e::toString);
      assertFalse(files.tree().exists("a"), "it is not even read");
      assertTrue(reservedBytes() > 0);
      files.abort("a");
      assertEquals(0, reservedBytes());
      files.tree().writeAll("b", bytes("b"));
      files.checkpoint(state("b"));
    }
    assertEquals("before", Files.readString(folder.resolve("elsewhere/shared")));
    assertTrue(isHome("b"));
  }

  /** Also of several layers, none of which could be loaded. */
  @Test
  void whatAnAbortDropsUnloadedLeavesNothing() throws Exception {
    Files.createDirectory(folder.resolve("dir"));
    Files.writeString(folder.resolve("dir/shared"), "before");
    Options little = Options.defaults().withMemoryBytes(64 << 10);
    try (VirtualFileManager files = VirtualFileManager.open(folder, little)) {
      files.tree().writeAll("dir/shared", new byte[300_000]);
      files.seal();
      files.tree().writeAll("dir/other", new byte[300_000]);
      files.seal();
      prepareFile(files, "a");
    }
    Files.move(folder.resolve("dir"), folder.resolve("elsewhere"));
    try (VirtualFileManager files = open()) {
      ForeignChangeException e =
          assertThrows(ForeignChangeException.class, () -> files.commit("a"));
      assertTrue(String.valueOf(e.getMessage()).contains("open it again"), e::toString);
      files.abort("a");
      assertEquals(0, reservedBytes());
    }
    assertTrue(spillFiles() > 0, "the test tests something");
    open().close();
    assertEquals(0, spillFiles());
  }

  private long spillFiles() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(".vfo/stage"))) {
      return files.filter(file -> file.toString().endsWith(".spill")).count();
    }
  }

  @Test
  void largeStatesAndPartsWait() throws Exception {
    byte[] large = new byte[100_000];
    new Random(1).nextBytes(large);
    byte[] part = new byte[300_000];
    new Random(2).nextBytes(part);
    try (VirtualFileManager files = open()) {
      files.checkpoint(State.of(large).withParts(Map.of("image", Part.of(part))));
      for (String id : List.of("a", "b")) {
        large[0]++;
        part[5000]++;
        files.prepare(files.seal(), id, State.of(large).withParts(Map.of("image", Part.of(part))));
      }
    }
    try (VirtualFileManager files = open()) {
      assertArrayEquals(large, files.undecided().getLast().state().bytes());
      assertArrayEquals(part, read(files.undecided().getLast().state()));
      files.commit("a");
      part[5000]--;
      assertArrayEquals(part, read(files.lastCheckpoint().orElseThrow().state()));
      part[5000]++;
      files.commit("b");
      assertArrayEquals(part, read(files.lastCheckpoint().orElseThrow().state()));
    }
    try (VirtualFileManager files = open()) {
      State last = files.lastCheckpoint().orElseThrow().state();
      assertArrayEquals(large, last.bytes());
      assertArrayEquals(part, read(last));
    }
  }

  private static byte[] read(State state) throws IOException {
    Part part = state.parts().values().iterator().next();
    byte[] bytes = new byte[(int) part.sizeBytes()];
    part.read(0, MemorySegment.ofArray(bytes));
    return bytes;
  }

  @Test
  void whatWaitsGivesItsMemoryBack() throws Exception {
    Options options = Options.defaults().withMemoryBytes(4L * MIB);
    byte[] content = new byte[3 * MIB];
    new Random(3).nextBytes(content);
    try (VirtualFileManager files = VirtualFileManager.open(folder, options)) {
      for (int i = 0; i < 5; i++) {
        files.tree().writeAll("file" + i, content);
        prepare(files, "p" + i);
        assertTrue(
            files.status().memoryBytes() <= 2L * MIB,
            "uses " + files.status().memoryBytes() + " bytes");
      }
      assertArrayEquals(content, files.tree().readAll("file0"));
      files.commit("p4");
    }
    for (int i = 0; i < 5; i++) {
      assertArrayEquals(content, Files.readAllBytes(folder.resolve("file" + i)));
    }
  }

  /** The journal is used again, and the last checkpoint's record stays in it all the time. */
  @Test
  void theJournalIsBounded() throws Exception {
    Options options =
        Options.defaults().withFirstSegmentBytes(32 << 10).withMaxSegmentBytes(32 << 10);
    try (VirtualFileManager files = VirtualFileManager.open(folder, options)) {
      for (int i = 0; i < 200; i++) {
        files.tree().writeAll("file", new byte[10_000]);
        prepare(files, "p" + i);
        if (i % 3 == 0) {
          files.abort("p" + i);
        } else {
          files.commit("p" + i);
        }
        files.awaitApplied();
      }
    }
    try (var segments = Files.list(folder.resolve(".vfo/journal"))) {
      assertTrue(segments.count() < 12);
    }
    try (VirtualFileManager files = VirtualFileManager.open(folder, options)) {
      assertEquals(state("state of p199"), files.lastCheckpoint().orElseThrow().state());
    }
  }

  @Test
  void manyWaitAboveALastCheckpointThatStays() throws Exception {
    Options options =
        Options.defaults().withFirstSegmentBytes(32 << 10).withMaxSegmentBytes(32 << 10);
    try (VirtualFileManager files = VirtualFileManager.open(folder, options)) {
      files.checkpoint(state("first"));
      for (int i = 0; i < 30; i++) {
        files.tree().writeAll("file" + i, new byte[10_000]);
        prepare(files, "p" + i);
        files.awaitApplied();
      }
    }
    try (VirtualFileManager files = VirtualFileManager.open(folder, options)) {
      assertEquals(state("first"), files.lastCheckpoint().orElseThrow().state());
      assertEquals(30, files.undecided().size());
      files.abort("p20");
      files.commit("p19");
      assertEquals(20, files.tree().list(".").size());
    }
  }

  @Test
  void aDetachedStepWaitsForTheDecision() throws Exception {
    Path root = Files.createDirectory(folder.resolve("root"));
    try (VirtualFileManager files = VirtualFileManager.open(root, Options.defaults())) {
      prepareFile(files, "a");
    }
    try (DetachedStep step = DetachedStep.open(root, folder.resolve("step"), Options.defaults())) {
      step.tree().writeAll("b", bytes("b"));
      try (VirtualFileManager files = VirtualFileManager.open(root, Options.defaults())) {
        assertThrows(UndecidedException.class, () -> step.commitTo(files, State.empty()));
        files.commit("a");
        files.awaitApplied();
        step.commitTo(files, State.empty());
      }
    }
    assertTrue(Files.exists(root.resolve("a")) && Files.exists(root.resolve("b")));
  }
}
