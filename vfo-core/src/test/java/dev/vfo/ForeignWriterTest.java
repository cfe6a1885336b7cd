package dev.vfo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.SimulatedStorage;
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
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Another program works in the root all the time while generated histories run: between any two
 * operations, right before each commit, and when the process was killed with layers that are not
 * applied. What it wrote and the step did not see is never overwritten and never lost: the commit
 * is refused, or the apply, or the step has nothing to do with it.
 */
class ForeignWriterTest {
  private static final Path ROOT = Path.of("/data/root");
  private static final int HISTORIES = Integer.getInteger("vfo.foreignHistories", 400);

  /** What happened in all histories. */
  private static final class Counts {
    int commits;
    int refused;
    int recovered;
    int refusedRecoveries;
    int won;
    int late;
    int stuck;

    @Override
    public String toString() {
      return "commits %d, refused %d, recoveries %d, refused %d, then theirs won %d, late %d, stuck %d"
          .formatted(commits, refused, recovered, refusedRecoveries, won, late, stuck);
    }
  }

  /** One history, played with a foreign writer. */
  private static final class Run {
    final History history;
    final UnaryOperator<Storage> breaking;
    final Counts counts;
    final HistoryClock clock = new HistoryClock();
    final SimulatedStorage disk = new SimulatedStorage();
    final Random random;
    final List<Name> wishes;
    EngineSubject subject;
    ForeignWriter foreign;
    String when = "";

    /**
     * What is sealed and not decided: a refused commit ends in a rollback that no history knows.
     */
    final List<Integer> sealed = new ArrayList<>();

    Run(History history, UnaryOperator<Storage> breaking, Counts counts) throws IOException {
      this.history = history;
      this.breaking = breaking;
      this.counts = counts;
      random = new Random(history.seed());
      wishes = wishes(history);
      disk.makeDirectory(ROOT);
      int root = disk.openRoot(ROOT);
      try (PlainFiles files = new PlainFiles(disk, root)) {
        history.setup().forEach(operation -> Outcome.of(operation, files));
      }
      disk.syncFileSystem(root);
      disk.close(root);
      subject = open(disk);
      foreign = new ForeignWriter(disk, ROOT, random, wishes);
    }

    private EngineSubject open(SimulatedStorage on) throws IOException {
      return new EngineSubject(breaking.apply(on), ROOT, clock);
    }

    void run() throws IOException {
      for (int i = 0; i < history.operations().size(); i++) {
        clock.setOperation(i);
        when = "seed %d, operation %d".formatted(history.seed(), i);
        boolean goesOn = perform(history.operations().get(i));
        if (!goesOn) {
          counts.stuck++;
          foreign.close();
          return;
        }
      }
      foreign.close();
    }

    /** False when apply is stuck: nothing can be told any more. */
    private boolean perform(Operation operation) throws IOException {
      return switch (operation) {
        case FileOperation file -> {
          if (random.nextInt(6) == 0) {
            foreign.act();
          }
          requireNoCrash(Outcome.of(file, subject));
          foreign.forget();
          yield true;
        }
        case ControlOperation.Reopen() -> true;
        case ControlOperation.Checkpoint checkpoint -> {
          sealed.clear();
          yield commit(checkpoint);
        }
        case ControlOperation.Commit commit -> {
          int at = sealed.indexOf(commit.slot());
          sealed.subList(0, at + 1).clear();
          yield at < 0 || commit(commit);
        }
        case ControlOperation.Seal seal when sealed.contains(seal.slot()) -> true;
        case ControlOperation control -> {
          Outcome outcome = Outcome.of(control, subject);
          requireIntact();
          if (control instanceof ControlOperation.Seal(int slot)) {
            sealed.add(slot);
          } else if (control instanceof ControlOperation.Rollback) {
            sealed.clear();
          }
          yield !(outcome instanceof Outcome.Failed);
        }
      };
    }

    private void requireNoCrash(Outcome outcome) {
      if (outcome instanceof Outcome.Failed(Exception cause) && !(cause instanceof IOException)) {
        throw new AssertionError(when + ": " + cause, cause);
      }
    }

    private boolean commit(ControlOperation operation) throws IOException {
      int acts = random.nextInt(3);
      for (int i = 0; i < acts; i++) {
        foreign.act();
      }
      Outcome outcome = Outcome.of(operation, subject);
      requireIntact();
      if (outcome instanceof Outcome.Failed(ForeignChangeException _)) {
        counts.refused++;
        subject.rollback();
        sealed.clear();
        requireIntact();
        return true;
      }
      if (!(outcome instanceof Outcome.Committed)) {
        requireNoCrash(outcome);
        return false;
      }
      counts.commits++;
      if (random.nextInt(3) == 0) {
        crash();
      }
      if (random.nextBoolean()) {
        try {
          subject.awaitApplied();
        } catch (StuckApplyException e) {
          requireIntact();
          return false;
        }
        requireIntact();
      }
      return true;
    }

    private void requireIntact() throws StorageException {
      assertEquals("", foreign.lost(), () -> when + ": the foreign writer's");
    }

    /**
     * The process is killed; the other program goes on, and then the root is opened again: by
     * somebody who is told, and then lets the other program win.
     */
    private void crash() throws IOException {
      SimulatedStorage left = disk.killProcess();
      try (ForeignWriter other = new ForeignWriter(left, ROOT, random, wishes)) {
        other.act();
        other.act();
        String opened = "opened again";
        try {
          open(left).close();
          counts.recovered++;
        } catch (ForeignChangeException e) {
          counts.refusedRecoveries++;
          opened = e.getMessage();
          assertEquals("", other.lost(), when + ", killed, refused: the foreign writer's");
          letWin(left);
        }
        String how = opened;
        assertEquals("", other.lost(), () -> when + ", killed: the foreign writer's; " + how);
      }
    }

    /** Whoever opens it after that finds a root like any other. */
    private void letWin(SimulatedStorage left) throws IOException {
      Options options = EngineSubject.options(breaking.apply(left), clock);
      List<String> givenUp;
      try (VirtualFileManager manager =
          VirtualFileManager.open(ROOT, options.withConflictPolicy(ConflictPolicy.THEIRS))) {
        givenUp = manager.givenUp();
      } catch (ForeignChangeException e) {
        // It was too late: an apply had begun before the process was killed.
        counts.late++;
        return;
      }
      assertFalse(givenUp.isEmpty(), when);
      try (VirtualFileManager manager = VirtualFileManager.open(ROOT, options)) {
        assertEquals(List.of(), manager.givenUp(), when);
        counts.won++;
      }
    }

    private static List<Name> wishes(History history) {
      List<Name> names = new ArrayList<>();
      for (Operation operation : history.operations()) {
        for (RecordComponent component : operation.getClass().getRecordComponents()) {
          try {
            if (component.getAccessor().invoke(operation) instanceof TreePath path
                && !path.isRoot()) {
              names.add(path.name());
            }
          } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
          }
        }
      }
      names.add(Name.of("theirs"));
      names.removeIf(name -> name.equals(Name.of(".vfo")));
      return names;
    }
  }

  private static Counts runAll(UnaryOperator<Storage> breaking) throws IOException {
    List<HistoryGenerator> kinds = Profile.ALL.stream().map(HistoryGenerator::new).toList();
    Counts counts = new Counts();
    for (int seed = 1; seed <= HISTORIES; seed++) {
      new Run(kinds.get(seed % kinds.size()).generate(seed), breaking, counts).run();
    }
    return counts;
  }

  @Test
  void nothingOfTheirsIsLost() throws IOException {
    Counts counts = runAll(UnaryOperator.identity());
    System.out.println("vfo: with a foreign writer: " + counts);
    assertTrue(counts.commits > HISTORIES / 4, counts::toString);
    assertTrue(counts.refused > HISTORIES / 8, counts::toString);
    assertTrue(counts.recovered > HISTORIES / 16, counts::toString);
    assertTrue(counts.refusedRecoveries > HISTORIES / 32, counts::toString);
    assertTrue(counts.won > HISTORIES / 40, counts::toString);
  }

  /** Canary: an engine that does not compare when files were written. */
  @Test
  void timesThatAreNotCompared() {
    assertCaught(stat -> with(stat, stat.mode(), 0));
  }

  /** Canary: an engine that does not compare the rights of files. */
  @Test
  void modesThatAreNotCompared() {
    assertCaught(stat -> with(stat, 0600, stat.modifyNanos()));
  }

  private static void assertCaught(UnaryOperator<FileStat> seen) {
    AssertionError caught =
        assertThrows(AssertionError.class, () -> runAll(disk -> new Blind(disk, seen)));
    assertTrue(String.valueOf(caught.getMessage()).contains("foreign writer's"), caught::toString);
  }

  private static FileStat with(FileStat stat, int mode, long modifyNanos) {
    return new FileStat(
        new FileIdentity(stat.identity().inode(), stat.identity().generation()),
        stat.mountDevice(),
        stat.type(),
        mode,
        stat.linkCount(),
        stat.uid(),
        stat.gid(),
        stat.device(),
        stat.sizeBytes(),
        stat.blocks512(),
        stat.accessNanos(),
        modifyNanos,
        stat.changeNanos());
  }

  /** Shows files as they are not. */
  private static final class Blind extends ForwardingStorage {
    private final UnaryOperator<FileStat> seen;

    Blind(Storage target, UnaryOperator<FileStat> seen) {
      super(target);
      this.seen = seen;
    }

    @Override
    public FileStat stat(int fd) throws StorageException {
      return seen.apply(super.stat(fd));
    }

    @Override
    public FileStat stat(int directory, Name name) throws StorageException {
      return seen.apply(super.stat(directory, name));
    }
  }
}
