package dev.vfo.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.vfo.ForeignChangeException;
import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Apply by another user than 0, on files of his own that are closed to himself. */
class OwnRightsTest {
  private static final int USER = 1000;
  private static final Name A = Name.of("a");
  private static final Name D = Name.of("d");
  private static final Name E = Name.of("e");
  private static final Name X = Name.of("x");

  private final List<String> modesSet = new ArrayList<>();
  private final Scenario scenario = scenario();
  private final Storage disk = scenario.start.fork();
  private final ApplyWorld world = ApplyWorld.open(asUser(disk), Scenario.ROOT, ApplyWorld.PLAIN);
  private int d;
  private int e;

  OwnRightsTest() throws StorageException {}

  /** A file that cannot be written, and a directory in another, none of which can be searched. */
  private static Scenario scenario() throws StorageException {
    LayerDraft home = new LayerDraft(0, new ModelTree(1), Map.of());
    home.file("a", "old a").directory("d").directory("d/e");
    Scenario scenario = Scenario.of(home.now);
    LayerDraft draft = scenario.draft();
    draft.write("a", 0, "new").mode("a", 0600);
    draft.mode("d", 0751).mode("d/e", 0751).file("d/e/x", "new");
    scenario.add(draft);
    return scenario;
  }

  @BeforeEach
  void close() throws StorageException {
    d = disk.open(world.root, D, OpenFlag.PATH, 0);
    e = disk.open(d, E, OpenFlag.PATH, 0);
    disk.changeOwner(d, E, USER, USER);
    disk.changeMode(d, E, 0);
    for (Name name : List.of(A, D)) {
      disk.changeOwner(world.root, name, USER, USER);
    }
    disk.changeMode(world.root, A, 0400);
    disk.changeMode(world.root, D, 0);
  }

  /** The simulated disk answers as for user 0: here directories must be searchable. */
  private Storage asUser(Storage real) {
    return Tampered.with(
        real,
        (method, arguments, rest) -> {
          if (method.equals("effectiveUid")) {
            return USER;
          }
          boolean named = arguments.length > 1 && arguments[1] instanceof Name;
          if (named && (real.stat((int) arguments[0]).mode() & 0100) == 0) {
            throw new StorageException(Errno.EACCES, method, arguments[1].toString());
          }
          if (named && method.equals("changeMode")) {
            modesSet.add(arguments[1] + " " + Integer.toOctalString((int) arguments[2]));
          }
          return rest.call();
        });
  }

  private List<Integer> modes() throws StorageException {
    return List.of(
        disk.stat(world.root, A).mode(), disk.stat(world.root, D).mode(), disk.stat(d, E).mode());
  }

  private void assertRefused() throws StorageException {
    List<Integer> before = modes();
    assertThrows(ForeignChangeException.class, () -> world.recover(scenario.layers));
    assertEquals(before, modes());
  }

  @Test
  void nothingIsChangedBeforeItIsKnownThatItMayBe() throws StorageException {
    disk.makeDirectory(e, X, 0700);
    assertRefused();
    // To look, and back again: what is inside first.
    assertEquals(List.of("d 100", "e 100", "e 0", "d 0"), modesSet);
  }

  @Test
  void applyGoesOnWhenTheWayIsFree() throws Exception {
    disk.makeDirectory(e, X, 0700);
    assertRefused();
    disk.removeDirectory(e, X);
    world.recover(scenario.layers);
    assertEquals(List.of(0600, 0751, 0751), modes());
    assertEquals(3, disk.stat(e, X).sizeBytes());
  }
}
