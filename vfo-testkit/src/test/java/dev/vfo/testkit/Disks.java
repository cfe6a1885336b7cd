package dev.vfo.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Steps that the tests of the simulated storage share. */
final class Disks {
  /** Enough seeds for everything to happen that is at all likely. */
  static final int SEEDS = 400;

  static final Path ROOT = Path.of("/");

  private Disks() {}

  /** The tree of a storage after a crash or a fork, whose structure is checked on the way. */
  static SortedMap<String, String> tree(SimulatedStorage storage) throws StorageException {
    storage.check();
    SortedMap<String, String> tree = new TreeMap<>();
    TestFiles files = new TestFiles(storage, storage.openRoot(ROOT));
    collect(files, files.root(), "", tree);
    files.close();
    storage.close(files.root());
    assertEquals(0, storage.openDescriptors());
    return tree;
  }

  private static void collect(
      TestFiles files, int directory, String path, SortedMap<String, String> tree)
      throws StorageException {
    for (Name name : files.names(directory)) {
      String child = path + "/" + name;
      switch (files.storage().stat(directory, name).type()) {
        case DIRECTORY -> {
          tree.put(child, "directory");
          int fd = files.openDirectory(directory, name);
          collect(files, fd, child, tree);
          files.close(fd);
        }
        case REGULAR -> {
          int fd = files.open(directory, name, OpenFlag.READ, 0);
          tree.put(child, new String(files.content(fd), StandardCharsets.ISO_8859_1));
          files.close(fd);
        }
        default -> tree.put(child, files.storage().stat(directory, name).type().toString());
      }
    }
  }

  /** All names of a tree, joined: what is found in one crash. */
  static Set<String> namesSeen(SimulatedStorage storage) throws StorageException {
    Set<String> seen = new TreeSet<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      seen.add(String.join(" ", tree(storage.crash(seed)).keySet()));
    }
    return seen;
  }

  /** The contents of a file in many crashes, null where there is no such name. */
  static Set<String> contentsSeen(SimulatedStorage storage, String path) throws StorageException {
    Set<String> seen = new TreeSet<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      seen.add(String.valueOf(tree(storage.crash(seed)).get(path)));
    }
    return seen;
  }

  static FileIdentity identity(SimulatedStorage storage, int directory, String name)
      throws StorageException {
    return storage.stat(directory, Name.of(name)).identity();
  }
}
