package dev.vfo.inspect;

import dev.vfo.UnusableRootException;
import dev.vfo.journal.RecordsLink;
import dev.vfo.journal.SegmentInspection;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The folder {@code .vfo} of a root, open for reading. One thread. */
final class ControlFolder implements AutoCloseable {
  private static final Name CONTROL = Name.of(".vfo");
  private static final int FOLDER = OpenFlag.READ | OpenFlag.DIRECTORY;
  private static final int SHORT_BYTES = 256;

  private final Storage storage;
  private final int root;
  private final int folder;

  /** The folder that has the journal: the control folder, or one elsewhere. */
  private final int records;

  private ControlFolder(Storage storage, int root, int folder, int records) {
    this.storage = storage;
    this.root = root;
    this.folder = folder;
    this.records = records;
  }

  /**
   * Opens it; ENOENT when there is none.
   *
   * @param records where the journal is, if it lies outside and is not where it was; or null
   * @throws UnusableRootException when the journal lies outside and is not there
   */
  static ControlFolder open(Storage storage, Path rootPath, @Nullable Path records)
      throws IOException {
    int root = storage.openRoot(rootPath);
    int folder = -1;
    try {
      folder = storage.open(root, CONTROL, FOLDER, 0);
      return new ControlFolder(storage, root, folder, openRecords(storage, folder, records));
    } catch (IOException e) {
      if (folder >= 0) {
        storage.close(folder);
      }
      storage.close(root);
      throw e;
    }
  }

  private static int openRecords(Storage storage, int folder, @Nullable Path asked)
      throws IOException {
    Path linked = RecordsLink.read(storage, folder);
    if (linked == null) {
      return folder;
    }
    Path path = asked == null ? linked : asked;
    try {
      return storage.openRoot(path);
    } catch (StorageException e) {
      requireMissing(e);
      throw new UnusableRootException(
          path + " is no directory, where the journal lies: mount it, or say where it is now", e);
    }
  }

  Storage storage() {
    return storage;
  }

  /** Descriptor of the folder. */
  int fd() {
    return folder;
  }

  /** The attributes of the root directory. */
  FileStat rootStat() throws StorageException {
    return storage.stat(root);
  }

  /** Descriptor of the folder that has the journal's and the states' folders. */
  int recordsFd() {
    return records;
  }

  /** Opens a folder in it, or where the journal is, which the caller closes. */
  int openFolder(String name) throws StorageException {
    int parent = name.equals("stage") ? folder : records;
    return storage.open(parent, Name.of(name), FOLDER, 0);
  }

  /** Whether it was being made when that was cut short: the next to open the root completes it. */
  boolean isHalfMade() throws StorageException {
    return sizeBytes("format") == 0
        && list("journal").stream().noneMatch(name -> SegmentInspection.numberOf(name) >= 0);
  }

  /** The names in a folder of it; none when the folder is not there. */
  List<Name> list(String name) throws StorageException {
    List<Name> names = new ArrayList<>();
    try {
      int fd = openFolder(name);
      try {
        storage.list(fd, (found, inode, type) -> names.add(found));
      } finally {
        storage.close(fd);
      }
    } catch (StorageException e) {
      requireMissing(e);
    }
    return names;
  }

  /** The length of a file in it; 0 when it is not there. */
  long sizeBytes(String name) throws StorageException {
    try {
      return storage.stat(folder, Name.of(name)).sizeBytes();
    } catch (StorageException e) {
      requireMissing(e);
      return 0;
    }
  }

  /** The content of a short text file. */
  Optional<String> text(String name) throws StorageException {
    try (Arena arena = Arena.ofConfined()) {
      int fd = storage.open(folder, Name.of(name), OpenFlag.READ, 0);
      try {
        MemorySegment bytes = arena.allocate(SHORT_BYTES);
        long count = storage.read(fd, bytes, 0);
        byte[] content = bytes.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
        return Optional.of(new String(content, StandardCharsets.UTF_8));
      } finally {
        storage.close(fd);
      }
    } catch (StorageException e) {
      requireMissing(e);
      return Optional.empty();
    }
  }

  private static void requireMissing(StorageException e) throws StorageException {
    if (e.errno() != Errno.ENOENT) {
      throw e;
    }
  }

  @Override
  public void close() throws StorageException {
    try {
      closeRecords();
    } finally {
      try {
        storage.close(folder);
      } finally {
        storage.close(root);
      }
    }
  }

  private void closeRecords() throws StorageException {
    if (records != folder) {
      storage.close(records);
    }
  }
}
