package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.inspect.RootInspection;
import dev.vfo.storage.linux.LinuxStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal that lies outside of its root, on the real disk. */
class JournalDirectoryTest {
  @TempDir Path folder;

  private Path root;
  private Path journal;

  @BeforeEach
  void makeFolders() throws IOException {
    root = Files.createDirectory(folder.resolve("root"));
    journal = Files.createDirectory(folder.resolve("journal"));
  }

  private static final Options PLAIN = Options.defaults().withExecutor(task -> {});

  private Options elsewhere() {
    return PLAIN.withJournalDirectory(journal);
  }

  private static State state(int version) {
    byte[] large = new byte[70_000];
    large[0] = (byte) version;
    return State.of(large).withParts(Map.of("part", Part.of(new byte[] {(byte) version})));
  }

  private void make(Path of, Options options, int version) throws IOException {
    try (VirtualFileManager files = VirtualFileManager.open(of, options)) {
      files.tree().writeAll("file", new byte[] {(byte) version});
      files.checkpoint(state(version));
    }
  }

  private static <E extends VfoException> E refused(Class<E> type, Path root, Options options) {
    return assertThrows(type, () -> VirtualFileManager.open(root, options).close());
  }

  private static void assertSays(Exception e, String... words) {
    for (String word : words) {
      assertTrue(String.valueOf(e.getMessage()).contains(word), e::toString);
    }
  }

  private static Map<String, String> tree(Path top) throws IOException {
    Map<String, String> tree = new TreeMap<>();
    try (Stream<Path> files = Files.walk(top)) {
      for (Path file : files.toList()) {
        String content =
            Files.isRegularFile(file)
                ? Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1)
                : "";
        tree.put(top.relativize(file).toString(), content);
      }
    }
    return tree;
  }

  @Test
  void journalAndStatesLieThereAndAreFoundAgain() throws Exception {
    make(root, elsewhere(), 1);
    for (String name : List.of("journal", "state", "parts", "acknowledged")) {
      assertFalse(Files.exists(root.resolve(".vfo").resolve(name)), name);
      assertTrue(Files.exists(journal.resolve(name)), name);
    }
    make(root, PLAIN, 2);
    try (VirtualFileManager files = VirtualFileManager.open(root, elsewhere())) {
      Checkpoint last = files.lastCheckpoint().orElseThrow();
      assertEquals(2, last.number());
      assertArrayEquals(state(2).bytes(), last.state().bytes());
      assertEquals(List.of("part"), List.copyOf(last.state().parts().keySet()));
    }
    RootInspection seen = RootInspection.verify(new LinuxStorage(), root);
    assertTrue(seen.isGood(), seen.faults()::toString);
    assertEquals(2, seen.last().orElseThrow().number());
  }

  @Test
  void whatWasCommittedBeforeADeathIsApplied() throws Exception {
    make(root, elsewhere(), 1);
    // Not closed: as after a death, but that the locks go with the process.
    Path copy = folder.resolve("copy");
    try (VirtualFileManager files = VirtualFileManager.open(root, PLAIN)) {
      files.tree().writeAll("file", new byte[] {9});
      files.checkpoint(state(9));
      assertArrayEquals(new byte[] {1}, Files.readAllBytes(root.resolve("file")));
      assertEquals(
          0, new ProcessBuilder("cp", "-a", root.toString(), copy.toString()).start().waitFor());
    }
    assertArrayEquals(new byte[] {9}, Files.readAllBytes(root.resolve("file")));
    CopiedRootException copied = refused(CopiedRootException.class, copy, PLAIN);
    assertSays(copied, "journal", "delete .vfo here");
    assertArrayEquals(new byte[] {1}, Files.readAllBytes(copy.resolve("file")));
  }

  @Test
  void oneThatIsMissingIsNamed() throws Exception {
    Path gone = folder.resolve("gone");
    assertSays(
        refused(UnusableRootException.class, root, PLAIN.withJournalDirectory(gone)),
        gone.toString(),
        "make or mount it");
    make(root, elsewhere(), 1);
    Files.move(journal, gone);
    Map<String, String> before = tree(root);
    assertSays(refused(UnusableRootException.class, root, PLAIN), journal.toString(), "mount it");
    assertEquals(before, tree(root));
    make(root, PLAIN.withJournalDirectory(gone), 2);
    make(root, PLAIN, 3);
    assertFalse(Files.exists(journal));
    assertTrue(Files.exists(gone.resolve("journal")));
  }

  @Test
  void oneOfAnotherRootIsRefused() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    make(root, elsewhere(), 1);
    Map<String, String> before = tree(journal);
    assertSays(
        refused(UnusableRootException.class, other, elsewhere()),
        journal.toString(),
        "another root");
    Path others = Files.createDirectory(folder.resolve("others"));
    make(other, PLAIN.withJournalDirectory(others), 2);
    assertSays(refused(UnusableRootException.class, other, elsewhere()), "another root");
    assertEquals(before, tree(journal));
    try (VirtualFileManager files = VirtualFileManager.open(root, PLAIN)) {
      assertEquals(1, files.lastCheckpoint().orElseThrow().number());
      refused(RootInUseException.class, other, elsewhere());
    }
  }

  /** It would be removed by vfo detach. */
  @Test
  void oneThatHasSomethingElseIsRefused() throws Exception {
    for (String name : List.of("notes.txt", "state/notes.txt", "journal/0000000001.seg", "parts")) {
      Path used = Files.createDirectory(folder.resolve(name.replace('/', '-')));
      Files.createDirectories(used.resolve(name).getParent());
      Files.writeString(used.resolve(name), "mine");
      assertSays(
          refused(UnusableRootException.class, root, PLAIN.withJournalDirectory(used)),
          "not empty");
      assertEquals("mine", Files.readString(used.resolve(name)));
    }
    make(root, elsewhere(), 1);
  }

  @Test
  void oneInTheRootIsRefused() throws Exception {
    Path inside = Files.createDirectories(root.resolve("a/b"));
    assertSays(
        refused(UnusableRootException.class, root, PLAIN.withJournalDirectory(inside)),
        "lies in",
        "elsewhere");
    refused(UnusableRootException.class, root, PLAIN.withJournalDirectory(root));
    make(root, elsewhere(), 1);
  }

  @Test
  void aRootWithAJournalOfItsOwnKeepsIt() throws Exception {
    make(root, PLAIN, 1);
    assertSays(
        refused(UnusableRootException.class, root, elsewhere()), journal.toString(), "detach");
    make(root, PLAIN, 2);
  }

  @Test
  void bothNameEachOther() throws Exception {
    make(root, elsewhere(), 1);
    String link = Files.readSymbolicLink(root.resolve(".vfo/records")).toString();
    assertEquals(journal.toString(), link);
    byte[] id = Files.readAllBytes(root.resolve(".vfo/root-id"));
    assertArrayEquals(id, Files.readAllBytes(journal.resolve("root-id")));
    Files.writeString(journal.resolve("root-id"), "damaged", UTF_8);
    assertSays(refused(CorruptJournalException.class, root, PLAIN), "root-id");
  }
}
