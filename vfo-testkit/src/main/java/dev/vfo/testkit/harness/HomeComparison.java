package dev.vfo.testkit.harness;

import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.history.Outcome;
import dev.vfo.testkit.model.FileAttributes;
import dev.vfo.testkit.model.FileModel;
import dev.vfo.testkit.model.ModelFile;
import dev.vfo.testkit.model.ModelXattrs;
import dev.vfo.testkit.model.TreePath;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares a directory of a storage with a model, file by file: names, kinds, contents, sizes,
 * modes, owners, times of modification, extended attributes, and which names are links of one file.
 * The folder {@code .vfo} in the directory itself is left out. For one thread; may be used again.
 */
public final class HomeComparison {
  /** The folder that belongs to the subject. */
  static final Name CONTROL_FOLDER = Name.of(".vfo");

  /** The extended attribute that files have from before the history. */
  static final String TAG = "user.tag";

  private static final int DIRECTORY_FLAGS = OpenFlag.READ | OpenFlag.DIRECTORY;

  private MemorySegment buffer = Arena.ofAuto().allocate(1 << 16, 4096);

  /** Makes the comparison's buffer. */
  public HomeComparison() {}

  /** One comparison: the pairs of files found so far. */
  private final class Run {
    final Storage storage;
    final Differences differences = new Differences();
    final Map<FileIdentity, ModelFile> found = new HashMap<>();
    final IdentityHashMap<ModelFile, FileIdentity> expected = new IdentityHashMap<>();

    final int root;

    Run(Storage storage, int root) {
      this.storage = storage;
      this.root = root;
    }

    void directory(TreePath path, int fd, ModelFile model) throws StorageException {
      NavigableMap<Name, FileType> names = new TreeMap<>();
      storage.list(
          fd,
          (name, inode, type) -> {
            names.put(name, type);
            return true;
          });
      if (path.isRoot()) {
        names.remove(CONTROL_FOLDER);
      }
      for (Map.Entry<Name, ModelFile> child : model.children().entrySet()) {
        TreePath childPath = path.child(child.getKey());
        if (names.remove(child.getKey()) == null) {
          differences.add(childPath, "missing, expected " + child.getValue().attributes());
        } else {
          entry(childPath, fd, child.getValue());
        }
      }
      names.forEach((name, type) -> differences.add(path.child(name), type + " not expected"));
    }

    private void entry(TreePath path, int parent, ModelFile model) throws StorageException {
      FileStat stat = storage.stat(parent, path.name());
      attributes(path, stat, model);
      identity(path, stat.identity(), model);
      xattrs(path, parent, model);
      if (stat.type() != model.type()) {
        return;
      }
      switch (model.type()) {
        case DIRECTORY -> {
          int fd = storage.open(parent, path.name(), DIRECTORY_FLAGS, 0);
          try {
            directory(path, fd, model);
          } finally {
            storage.close(fd);
          }
        }
        case SYMLINK -> content(path, storage.readSymlink(parent, path.name()), model.content());
        case REGULAR -> {
          if (stat.sizeBytes() == model.content().length) {
            file(path, parent, model.content());
          }
        }
        case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE -> {}
      }
    }

    void attributes(TreePath path, FileStat stat, ModelFile model) {
      Outcome expectedOnes = new Outcome.Attributes(model.attributes());
      Outcome actual = new Outcome.Attributes(withoutKept(FileAttributes.of(stat), stat, model));
      if (!expectedOnes.accepts(actual)) {
        differences.add(path, expectedOnes.differenceTo(actual));
      }
    }

    /**
     * Names that the subject keeps in its own folder, for a file that is open, are no links of the
     * tree.
     */
    private FileAttributes withoutKept(FileAttributes found, FileStat stat, ModelFile model) {
      int more = found.linkCount() - model.attributes().linkCount();
      if (more <= 0 || found.type() == FileType.DIRECTORY || kept(stat.identity()) != more) {
        return found;
      }
      return new FileAttributes(
          found.type(),
          found.mode(),
          found.linkCount() - more,
          found.uid(),
          found.gid(),
          found.device(),
          found.sizeBytes(),
          found.modifyNanos());
    }

    private int kept(FileIdentity identity) {
      try {
        int folder = storage.open(root, CONTROL_FOLDER, DIRECTORY_FLAGS, 0);
        try {
          return keptIn(folder, identity);
        } finally {
          storage.close(folder);
        }
      } catch (StorageException e) {
        throw new CheckFailure("the control folder cannot be read", e);
      }
    }

    private int keptIn(int folder, FileIdentity identity) throws StorageException {
      NavigableMap<Name, FileType> names = new TreeMap<>();
      storage.list(
          folder,
          (name, inode, type) -> {
            names.put(name, type);
            return true;
          });
      int count = 0;
      for (Map.Entry<Name, FileType> name : names.entrySet()) {
        if (name.getValue() == FileType.DIRECTORY) {
          int fd = storage.open(folder, name.getKey(), DIRECTORY_FLAGS, 0);
          try {
            count += keptIn(fd, identity);
          } finally {
            storage.close(fd);
          }
        } else if (storage.stat(folder, name.getKey()).identity().equals(identity)) {
          count++;
        }
      }
      return count;
    }

    void rootXattrs(ModelFile model) throws StorageException {
      xattrs(TreePath.ROOT, storage.listXattrs(root), name -> storage.getXattr(root, name), model);
    }

    private void xattrs(TreePath path, int parent, ModelFile model) throws StorageException {
      xattrs(
          path,
          storage.listXattrs(parent, path.name()),
          name -> storage.getXattr(parent, path.name(), name),
          model);
    }

    private interface Get {
      byte[] value(String name) throws StorageException;
    }

    private void xattrs(TreePath path, List<String> all, Get get, ModelFile model)
        throws StorageException {
      List<String> names = ModelXattrs.comparable(all);
      if (!names.equals(List.copyOf(model.xattrs().keySet()))) {
        differences.add(
            path, "extended attributes: " + names + ", expected " + model.xattrs().keySet());
        return;
      }
      for (String name : names) {
        byte[] value = get.value(name);
        byte[] expectedValue = model.xattrs().getOrDefault(name, new byte[0]);
        if (!Arrays.equals(value, expectedValue)) {
          differences.add(path, name + ": " + Outcome.differenceOf(expectedValue, value));
        }
      }
    }

    /** Two names are one file here exactly when they are one in the model. */
    private void identity(TreePath path, FileIdentity identity, ModelFile model) {
      ModelFile other = found.putIfAbsent(identity, model);
      FileIdentity before = expected.putIfAbsent(model, identity);
      if (other != null && other != model) {
        differences.add(path, "is a link of another file, but should not");
      } else if (before != null && !before.equals(identity)) {
        differences.add(path, "should be a link of another file");
      }
    }

    private void file(TreePath path, int parent, byte[] expectedBytes) throws StorageException {
      int fd = storage.open(parent, path.name(), OpenFlag.READ, 0);
      try {
        int length = expectedBytes.length;
        long count = readWhole(storage, fd, length);
        MemorySegment model = MemorySegment.ofArray(expectedBytes);
        if (count != length || MemorySegment.mismatch(buffer, 0, length, model, 0, length) >= 0) {
          content(path, buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE), expectedBytes);
        }
      } finally {
        storage.close(fd);
      }
    }

    private void content(TreePath path, byte[] actual, byte[] expectedBytes) {
      if (!Arrays.equals(actual, expectedBytes)) {
        differences.add(path, Outcome.differenceOf(expectedBytes, actual));
      }
    }
  }

  private long readWhole(Storage storage, int fd, int length) throws StorageException {
    if (buffer.byteSize() < length) {
      buffer = Arena.ofAuto().allocate(2L * length, 4096);
    }
    long done = 0;
    while (done < length) {
      long count = storage.read(fd, buffer.asSlice(done, length - done), done);
      if (count == 0) {
        break;
      }
      done += count;
    }
    return done;
  }

  /**
   * Compares.
   *
   * @param root descriptor of the directory
   * @return lines that say what is different; empty when nothing is
   */
  public List<String> differences(Storage storage, int root, FileModel expected)
      throws StorageException {
    Run run = new Run(storage, root);
    run.attributes(TreePath.ROOT, storage.stat(root), expected.root());
    run.rootXattrs(expected.root());
    run.directory(TreePath.ROOT, root, expected.root());
    return run.differences.lines();
  }

  /** For messages: null when there are no differences, else all lines. */
  static @Nullable String textOf(List<String> differences) {
    return differences.isEmpty() ? null : String.join("\n", differences);
  }
}
