package dev.vfo.testkit;

import static dev.vfo.testkit.TestFiles.name;
import static dev.vfo.testkit.TestFiles.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Listing directories, also while they change. */
interface DirectoryContract extends StorageTest {

  @Test
  default void emptyDirectoryListsNothing() throws StorageException {
    assertEquals(Set.of(), files().names(files().makeDirectory("d")));
  }

  @Test
  default void listingTellsInodeAndType() throws StorageException {
    int root = files().root();
    files().create("file", "");
    files().makeDirectory("dir");
    files().storage().makeSymlink(root, name("link"), text("file"));
    files().storage().makeNode(root, name("fifo"), FileType.FIFO, 0600, 0);
    Map<Name, FileType> types = new HashMap<>();
    Map<Name, Long> inodes = new HashMap<>();
    files()
        .storage()
        .list(
            root,
            (name, inode, type) -> {
              types.put(name, type);
              inodes.put(name, inode);
              return true;
            });
    assertEquals(4, types.size());
    for (Map.Entry<Name, Long> entry : inodes.entrySet()) {
      var stat = files().storage().stat(root, entry.getKey());
      assertEquals(stat.identity().inode(), entry.getValue());
      assertEquals(stat.type(), types.get(entry.getKey()));
    }
  }

  @Test
  default void listingStopsWhenToldTo() throws StorageException {
    makeFiles(files().root(), 10);
    List<Name> seen = new ArrayList<>();
    files()
        .storage()
        .list(
            files().root(),
            (name, inode, type) -> {
              seen.add(name);
              return seen.size() < 3;
            });
    assertEquals(3, seen.size());
    assertEquals(10, files().names(files().root()).size(), "the next listing starts anew");
  }

  @Test
  default void largeDirectoryIsListedWhole() throws StorageException {
    makeFiles(files().root(), 10_000);
    Set<Name> names = files().names(files().root());
    assertEquals(10_000, names.size());
    assertTrue(names.contains(name("f9999")));
  }

  @Test
  default void listingsDoNotDisturbEachOther() throws StorageException {
    makeFiles(files().root(), 300);
    int[] counts = new int[2];
    files()
        .storage()
        .list(
            files().root(),
            (name, inode, type) -> {
              counts[0]++;
              if (counts[0] % 100 == 0) {
                counts[1] += files().names(files().root()).size();
              }
              return true;
            });
    assertEquals(300, counts[0]);
    assertEquals(900, counts[1]);
  }

  @Test
  default void changingDirectoryShowsWhatStaysExactlyOnce() throws StorageException {
    int root = files().root();
    Storage storage = files().storage();
    makeFiles(root, 3_000);
    Map<Name, Integer> seen = new HashMap<>();
    int[] step = new int[1];
    storage.list(
        root,
        (name, inode, type) -> {
          seen.merge(name, 1, Integer::sum);
          change(storage, root, step[0]++);
          return true;
        });
    for (int i = 1; i < 3_000; i += 2) {
      assertEquals(1, seen.getOrDefault(name("f" + i), 0), "f" + i);
    }
    seen.forEach((name, count) -> assertTrue(count == 1, () -> "twice: " + name));
  }

  /** Removes or renames files of even number and makes new ones; those of odd number stay. */
  private static void change(Storage storage, int root, int step) throws StorageException {
    int even = step * 2;
    if (even >= 3_000) {
      return;
    }
    if (step % 3 == 0) {
      storage.rename(root, name("f" + even), root, name("moved" + even), RenameMode.REPLACE);
    } else {
      storage.unlink(root, name("f" + even));
    }
    storage.makeDirectory(root, name("new" + step), 0755);
  }

  @Test
  default void everythingCanBeRemovedWhileListing() throws StorageException {
    int root = files().root();
    makeFiles(root, 2_000);
    files()
        .storage()
        .list(
            root,
            (name, inode, type) -> {
              files().storage().unlink(root, name);
              return true;
            });
    assertEquals(Set.of(), files().names(root));
  }

  @Test
  default void namesInManyDirectoriesAreApart() throws StorageException {
    List<Integer> directories = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      directories.add(files().makeDirectory("d" + i));
    }
    for (int i = 0; i < 20; i++) {
      files().close(files().create(directories.get(i), name("same"), text("content " + i)));
    }
    for (int i = 0; i < 20; i++) {
      assertEquals("content " + i, files().content(directories.get(i), "same"));
    }
  }

  private void makeFiles(int directory, int count) throws StorageException {
    for (int i = 0; i < count; i++) {
      files().close(files().create(directory, name("f" + i), new byte[0]));
    }
  }
}
