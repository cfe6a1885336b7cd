package dev.vfo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.CountingStorage.Counts;
import dev.vfo.storage.linux.LinuxStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A root with a million files, on the real disk: opening it touches none of them (G4). */
@Tag("deep")
class MillionFilesTest {
  private static final int DIRECTORIES = 100;
  private static final int FILES_EACH = 10_000;

  @TempDir Path folder;

  private static void fill(Path root, int directories, int files) throws IOException {
    Files.createDirectory(root);
    for (int i = 0; i < directories; i++) {
      Path directory = Files.createDirectory(root.resolve("d" + i));
      for (int j = 0; j < files; j++) {
        Files.createFile(directory.resolve("f" + j));
      }
    }
  }

  private static Options options(CountingStorage storage) {
    return Options.defaults()
        .withStorage(storage)
        .withExecutor(task -> {})
        .withRandom(new Random(1))
        .withFirstSegmentBytes(64 << 10)
        .withMaxSegmentBytes(64 << 10);
  }

  /** What it costs to open it for the first time, change a file, and open it again. */
  private static Counts cost(Path root) throws IOException {
    CountingStorage storage = new CountingStorage(new LinuxStorage());
    Options options = options(storage);
    for (int i = 0; i < 2; i++) {
      try (VirtualFileManager files = VirtualFileManager.open(root, options)) {
        files.tree().writeAll("d0/f0", new byte[] {(byte) i});
        files.checkpoint(new byte[] {(byte) i});
      }
    }
    return storage.counts();
  }

  @Test
  void openingTouchesNoneOfThem() throws IOException {
    Path few = folder.resolve("few");
    fill(few, 1, 1);
    Path many = folder.resolve("many");
    long start = System.nanoTime();
    fill(many, DIRECTORIES, FILES_EACH);
    long filled = System.nanoTime();
    Counts counts = cost(many);
    System.out.printf(
        "vfo: a million files: made in %d ms; opened, changed, checkpointed twice in %d ms, %s%n",
        (filled - start) / 1_000_000, (System.nanoTime() - filled) / 1_000_000, counts);
    assertEquals(cost(few), counts);
  }

  /** What it costs to change names in a large directory, and its own. */
  private static Counts costOfNames(Path root) throws IOException {
    CountingStorage storage = new CountingStorage(new LinuxStorage());
    try (VirtualFileManager files = VirtualFileManager.open(root, options(storage))) {
      FileTree tree = files.tree();
      tree.rename("d0/f0", "d0/renamed");
      tree.delete("d0/f1");
      tree.writeAll("d0/made", new byte[] {1});
      tree.rename("d0", "moved");
      tree.link("moved/f2", "moved/linked");
      files.checkpoint(new byte[] {1});
      files.awaitApplied();
    }
    return storage.counts();
  }

  @Test
  void namesInALargeDirectoryCostWhatTheyCostInASmallOne() throws IOException {
    Path few = folder.resolve("few");
    fill(few, 1, 3);
    Path many = folder.resolve("many");
    int count = DIRECTORIES * FILES_EACH;
    fill(many, 1, count);
    assertEquals(costOfNames(few), costOfNames(many));
    try (VirtualFileManager files = VirtualFileManager.open(many, Options.defaults())) {
      files.tree().rename("moved/f3", "moved/a name of this step");
      List<DirectoryItem> items = files.tree().list("moved");
      assertEquals(count + 1, items.size());
      Set<String> names = new HashSet<>();
      items.forEach(item -> names.add(item.name().toString()));
      assertEquals(count + 1, names.size());
      assertTrue(names.containsAll(Set.of("renamed", "made", "linked", "a name of this step")));
      assertFalse(names.contains("f0") || names.contains("f1") || names.contains("f3"));
    }
  }
}
