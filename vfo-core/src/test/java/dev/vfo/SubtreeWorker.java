package dev.vfo;

import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.harness.HomeComparison;
import dev.vfo.testkit.history.CheckpointModel;
import dev.vfo.testkit.history.ControlOperation;
import dev.vfo.testkit.history.FileOperation;
import dev.vfo.testkit.history.HistoryGenerator;
import dev.vfo.testkit.history.Operation;
import dev.vfo.testkit.history.Outcome;
import dev.vfo.testkit.model.FileAttributes;
import dev.vfo.testkit.model.FileModel;
import dev.vfo.testkit.model.ListedName;
import dev.vfo.testkit.model.OpenFlags;
import dev.vfo.testkit.model.TreeCalls;
import dev.vfo.testkit.model.TreePath;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A program with a directory of its own in a tree that several share: it makes random operations
 * there and compares each answer with its own model. For one thread at a time.
 */
final class SubtreeWorker {
  private static final int MOVES_AHEAD = 5;
  private static final int READING_HANDLE = 1_000_000;

  private final Name directory;
  private final ThreadClock clock;
  private final HistoryGenerator generator;
  private final SplittableRandom random;
  private final Deque<Operation> ahead = new ArrayDeque<>();
  private CheckpointModel model;
  private EngineSubject subject;
  private long operations;

  /** What it did since the manager was opened, to find out where a checkpoint came. */
  private final List<FileOperation> done = new ArrayList<>();

  private final List<Integer> hashes = new ArrayList<>();
  private FileModel start;
  private long startedAt;
  private volatile int begun;
  private volatile int ended;

  SubtreeWorker(
      VirtualFileManager manager,
      Name directory,
      ThreadClock clock,
      HistoryGenerator generator,
      long seed)
      throws IOException {
    this.directory = directory;
    this.clock = clock;
    this.generator = generator;
    this.random = new SplittableRandom(seed);
    clock.setOperation(0);
    EntryOperations entries = manager.entries();
    NewEntry owner = entries.defaultOwner(0755);
    entries.unpin(entries.createDirectory(entries.root(), directory, owner), 1);
    FileModel empty = new FileModel(clock, owner.uid(), owner.gid(), 0755);
    this.model = new CheckpointModel(empty);
    this.subject = new EngineSubject(manager, List.of(directory));
    begin();
  }

  private void begin() {
    ahead.clear();
    done.clear();
    hashes.clear();
    start = model.files().copy();
    startedAt = operations;
    begun = 0;
    ended = 0;
  }

  /** Goes on with a manager that was opened again, at a tree that it is known to have. */
  void reopened(VirtualFileManager manager) {
    model.reopen();
    subject = new EngineSubject(manager, List.of(directory));
    begin();
  }

  /** How many operations were begun, or were done, since the manager was opened. */
  int begun() {
    return begun;
  }

  int ended() {
    return ended;
  }

  /** Makes one operation, and compares. */
  void step() throws IOException {
    while (ahead.isEmpty()) {
      for (Operation next : generator.goOn(model.copy(), random.nextLong(), MOVES_AHEAD)) {
        if (next instanceof FileOperation) {
          ahead.add(next);
        }
      }
    }
    Operation next = ahead.remove();
    if (model.allows(next)) {
      operations++;
      clock.setOperation(operations);
      if (hashes.isEmpty()) {
        hashes.add(hash(model.files()));
      }
      Outcome expected = model.perform(next);
      done.add((FileOperation) next);
      hashes.add(next.changesTree() ? hash(model.files()) : hashes.getLast());
      begun = done.size();
      Outcome actual = Outcome.of((FileOperation) next, subject);
      ended = done.size();
      if (actual instanceof Outcome.Failed(Exception cause)) {
        throw new AssertionError(at(next) + ": expected " + expected + " but it failed", cause);
      }
      if (!expected.accepts(actual)) {
        throw new AssertionError(at(next) + ": " + expected.differenceTo(actual));
      }
    }
  }

  private String at(Operation operation) {
    return directory + ", operation " + operations + ", " + operation;
  }

  /** Takes part in what was done with the whole while all stood still. */
  void control(ControlOperation operation) {
    model.perform(operation);
  }

  boolean allows(ControlOperation operation) {
    return model.allows(operation);
  }

  /** Compares the directory on the disk with a model's tree. */
  List<String> differences(Storage storage, int root, FileModel expected) throws StorageException {
    int fd = storage.open(root, directory, OpenFlag.READ | OpenFlag.DIRECTORY, 0);
    try {
      return new HomeComparison().differences(storage, fd, expected);
    } finally {
      storage.close(fd);
    }
  }

  /** The tree of the last checkpoint that all made while they stood still. */
  FileModel lastTree() {
    return model.last().tree();
  }

  /**
   * Finds out what the directory, as it was found after the manager was opened again, has of this
   * worker's operations, and goes on from there.
   *
   * @param least how many there must be
   * @param most how many there may be
   */
  void findAndGoOn(VirtualFileManager manager, int least, int most, Storage storage, int root)
      throws IOException {
    EngineSubject found = new EngineSubject(manager, List.of(directory));
    int hash = hash(found);
    FileModel at = start.copy();
    at.closeAll();
    FileModel first = null;
    CheckpointModel replay = new CheckpointModel(start.copy());
    for (int count = 0; count <= most; count++) {
      if (count > 0) {
        clock.setOperation(startedAt + count);
        replay.perform(done.get(count - 1));
      }
      if (count == least) {
        first = replay.files().copy();
      }
      if (count >= least && (hashes.isEmpty() || hashes.get(count) == hash)) {
        FileModel tree = replay.files().copy();
        List<String> differences = differences(storage, root, tree);
        if (differences.isEmpty()) {
          model = new CheckpointModel(tree);
          reopened(manager);
          return;
        }
      }
    }
    throw new AssertionError(
        directory
            + ": the tree is that of no instant between "
            + least
            + " and "
            + most
            + " operations; compared with the first:\n  "
            + String.join("\n  ", first == null ? List.of() : differences(storage, root, first)));
  }

  private static int hash(TreeCalls files) throws IOException {
    return hash(files, TreePath.ROOT);
  }

  private static int hash(TreeCalls files, TreePath path) throws IOException {
    FileAttributes attributes = files.stat(path);
    int hash = attributes.hashCode();
    if (attributes.type() == FileType.DIRECTORY) {
      for (ListedName name : files.list(path)) {
        hash = 31 * hash + name.name().hashCode();
        hash = 31 * hash + hash(files, path.child(name.name()));
      }
    } else if (attributes.type() == FileType.SYMLINK) {
      hash = 31 * hash + Arrays.hashCode(files.readSymlink(path));
    } else if (attributes.type() == FileType.REGULAR) {
      files.open(READING_HANDLE, path, new OpenFlags(OpenFlags.READ), 0);
      byte[] content = files.readAt(READING_HANDLE, 0, (int) attributes.sizeBytes() + 1);
      files.close(READING_HANDLE);
      hash = 31 * hash + Arrays.hashCode(content);
    }
    return hash;
  }
}
