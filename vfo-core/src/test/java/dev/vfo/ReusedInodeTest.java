package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.FileImage;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.TreeImage;
import dev.vfo.testkit.harness.ForwardingStorage;
import dev.vfo.testkit.history.ControlOperation;
import dev.vfo.testkit.history.FileOperation;
import dev.vfo.testkit.history.History;
import dev.vfo.testkit.history.HistoryClock;
import dev.vfo.testkit.history.HistoryGenerator;
import dev.vfo.testkit.history.Operation;
import dev.vfo.testkit.history.Outcome;
import dev.vfo.testkit.history.Profile;
import dev.vfo.testkit.model.PlainFiles;
import dev.vfo.testkit.model.TreePath;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * The process was killed with checkpoints that are not applied, and then another program deletes a
 * file that they change and makes one of the same name: the file system gives it the same inode
 * number at once, and only the generation tells (C11). Opening must refuse (R41) and leave it as it
 * is.
 *
 * <p>It takes another program: in a history of the engine alone a number never comes again while a
 * layer or an entry in memory still speaks of its file.
 */
class ReusedInodeTest {
  private static final Path ROOT = Path.of("/data/root");
  private static final Name CONTROL = Name.of(".vfo");
  private static final int HISTORIES = 60;
  private static final int WANTED = 60;
  private static final int TRIES = 200;
  private static final String FOREIGN = "foreign";

  private final UnaryOperator<Storage> none = UnaryOperator.identity();

  /** Replaces the files of a history, at each of its checkpoints; returns how many. */
  private static int run(History history, UnaryOperator<Storage> breaking) throws IOException {
    HistoryClock clock = new HistoryClock();
    SimulatedStorage disk = new SimulatedStorage();
    disk.makeDirectory(ROOT);
    setUp(history, disk);
    int replaced = 0;
    EngineSubject subject = new EngineSubject(breaking.apply(disk), ROOT, clock);
    for (int i = 0; i < history.operations().size(); i++) {
      clock.setOperation(i);
      Operation operation = history.operations().get(i);
      switch (operation) {
        case FileOperation file -> Outcome.of(file, subject);
        case ControlOperation.Reopen() -> {
          subject.close();
          subject = new EngineSubject(breaking.apply(disk), ROOT, clock);
        }
        case ControlOperation control -> Outcome.of(control, subject);
      }
      if (operation instanceof ControlOperation.Checkpoint
          || operation instanceof ControlOperation.Commit) {
        String when = "seed %d, operation %d".formatted(history.seed(), i);
        replaced += replaceAll(disk.killProcess(), breaking, clock, when);
      }
    }
    subject.close();
    return replaced;
  }

  private static void setUp(History history, SimulatedStorage disk) throws IOException {
    int root = disk.openRoot(ROOT);
    try (PlainFiles files = new PlainFiles(disk, root)) {
      history.setup().forEach(operation -> Outcome.of(operation, files));
    }
    disk.syncFileSystem(root);
    disk.close(root);
  }

  private static TreeImage home(SimulatedStorage disk) throws StorageException {
    int root = disk.openRoot(ROOT);
    try {
      return TreeImage.read(disk, root, CONTROL);
    } finally {
      disk.close(root);
    }
  }

  private static int replaceAll(
      SimulatedStorage left, UnaryOperator<Storage> breaking, HistoryClock clock, String when)
      throws IOException {
    TreeImage before = home(left);
    SimulatedStorage applied = left.fork();
    new EngineSubject(breaking.apply(applied), ROOT, clock).close();
    TreeImage after = home(applied);
    int replaced = 0;
    for (TreePath path : before.files().keySet()) {
      if (isChanged(path, before, after)) {
        replace(left.fork(), path.name(), breaking, clock, when);
        replaced++;
      }
    }
    return replaced;
  }

  /** A file in the root itself, so that its name belongs to it alone, of other content now. */
  private static boolean isChanged(TreePath path, TreeImage before, TreeImage after) {
    FileImage old = before.files().get(path);
    if (old == null
        || path.isRoot()
        || !path.parent().isRoot()
        || old.type() != FileType.REGULAR
        || old.linkCount() != 1) {
      return false;
    }
    FileImage now = after.files().get(path);
    return now == null
        || now.content() == null
        || old.content() == null
        || !old.content().equals(now.content());
  }

  private static void replace(
      SimulatedStorage disk,
      Name name,
      UnaryOperator<Storage> breaking,
      HistoryClock clock,
      String when)
      throws IOException {
    int root = disk.openRoot(ROOT);
    makeForeign(disk, root, name);
    FileStat foreign = disk.stat(root, name);
    String what = when + ": the foreign file " + name;
    try {
      new EngineSubject(breaking.apply(disk), ROOT, clock).close();
      throw new AssertionError(what + " was taken for the one that had its number");
    } catch (ForeignChangeException e) {
      // As it should be. The path may be the one that the layer gives the file which is gone.
      assertFalse(e.path().isEmpty(), () -> what + ": " + e.getMessage());
    }
    FileStat left = disk.stat(root, name);
    assertTrue(
        left.identity().equals(foreign.identity())
            && left.mode() == foreign.mode()
            && left.modifyNanos() == foreign.modifyNanos()
            && left.sizeBytes() == FOREIGN.length(),
        () -> what + " was changed: " + left);
    disk.close(root);
  }

  private static void makeForeign(SimulatedStorage disk, int root, Name name)
      throws StorageException {
    long number = disk.stat(root, name).identity().inode();
    disk.unlink(root, name);
    disk.syncFileSystem(root);
    for (int i = 0; i < TRIES; i++) {
      int flags = OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.EXCLUSIVE;
      Name tried = Name.of("try " + i);
      int fd = disk.open(root, tried, flags, 0640);
      if (disk.stat(fd).identity().inode() == number) {
        write(disk, fd);
        disk.close(fd);
        disk.rename(root, tried, root, name, RenameMode.NO_REPLACE);
        return;
      }
      disk.close(fd);
    }
    throw new AssertionError("the storage does not use inode numbers again");
  }

  private static void write(SimulatedStorage disk, int fd) throws StorageException {
    try (Arena arena = Arena.ofConfined()) {
      disk.write(fd, arena.allocate(FOREIGN.length()).copyFrom(bytes()), 0);
    }
  }

  private static MemorySegment bytes() {
    return MemorySegment.ofArray(FOREIGN.getBytes(UTF_8));
  }

  private static int runAll(UnaryOperator<Storage> breaking) throws IOException {
    List<HistoryGenerator> kinds = Profile.ALL.stream().map(HistoryGenerator::new).toList();
    int replaced = 0;
    for (int seed = 1; seed <= HISTORIES; seed++) {
      replaced += run(kinds.get(seed % kinds.size()).generate(seed), breaking);
    }
    return replaced;
  }

  @Test
  void aFileWithTheNumberOfAnotherIsForeign() throws IOException {
    int replaced = runAll(none);
    System.out.println("vfo: files replaced by ones with the same number: " + replaced);
    assertTrue(replaced >= WANTED, "replaced only " + replaced);
  }

  /** Canary: an engine that goes by the number alone must be caught, and by nothing else. */
  @Test
  void inodeNumbersWithoutGenerations() {
    AssertionError caught = assertThrows(AssertionError.class, () -> runAll(Blind::new));
    assertTrue(
        String.valueOf(caught.getMessage()).contains("was taken for the one that had its number"),
        caught::toString);
  }

  /** A file system that does not tell generations. */
  private static final class Blind extends ForwardingStorage {
    Blind(Storage target) {
      super(target);
    }

    @Override
    public FileStat stat(int fd) throws StorageException {
      return Identities.withoutGeneration(super.stat(fd));
    }

    @Override
    public FileStat stat(int directory, Name name) throws StorageException {
      return Identities.withoutGeneration(super.stat(directory, name));
    }
  }
}
