package dev.vfo.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vfo.VfoException;
import dev.vfo.changes.ChangeSet;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.LinuxStorage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The applier on the real file system. A process that dies is an error that is thrown at one call
 * and at all later ones.
 */
class ApplierLinuxTest {
  private static final int SEEDS = 20;
  private static final int MANY = 5_000;
  private static final int VERY_MANY = 100_000;

  /** Far less than the 40 MB between the pieces of the file with holes. */
  private static final int FEW_BLOCKS = 100;

  @TempDir Path folder;

  private final LinuxStorage storage = new LinuxStorage();

  /** The end of the process. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** A process that lives for so many calls. */
  private final class Mortal implements Tampered.Tamper {
    private final Set<Integer> open = new HashSet<>();
    private int callsLeft;

    Mortal(int calls) {
      this.callsLeft = calls;
    }

    Applier applier(ApplyTarget target) {
      Storage mortal = Tampered.with(storage, this);
      return ApplyWorld.PLAIN.make(
          new ApplyTarget(
              mortal, target.rootId(), target.rootFd(), target.stageFd(), target.fileSystemFd()));
    }

    @Override
    public @Nullable Object answer(String method, Object[] arguments, Tampered.Rest rest)
        throws Throwable {
      callsLeft--;
      if (callsLeft <= 0) {
        throw new Killed();
      }
      Object answer = rest.call();
      switch (method) {
        case "open", "reopen", "openParent" -> open.add((Integer) answer);
        case "close" -> open.remove((Integer) arguments[0]);
        default -> {}
      }
      return answer;
    }

    /** What the kernel does when a process has died. */
    void closeAll() throws StorageException {
      for (int fd : open) {
        storage.close(fd);
      }
    }
  }

  /** A home in a folder, and steps on it. */
  private final class Home {
    final Path path;
    final Map<Long, FileIdentity> identities = new HashMap<>();
    ModelTree tree;

    Home(Path path, ModelTree wanted) throws StorageException {
      this.path = path;
      try (ApplyWorld world = ApplyWorld.create(storage, path)) {
        tree = world.populate(wanted, identities);
      }
    }

    LayerDraft draft(long layer) {
      return new LayerDraft(layer, tree, identities);
    }

    /** Applies a layer, by processes that die at these calls first. */
    void apply(LayerDraft draft, int... deaths) throws StorageException, VfoException {
      List<ChangeSet> layers = List.of(draft.build());
      tree = draft.now;
      for (int death : deaths) {
        Mortal process = new Mortal(death);
        try (ApplyWorld world = ApplyWorld.open(storage, path, process::applier)) {
          world.recover(layers);
        } catch (Killed e) {
          process.closeAll();
        }
      }
      try (ApplyWorld world = ApplyWorld.open(storage, path, ApplyWorld.PLAIN)) {
        world.recover(layers);
      }
    }

    void check() throws StorageException, VfoException {
      try (ApplyWorld world = ApplyWorld.open(storage, path, ApplyWorld.PLAIN)) {
        assertEquals(ApplyWorld.expected(tree), world.describe(identities));
      }
    }
  }

  @BeforeEach
  void mayChangeOwners() {
    assumeTrue(storage.effectiveUid() == 0, "layers change owners, which only uid 0 may");
  }

  @Test
  void randomLayers() throws Exception {
    for (long seed = 1; seed <= SEEDS; seed++) {
      RandomLayers random = new RandomLayers(seed);
      Home home = new Home(Files.createDirectory(folder.resolve("root" + seed)), random.tree(12));
      LayerDraft draft = home.draft(1);
      random.change(draft, 10);
      int death = (int) (seed * 7 % 150) + 5;
      home.apply(draft, death, death / 2 + 3, death + 20);
      home.check();
    }
  }

  @Test
  void allKindsOfFiles() throws Exception {
    Home home = new Home(folder, new ModelTree(1));
    LayerDraft draft = home.draft(1);
    draft.directory("d").file("d/f", "content").mode("d/f", 0640).owner("d/f", 1, 2);
    draft.symlink("d/s", "../nowhere").link("d/f", "hard");
    draft.create(draft.place("fifo"), FileType.FIFO);
    draft.create(draft.place("socket"), FileType.SOCKET).mode = 0600;
    draft.mode("d", 0551).touch("d", 123_456_789_012_345_678L);
    home.apply(draft);
    home.check();
  }

  @Test
  void holesStayHoles() throws Exception {
    LayerDraft start = new LayerDraft(0, new ModelTree(1), Map.of());
    Home home = new Home(folder, start.file("old", "old").now);
    home.apply(home.draft(1).write("old", 40_000_000, "end"));
    LayerDraft second = home.draft(2);
    second.truncate("old", 30_000_000);
    second.write("old", 20_000_000, "middle");
    home.apply(second, 40, 45);
    home.check();
    int root = storage.openRoot(folder);
    assertTrue(storage.stat(root, Name.of("old")).blocks512() < FEW_BLOCKS);
    storage.close(root);
  }

  @Test
  void aDirectoryWithManyNames() throws Exception {
    makeTurnAndRemove(MANY);
  }

  @Test
  @Tag("deep")
  void aDirectoryWithVeryManyNames() throws Exception {
    makeTurnAndRemove(VERY_MANY);
  }

  private void makeTurnAndRemove(int files) throws StorageException, VfoException {
    Home home = new Home(folder, new ModelTree(1));
    LayerDraft first = home.draft(1).directory("d").directory("e");
    ModelTree.Node directory = first.at("d");
    for (int i = 0; i < files; i++) {
      first.file(new ModelTree.Place(directory, Name.of("f" + i)), new byte[] {(byte) i});
    }
    home.apply(first);
    LayerDraft second = home.draft(2);
    ModelTree.Node from = second.at("d");
    List<ModelTree.Place> places = new ArrayList<>();
    from.children.keySet().forEach(name -> places.add(new ModelTree.Place(from, name)));
    // Everybody takes the next one's name: one chain through all.
    for (int i = 0; i + 1 < places.size(); i++) {
      second.exchange(places.get(i), places.get(i + 1));
    }
    home.apply(second);
    home.check();
    home.apply(home.draft(3).remove("d"));
    home.check();
  }
}
