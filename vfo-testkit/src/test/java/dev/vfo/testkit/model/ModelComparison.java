package dev.vfo.testkit.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.FileStat;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.harness.HomeComparison;
import dev.vfo.testkit.history.FileOperation;
import dev.vfo.testkit.history.History;
import dev.vfo.testkit.history.HistoryClock;
import dev.vfo.testkit.history.Move;
import dev.vfo.testkit.history.Operation;
import dev.vfo.testkit.history.Outcome;
import dev.vfo.testkit.history.Profile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A history on {@link FileModel} and on a directory, every result, errno and time compared. */
final class ModelComparison {
  private final HistoryClock clock = new HistoryClock();
  private final Storage storage;
  private final int root;
  private final History history;
  private final PlainFiles kernel;
  private final FileModel model;
  private final Map<TreePath, Long> known = new HashMap<>();

  ModelComparison(Storage storage, int root, History history) {
    this.storage = storage;
    this.root = root;
    this.history = history;
    kernel = new PlainFiles(storage, root);
    model = new FileModel(clock, storage.effectiveUid(), storage.effectiveGid(), 0755);
  }

  /** Kinds of history that a plain directory can have. */
  static Stream<Profile> profiles() {
    return Stream.of(Profile.DATA, Profile.NAMES, Profile.MIXED, Profile.ORPHANS)
        .map(profile ->
            profile
                .with(Move.EXCHANGE, 10)
                .without(Move.CHECKPOINT, Move.SEAL, Move.COMMIT, Move.ROLLBACK)
                .without(Move.AWAIT_APPLIED, Move.BACKGROUND, Move.REOPEN)
                // A storage cannot do it.
                .without(Move.UNNAMED)
                .withLimits(profile.limits().withExtras(true, true)));
  }

  void run() throws StorageException {
    kernel.setTimes(TreePath.ROOT, 1, 1);
    model.setTimes(TreePath.ROOT, 1, 1);
    List<Operation> all =
        Stream.concat(history.setup().stream(), history.operations().stream()).toList();
    for (int i = 0; i < all.size(); i++) {
      clock.setOperation(i);
      String where = history.profile() + " " + history.seed() + " " + i + ": " + all.get(i);
      compare(where, (FileOperation) all.get(i));
    }
    assertEquals(List.of(), new HomeComparison().differences(storage, root, model));
    kernel.close();
  }

  private void compare(String where, FileOperation operation) throws StorageException {
    Outcome expected = Outcome.of(operation, model);
    Outcome actual = Outcome.of(operation, kernel);
    assertTrue(
        withoutUnknownTimes(expected).accepts(withoutUnknownTimes(actual)),
        () -> where + ": " + expected.differenceTo(actual) + "\n" + history);
    boolean free = operation instanceof FileOperation.Allocate;
    compareTimes(where, TreePath.ROOT, model.root(), free);
  }

  /** The time of a file without a name cannot be set to that of the model. */
  private static Outcome withoutUnknownTimes(Outcome outcome) {
    if (outcome instanceof Outcome.Attributes(FileAttributes attributes)
        && attributes.linkCount() == 0) {
      return new Outcome.Attributes(attributes.withModifyNanos(0));
    }
    return outcome;
  }

  /**
   * A file has the time that was set, or another one when the model says that it was modified; then
   * it gets the model's time.
   *
   * @param free file systems differ on whether this operation modifies a file
   */
  private void compareTimes(String where, TreePath path, ModelFile file, boolean free)
      throws StorageException {
    long expected = file.modifyNanos;
    long actual = kernel.stat(path).modifyNanos();
    if (expected == clock.getAsLong()) {
      if (!free) {
        assertNotEquals(known.get(path), (Long) actual, () -> where + ": " + path);
      }
      kernel.setTimes(path, FileStat.OMIT_TIME, expected);
    } else {
      assertEquals(expected, actual, () -> where + ": " + path);
    }
    known.put(path, expected);
    for (Map.Entry<Name, ModelFile> child : file.children().entrySet()) {
      compareTimes(where, path.child(child.getKey()), child.getValue(), free);
    }
  }
}
