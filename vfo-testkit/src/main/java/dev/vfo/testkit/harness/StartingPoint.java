package dev.vfo.testkit.harness;

import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.SimulationOptions;
import dev.vfo.testkit.history.CheckpointModel.Decided;
import dev.vfo.testkit.history.FileOperation;
import dev.vfo.testkit.history.History;
import dev.vfo.testkit.history.HistoryClock;
import dev.vfo.testkit.history.Outcome;
import dev.vfo.testkit.model.FileModel;
import dev.vfo.testkit.model.ModelFile;
import dev.vfo.testkit.model.PlainFiles;
import dev.vfo.testkit.model.TreePath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** The first tree of a history: on a storage, all of it durable, and as a model. */
final class StartingPoint {
  /** Where the root is. */
  static final Path ROOT = Path.of("/data/root");

  private final HistoryClock clock = new HistoryClock();
  private final SimulatedStorage storage;
  private final FileModel tree;

  StartingPoint(History history, SimulationOptions options) throws StorageException {
    storage = new SimulatedStorage(options);
    storage.makeDirectory(ROOT);
    int root = storage.openRoot(ROOT);
    tree = new FileModel(clock, storage.effectiveUid(), storage.effectiveGid(), 0755);
    try (PlainFiles files = new PlainFiles(storage, root)) {
      for (int i = 0; i < history.setup().size(); i++) {
        clock.setOperation(i - history.setup().size());
        if (makesSense(history.setup().get(i))) {
          both(history.setup().get(i), files);
        }
      }
      tree.closeAll();
      finish(TreePath.ROOT, tree.root(), files);
    }
    tree.root().forgetModification();
    tag(root, tree.root());
    storage.syncFileSystem(root);
    storage.close(root);
    if (storage.openDescriptors() != 0) {
      throw new CheckFailure("descriptors left open", storage.describeDescriptors());
    }
  }

  /** In a history that was made smaller a handle may not be free. */
  private boolean makesSense(FileOperation operation) {
    return !(operation instanceof FileOperation.Open open)
        || !tree.openHandles().contains(open.handle());
  }

  private void both(FileOperation operation, PlainFiles files) {
    Outcome expected = Outcome.of(operation, tree);
    Outcome actual = Outcome.of(operation, files);
    boolean same = expected instanceof Outcome.Attributes || expected.accepts(actual);
    if (!same) {
      throw new CheckFailure("setup " + operation + ": " + expected.differenceTo(actual));
    }
  }

  /** Sets the times of the model on the storage, which has others. */
  private static void finish(TreePath path, ModelFile file, PlainFiles files)
      throws StorageException {
    for (Map.Entry<Name, ModelFile> child : file.children().entrySet()) {
      finish(path.child(child.getKey()), child.getValue(), files);
    }
    if (!path.isRoot()) {
      files.setTimes(path, FileStat.OMIT_TIME, file.attributes().modifyNanos());
    }
  }

  /** Gives the files an extended attribute that is there before any program. */
  private void tag(int directory, ModelFile model) throws StorageException {
    for (Map.Entry<Name, ModelFile> child : model.children().entrySet()) {
      ModelFile file = child.getValue();
      if (file.type() != FileType.SYMLINK && !file.xattrs().containsKey(HomeComparison.TAG)) {
        byte[] value = child.getKey().toString().getBytes(StandardCharsets.UTF_8);
        storage.setXattr(directory, child.getKey(), HomeComparison.TAG, value);
        file.setXattr(HomeComparison.TAG, value);
      }
      if (file.isDirectory()) {
        int fd = storage.open(directory, child.getKey(), OpenFlag.READ | OpenFlag.DIRECTORY, 0);
        tag(fd, file);
        storage.close(fd);
      }
    }
  }

  /** The clock of the model, for all that is done with it. */
  HistoryClock clock() {
    return clock;
  }

  /** A new storage that has the tree. */
  SimulatedStorage storage() {
    return storage.fork();
  }

  /** The tree as what a subject has before its first checkpoint. */
  Acknowledged nothing() {
    return Acknowledged.of(0, new Decided(0, null, tree.copy(), 0));
  }
}
