package dev.vfo.testkit.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.FileType;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.history.ControlOperation;
import dev.vfo.testkit.history.History;
import dev.vfo.testkit.history.HistoryClock;
import dev.vfo.testkit.history.Profile;
import dev.vfo.testkit.history.SubjectFactory;
import dev.vfo.testkit.model.TreePath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The harness lets a right engine pass, and finds what is wrong with wrong ones. */
class HarnessTest {
  private static final HarnessOptions OPTIONS = HarnessOptions.defaults().withoutReserve();

  @Test
  void aRightEnginePasses() {
    Counts counts =
        new Campaign(ToySubject::new, OPTIONS, Profile.ALL, 1).runUntilRecoveries(4000, 2);
    assertTrue(counts.recoveries() >= 4000, counts::toString);
    for (Counts.What what : Counts.What.values()) {
      assertTrue(counts.get(what) > 0, () -> what + " of " + counts);
    }
  }

  @Test
  void theSameSeedDoesTheSame() {
    Counts first =
        new Campaign(ToySubject::new, OPTIONS, Profile.ALL, 50).runUntilRecoveries(300, 1);
    Counts second =
        new Campaign(ToySubject::new, OPTIONS, Profile.ALL, 50).runUntilRecoveries(300, 1);
    assertEquals(first.toString(), second.toString());
  }

  @Test
  void anEngineThatWritesAtOnceFails() {
    HistoryFailure failure = failureOf(DirectSubject::new);
    assertTrue(failure.history().size() <= 1, failure::getMessage);
    History history = History.parse("MakeDirectory[path=/a, mode=0755]");
    CrashHarness harness = new CrashHarness(DirectSubject::new, OPTIONS);
    HistoryFailure found = assertThrows(HistoryFailure.class, () -> harness.run(history));
    assertEquals(
        "the root after operation 0 is not that of no checkpoint",
        found.summary().lines().findFirst().orElse(""));
  }

  @Test
  void anUnsyncedFileIsFound() {
    failureOf((storage, root, clock) -> new ToySubject(new WithoutFileSync(storage), root, clock));
  }

  @Test
  void anUnsyncedDirectoryIsFound() {
    failureOf(
        (storage, root, clock) -> new ToySubject(new WithoutDirectorySync(storage), root, clock));
  }

  @Test
  void aPlantedBugIsMadeSmall() {
    HistoryFailure failure = failureOf(ForgetsModes::new);
    assertTrue(failure.history().size() <= 3, failure::getMessage);
    assertTrue(failure.getMessage().contains("mode="), failure::getMessage);
    History again = History.parse(failure.history().toText());
    assertEquals(failure.history(), again);
    assertThrows(
        HistoryFailure.class, () -> new CrashHarness(ForgetsModes::new, OPTIONS).run(again));
  }

  @Test
  void aBugThatOnlyACrashShowsIsMadeSmall() {
    HistoryFailure failure =
        failureOf((storage, root, clock) ->
            new ToySubject(new WithoutDirectorySync(storage), root, clock));
    List<?> operations = failure.history().operations();
    assertTrue(failure.history().size() <= 3, failure::getMessage);
    assertTrue(
        operations.stream().anyMatch(ControlOperation.Checkpoint.class::isInstance),
        failure::getMessage);
  }

  private static HistoryFailure failureOf(SubjectFactory factory) {
    Campaign campaign = new Campaign(factory, OPTIONS, Profile.ALL, 1);
    return assertThrows(HistoryFailure.class, () -> campaign.runUntilRecoveries(5000, 1));
  }

  /** A storage whose syncs of files do nothing. */
  private static final class WithoutFileSync extends ForwardingStorage {
    WithoutFileSync(Storage target) {
      super(target);
    }

    @Override
    public void sync(int fd) throws StorageException {
      if (stat(fd).type() == FileType.DIRECTORY) {
        super.sync(fd);
      }
    }
  }

  /** A storage whose syncs of directories do nothing. */
  private static final class WithoutDirectorySync extends ForwardingStorage {
    WithoutDirectorySync(Storage target) {
      super(target);
    }

    @Override
    public void sync(int fd) throws StorageException {
      if (stat(fd).type() != FileType.DIRECTORY) {
        super.sync(fd);
      }
    }
  }

  /** An engine that does not change modes. */
  private static final class ForgetsModes extends ToySubject {
    ForgetsModes(Storage storage, Path path, HistoryClock clock) throws IOException {
      super(storage, path, clock);
    }

    @Override
    public void changeMode(TreePath path, int mode) throws IOException {
      super.changeMode(path, super.stat(path).mode());
    }
  }
}
