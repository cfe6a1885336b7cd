package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.Operation;
import dev.vfo.testkit.SimulatedCrash;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.TreeImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A root with a few checkpoints, each with a tree and a state of its own, and what an open must
 * find of it. Background work is done only when somebody waits for it.
 */
final class SampleRoot {
  static final Path ROOT = Path.of("/top/data");
  static final int CHECKPOINTS = 3;

  /** The plan of the first layer, see {@link #inApply}. */
  static final String FIRST_PLAN = "stage/0000000000000001.plan";

  private static final Name CONTROL = Name.of(".vfo");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final int SEGMENT_BYTES = 20 << 10;

  // Salts must never repeat.
  private static final AtomicLong OPENED = new AtomicLong();

  private SampleRoot() {}

  static Options options(Storage storage) {
    return Options.defaults()
        .withStorage(storage)
        .withClock(InstantSource.fixed(NOW))
        .withRandom(new Random(OPENED.incrementAndGet()))
        .withExecutor(task -> {})
        .withFirstSegmentBytes(SEGMENT_BYTES)
        .withMaxSegmentBytes(SEGMENT_BYTES);
  }

  static VirtualFileManager open(Storage storage) throws IOException {
    return VirtualFileManager.open(ROOT, options(storage));
  }

  /** The next step of the three, and its checkpoint. */
  static void step(VirtualFileManager files) throws IOException {
    long next = files.lastCheckpoint().map(Checkpoint::number).orElse(0L) + 1;
    FileTree tree = files.tree();
    switch ((int) next) {
      case 1 -> {
        tree.createDirectory("folder");
        tree.writeAll("folder/a", "the first".getBytes(UTF_8));
        tree.writeAll("b", new byte[300]);
      }
      case 2 -> {
        tree.rename("folder/a", "c");
        try (VirtualFile b = tree.open("b", StandardOpenOption.WRITE)) {
          b.write(ByteBuffer.wrap("patch".getBytes(UTF_8)), 200);
        }
      }
      default -> {
        tree.delete("b");
        tree.link("c", "folder/also c");
        tree.writeAll("d", "the third".getBytes(UTF_8));
      }
    }
    files.checkpoint(state(next));
  }

  private static byte[] state(long checkpoint) {
    return ("state " + checkpoint).getBytes(UTF_8);
  }

  /** A root as a killed process left it: so many checkpoints, of which nothing is applied. */
  static SimulatedStorage unapplied(int checkpoints) throws IOException {
    SimulatedStorage storage = new SimulatedStorage();
    storage.makeDirectory(ROOT);
    try (VirtualFileManager files = open(storage)) {
      for (int i = 0; i < checkpoints; i++) {
        step(files);
      }
      return storage.killProcess();
    }
  }

  /** The same root when a process was killed while it placed the files of the first checkpoint. */
  static SimulatedStorage inApply(SimulatedStorage left) {
    SimulatedStorage storage = left.fork();
    storage.faults().add(Fault.crash().on(Operation.RENAME).onPath("folder"));
    assertThrows(SimulatedCrash.class, () -> open(storage));
    return storage.killProcess();
  }

  /** The trees of the checkpoints, by number; the first is that of a new root. */
  static List<TreeImage> trees() throws IOException {
    SimulatedStorage storage = new SimulatedStorage();
    storage.makeDirectory(ROOT);
    List<TreeImage> trees = new ArrayList<>();
    trees.add(home(storage));
    try (VirtualFileManager files = open(storage)) {
      for (int i = 0; i < CHECKPOINTS; i++) {
        step(files);
        files.awaitApplied();
        trees.add(home(storage));
      }
    }
    return trees;
  }

  /** The files of the root without its control folder. */
  static TreeImage home(SimulatedStorage storage) throws StorageException {
    int fd = storage.openRoot(ROOT);
    try {
      return TreeImage.read(storage, fd, CONTROL).withoutRoot();
    } finally {
      storage.close(fd);
    }
  }

  /** All below the root's parent, with {@code .vfo} and all times of modification. */
  static TreeImage everything(SimulatedStorage storage) throws StorageException {
    // Faults are for the engine, not for the test that looks.
    SimulatedStorage seen = storage.fork();
    return TreeImage.read(seen, seen.openRoot(ROOT.getParent()));
  }

  /** Opens the root, which must be at this checkpoint, with its state and its tree. */
  static void assertOpensAt(long checkpoint, TreeImage tree, SimulatedStorage storage, String what)
      throws IOException {
    try (VirtualFileManager files = open(storage)) {
      assertEquals(checkpoint, files.lastCheckpoint().map(Checkpoint::number).orElse(0L), what);
      State found = files.lastCheckpoint().map(Checkpoint::state).orElse(State.empty());
      assertEquals(checkpoint == 0 ? State.empty() : State.of(state(checkpoint)), found, what);
    }
    assertEquals(List.of(), tree.differences(home(storage)), what);
  }

  // Files of the control folder as bytes

  private static int openFile(SimulatedStorage storage, String path, int flags)
      throws StorageException {
    int at = storage.openRoot(ROOT.resolve(".vfo").resolve(path).getParent());
    try {
      return storage.open(at, Name.of(path.substring(path.lastIndexOf('/') + 1)), flags, 0600);
    } finally {
      storage.close(at);
    }
  }

  /** The content of a file, named relative to {@code .vfo}. */
  static byte[] read(SimulatedStorage storage, String path) throws StorageException {
    int fd = openFile(storage, path, OpenFlag.READ);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment content = arena.allocate(Math.max(1, storage.stat(fd).sizeBytes()));
      long count = storage.read(fd, content, 0);
      return content.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
    } finally {
      storage.close(fd);
    }
  }

  /** Changes bytes of it in place. */
  static void write(SimulatedStorage storage, String path, long offset, byte... bytes)
      throws StorageException {
    int fd = openFile(storage, path, OpenFlag.WRITE);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment source = arena.allocate(bytes.length);
      source.copyFrom(MemorySegment.ofArray(bytes));
      assertEquals(bytes.length, storage.write(fd, source, offset));
    } finally {
      storage.close(fd);
    }
  }

  /** Cuts it. */
  static void cut(SimulatedStorage storage, String path, long lengthBytes) throws StorageException {
    int fd = openFile(storage, path, OpenFlag.WRITE);
    try {
      storage.truncate(fd, lengthBytes);
    } finally {
      storage.close(fd);
    }
  }

  /** Makes it, empty. */
  static void create(SimulatedStorage storage, String path) throws StorageException {
    storage.close(openFile(storage, path, OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.EXCLUSIVE));
  }

  /** Removes it; a folder with all that is in it. */
  static void remove(SimulatedStorage storage, String path) throws StorageException {
    Path whole = ROOT.resolve(".vfo").resolve(path);
    int at = storage.openRoot(whole.getParent());
    try {
      remove(storage, at, Name.of(String.valueOf(whole.getFileName())));
    } finally {
      storage.close(at);
    }
  }

  private static void remove(SimulatedStorage storage, int at, Name name) throws StorageException {
    if (storage.stat(at, name).type() != FileType.DIRECTORY) {
      storage.unlink(at, name);
      return;
    }
    int fd = storage.open(at, name, OpenFlag.READ | OpenFlag.DIRECTORY, 0);
    List<Name> names = new ArrayList<>();
    storage.list(fd, (each, _, _) -> names.add(each));
    for (Name each : names) {
      remove(storage, fd, each);
    }
    storage.close(fd);
    storage.removeDirectory(at, name);
  }

  static boolean isFolder(SimulatedStorage storage, String path) throws StorageException {
    Path whole = ROOT.resolve(".vfo").resolve(path);
    int at = storage.openRoot(whole.getParent());
    try {
      Name name = Name.of(String.valueOf(whole.getFileName()));
      return storage.stat(at, name).type() == FileType.DIRECTORY;
    } finally {
      storage.close(at);
    }
  }

  /** The names in a folder. */
  static List<String> list(SimulatedStorage storage, String folder) throws StorageException {
    int fd = storage.openRoot(ROOT.resolve(".vfo").resolve(folder));
    try {
      List<String> names = new ArrayList<>();
      storage.list(fd, (name, _, _) -> names.add(name.toString()));
      return names;
    } finally {
      storage.close(fd);
    }
  }
}
