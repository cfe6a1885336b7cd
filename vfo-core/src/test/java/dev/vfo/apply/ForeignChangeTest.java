package dev.vfo.apply;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.ForeignChangeException;
import dev.vfo.Identities;
import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.EntryChange;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Another program changes the root between commit and apply: it is told, nothing of it is
 * overwritten, and apply can go on.
 */
class ForeignChangeTest {
  private static final Name A = Name.of("a");
  private static final Name ASIDE = Name.of("aside");

  private static Scenario home() throws StorageException {
    LayerDraft draft = new LayerDraft(0, new ModelTree(1), Map.of());
    draft.file("a", "old a").file("b", "old b").directory("d").file("d/x", "old x");
    return Scenario.of(draft.now);
  }

  private static ApplyWorld open(Scenario scenario) throws StorageException {
    return ApplyWorld.open(scenario.start.fork(), Scenario.ROOT, ApplyWorld.PLAIN);
  }

  /** Expects that the layers cannot be applied, and that home stays as it is then. */
  private static ForeignChangeException assertRefused(ApplyWorld world, Scenario scenario)
      throws Exception {
    List<String> before = world.describe(scenario.identities);
    ForeignChangeException e =
        assertThrows(ForeignChangeException.class, () -> world.recover(scenario.layers));
    assertEquals(before, world.describe(scenario.identities));
    return e;
  }

  private static void assertGoesOn(ApplyWorld world, Scenario scenario) throws Exception {
    world.recover(scenario.layers);
    List<String> found = new ArrayList<>(world.describe(scenario.identities));
    found.removeIf(line -> line.startsWith("/aside"));
    assertEquals(withoutTimes(ApplyWorld.expected(scenario.end)), withoutTimes(found));
  }

  /** Moving things about has changed the root's own time. */
  private static List<String> withoutTimes(List<String> lines) {
    return lines.stream().map(line -> line.replaceFirst(" \\d{19} ", " ")).toList();
  }

  private static void moveAside(ApplyWorld world, Name name) throws StorageException {
    world.storage.rename(world.root, name, world.root, ASIDE, RenameMode.NO_REPLACE);
  }

  @Test
  void newNameIsTaken() throws Exception {
    Scenario scenario = home();
    scenario.add(scenario.draft().file("n", "new").remove("b"));
    try (ApplyWorld world = open(scenario)) {
      world.write(world.root, Name.of("n"), "foreign".getBytes(UTF_8));
      ForeignChangeException e = assertRefused(world, scenario);
      assertEquals("n", e.path());
      assertTrue(e.getMessage().contains("Move it away"), e.getMessage());
      moveAside(world, Name.of("n"));
      assertGoesOn(world, scenario);
    }
  }

  @Test
  void fileWasReplaced() throws Exception {
    Scenario scenario = home();
    scenario.add(scenario.draft().file("a", "new"));
    try (ApplyWorld world = open(scenario)) {
      moveAside(world, A);
      world.write(world.root, A, "foreign".getBytes(UTF_8));
      assertEquals("a", assertRefused(world, scenario).path());
    }
  }

  @Test
  void removedFileWasReplaced() throws Exception {
    Scenario scenario = home();
    scenario.add(scenario.draft().remove("a"));
    try (ApplyWorld world = open(scenario)) {
      moveAside(world, A);
      world.write(world.root, A, "foreign".getBytes(UTF_8));
      assertEquals("a", assertRefused(world, scenario).path());
      world.storage.unlink(world.root, A);
      assertGoesOn(world, scenario);
    }
  }

  @Test
  void removedFileIsGoneAlready() throws Exception {
    Scenario scenario = home();
    scenario.add(scenario.draft().remove("a").remove("d"));
    try (ApplyWorld world = open(scenario)) {
      world.storage.unlink(world.root, A);
      assertGoesOn(world, scenario);
    }
  }

  @Test
  void changedFileIsGone() throws Exception {
    Scenario scenario = home();
    scenario.add(scenario.draft().write("a", 1, "x").file("n", "n"));
    try (ApplyWorld world = open(scenario)) {
      moveAside(world, A);
      ForeignChangeException e = assertRefused(world, scenario);
      assertEquals("a", e.path());
      assertTrue(e.getMessage().contains("Move it back"), e.getMessage());
      world.storage.rename(world.root, ASIDE, world.root, A, RenameMode.NO_REPLACE);
      assertGoesOn(world, scenario);
    }
  }

  @Test
  void movedFileIsGone() throws Exception {
    Scenario scenario = home();
    scenario.add(scenario.draft().rename("a", "d/y"));
    try (ApplyWorld world = open(scenario)) {
      moveAside(world, A);
      assertRefused(world, scenario);
    }
  }

  @Test
  void directoryOnTheWayIsGone() throws Exception {
    Scenario scenario = home();
    scenario.add(scenario.draft().file("d/n", "n"));
    try (ApplyWorld world = open(scenario)) {
      moveAside(world, Name.of("d"));
      assertEquals("d", assertRefused(world, scenario).path());
    }
  }

  @Test
  void removedDirectoryHasForeignFiles() throws Exception {
    Scenario scenario = home();
    scenario.add(scenario.draft().remove("d"));
    try (ApplyWorld world = open(scenario)) {
      int fd = world.storage.open(world.root, Name.of("d"), OpenFlag.READ | OpenFlag.DIRECTORY, 0);
      world.write(fd, Name.of("foreign"), "foreign".getBytes(UTF_8));
      ForeignChangeException e =
          assertThrows(ForeignChangeException.class, () -> world.recover(scenario.layers));
      assertEquals("d", e.path());
      assertTrue(ApplyErrors.statOrNull(world.storage, fd, Name.of("foreign")) != null);
      world.storage.unlink(fd, Name.of("foreign"));
      world.storage.close(fd);
      assertGoesOn(world, scenario);
    }
  }

  @Test
  void orphanIsGone() throws Exception {
    Scenario scenario = home();
    scenario.add(scenario.draft().hold("a").remove("a"));
    LayerDraft draft = scenario.draft();
    draft.write(draft.now.orphans.values().iterator().next(), 0, "patch".getBytes(UTF_8));
    draft.file("n", "n");
    scenario.add(draft);
    try (ApplyWorld world = open(scenario)) {
      world.recover(scenario.layers.subList(0, 1));
      int orphans =
          world.storage.open(
              world.stage, StageNames.ORPHANS, OpenFlag.READ | OpenFlag.DIRECTORY, 0);
      Folders.empty(world.storage, orphans);
      world.storage.close(orphans);
      scenario.end.orphans.clear();
      assertGoesOn(world, scenario);
    }
  }

  /**
   * A file with the same inode number as the one that VFO knows, as ext4 makes it at once; only the
   * generation differs.
   */
  private static void replaceWithSameNumber(ApplyWorld world) throws StorageException {
    long number = world.storage.stat(world.root, A).identity().inode();
    world.storage.unlink(world.root, A);
    world.storage.syncFileSystem(world.root);
    for (int i = 0; i < 100; i++) {
      Name name = Name.of("try" + i);
      world.write(world.root, name, "foreign".getBytes(UTF_8));
      if (world.storage.stat(world.root, name).identity().inode() == number) {
        world.storage.rename(world.root, name, world.root, A, RenameMode.NO_REPLACE);
        return;
      }
    }
    throw new AssertionError("the storage does not use inode numbers again");
  }

  @Test
  void sameNumberIsNotTheSameFile() throws Exception {
    Scenario scenario = home();
    scenario.add(scenario.draft().write("a", 0, "patch"));
    try (ApplyWorld world = open(scenario)) {
      replaceWithSameNumber(world);
      assertEquals("a", assertRefused(world, scenario).path());
    }
  }

  /**
   * The test above must be able to see it: an applier that goes by the number alone overwrites the
   * other program's file.
   */
  @Test
  void canaryNumberWithoutGeneration() throws Exception {
    Scenario scenario = home();
    scenario.add(scenario.draft().write("a", 0, "patch"));
    ApplyWorld.Maker maker =
        target ->
            ApplyWorld.PLAIN.make(
                new ApplyTarget(
                    withoutGenerations(target.storage()),
                    target.rootId(),
                    target.rootFd(),
                    target.stageFd(),
                    target.fileSystemFd()));
    try (ApplyWorld world = ApplyWorld.open(scenario.start.fork(), Scenario.ROOT, maker)) {
      replaceWithSameNumber(world);
      List<String> before = world.describe(scenario.identities);
      world.recover(List.of(withoutGenerations(scenario.layers.getFirst())));
      assertFalse(before.equals(world.describe(scenario.identities)));
    }
  }

  private static Storage withoutGenerations(Storage storage) {
    return Tampered.with(
        storage,
        (method, arguments, rest) -> {
          Object answer = rest.call();
          return answer instanceof FileStat stat ? Identities.withoutGeneration(stat) : answer;
        });
  }

  private static ChangeSet withoutGenerations(ChangeSet changes) {
    List<EntryChange> entries = new ArrayList<>();
    for (EntryChange entry : changes.entries()) {
      FileIdentity identity = entry.identity();
      entries.add(
          new EntryChange(
              entry.number(),
              entry.type(),
              identity == null ? null : new FileIdentity(identity.inode(), 0),
              entry.created(),
              entry.before(),
              entry.fate(),
              entry.attributes(),
              entry.data(),
              entry.symlinkTarget(),
              entry.device()));
    }
    return new ChangeSet(changes.layer(), changes.rootNumber(), entries, changes.names());
  }

  /** Does something on the root just before the first call of a kind. */
  private static ApplyWorld.Maker disturbed(String call, Disturbance disturbance) {
    return target -> {
      boolean[] done = {false};
      Storage tampered =
          Tampered.with(
              target.storage(),
              (method, arguments, rest) -> {
                if (!done[0] && method.equals(call) && isAtHome(target, arguments)) {
                  done[0] = true;
                  disturbance.run(target);
                }
                return rest.call();
              });
      return ApplyWorld.PLAIN.make(
          new ApplyTarget(
              tampered, target.rootId(), target.rootFd(), target.stageFd(), target.fileSystemFd()));
    };
  }

  private static boolean isAtHome(ApplyTarget target, Object[] arguments) {
    for (Object argument : arguments) {
      if (argument.equals(target.rootFd())) {
        return true;
      }
    }
    return false;
  }

  /** What another program does. */
  interface Disturbance {
    void run(ApplyTarget target) throws StorageException;
  }

  private static void putForeign(ApplyTarget target, Name name) throws StorageException {
    int flags = OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.EXCLUSIVE;
    target.storage().close(target.storage().open(target.rootFd(), name, flags, 0600));
  }

  @Test
  void newNameIsTakenAtTheLastMoment() throws Exception {
    Scenario scenario = home();
    scenario.add(scenario.draft().file("n", "new"));
    Name name = Name.of("n");
    ApplyWorld.Maker maker = disturbed("rename", target -> putForeign(target, name));
    try (ApplyWorld world = ApplyWorld.open(scenario.start.fork(), Scenario.ROOT, maker)) {
      assertThrows(ForeignChangeException.class, () -> world.recover(scenario.layers));
      assertEquals(0, world.storage.stat(world.root, name).sizeBytes());
      assertThrows(ForeignChangeException.class, () -> world.recover(scenario.layers));
      moveAside(world, name);
      assertGoesOn(world, scenario);
    }
  }

  @Test
  void fileIsReplacedWhileTheStageIsMade() throws Exception {
    Scenario scenario = home();
    scenario.add(scenario.draft().file("a", "new"));
    Disturbance disturbance =
        target -> {
          target.storage().unlink(target.rootFd(), A);
          putForeign(target, A);
        };
    ApplyWorld.Maker maker =
        target -> {
          ApplyTarget[] plain = {target};
          return new Applier(
              target,
              new java.util.concurrent.locks.ReentrantLock(),
              ApplyObserver.NONE,
              (layer, bytes) -> {
                if (bytes == 0 && plain[0] != null) {
                  plain[0] = null;
                  disturbance.run(target);
                }
              });
        };
    try (ApplyWorld world = ApplyWorld.open(scenario.start.fork(), Scenario.ROOT, maker)) {
      assertThrows(ForeignChangeException.class, () -> world.recover(scenario.layers));
      assertEquals(0, world.storage.stat(world.root, A).sizeBytes());
    }
  }
}
