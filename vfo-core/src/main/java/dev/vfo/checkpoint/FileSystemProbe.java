package dev.vfo.checkpoint;

import dev.vfo.apply.StageCleaner;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tries out, in a folder of its own, what VFO needs of a file system and can be tried. What C1 to
 * C15 say of crashes cannot. One use.
 */
final class FileSystemProbe {
  private static final Name FOLDER = Name.of(".vfo-probe");
  private static final Name FILE = Name.of("file");
  private static final Name OTHER = Name.of("other");
  private static final int PRIVATE = 0700;
  private static final int MODE = 0640;
  private static final int NEW = OpenFlag.READ | OpenFlag.WRITE | OpenFlag.CREATE;
  private static final int LENGTH = 4096;

  private final Storage storage;
  private final int rootFd;
  private final List<String> missing = new ArrayList<>();

  FileSystemProbe(Storage storage, int rootFd) {
    this.storage = storage;
    this.rootFd = rootFd;
  }

  /** What it lacks, in words; empty when nothing is found missing. */
  List<String> run() throws StorageException {
    removeRest();
    try {
      storage.makeDirectory(rootFd, FOLDER, PRIVATE);
    } catch (StorageException e) {
      return List.of("directories can be made (" + e.errno().text() + ")");
    }
    try {
      int folder = storage.open(rootFd, FOLDER, OpenFlag.READ | OpenFlag.DIRECTORY, 0);
      try {
        tryAll(folder);
      } finally {
        storage.close(folder);
      }
    } finally {
      removeRest();
    }
    return missing;
  }

  private void removeRest() throws StorageException {
    try {
      new StageCleaner(storage, rootFd).remove(FOLDER);
    } catch (StorageException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
  }

  private interface Trial {
    /** Whether it is as it must be. */
    boolean run() throws StorageException;
  }

  private void require(String what, Trial trial) {
    try {
      if (!trial.run()) {
        missing.add(what);
      }
    } catch (StorageException e) {
      missing.add(what + " (" + e.errno().text() + ")");
    }
  }

  private void tryAll(int folder) {
    require("files can be written and synced, with their names", () -> writes(folder));
    require("space can be reserved", () -> reserves(folder));
    require("locks keep others out", () -> locks(folder));
    require("modes are kept", () -> keepsModes(folder));
    require("names are byte strings of up to 255 bytes", () -> keepsNames(folder));
    require("upper and lower case are told apart", () -> tellsCases(folder));
    require("files have more than one name", () -> links(folder));
    require("symbolic links", () -> linksSymbolically(folder));
    require("FIFOs", () -> makesFifos(folder));
    require("renames that do not replace", () -> renamesOnlyToNothing(folder));
    require("names can be exchanged", () -> exchanges(folder));
    require("open files live on without a name", () -> keepsOpenFiles(folder));
    require("a new file is told from the one that had its number", () -> tellsFilesApart(folder));
  }

  private interface FileUse<T> {
    T run(int fd) throws StorageException;
  }

  private <T> T with(int folder, Name name, FileUse<T> use) throws StorageException {
    int fd = storage.open(folder, name, NEW, MODE);
    try {
      return use.run(fd);
    } finally {
      storage.close(fd);
    }
  }

  private boolean write(int fd) throws StorageException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(LENGTH).fill((byte) 1);
      return storage.write(fd, bytes, 0) == LENGTH;
    }
  }

  private boolean isWritten(int fd) throws StorageException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(LENGTH);
      long count = storage.read(fd, bytes, 0);
      return count == LENGTH && bytes.mismatch(arena.allocate(LENGTH).fill((byte) 1)) < 0;
    }
  }

  private boolean writes(int folder) throws StorageException {
    return with(
        folder,
        FILE,
        fd -> {
          boolean written = write(fd) && isWritten(fd);
          storage.sync(fd);
          storage.dataSync(fd);
          storage.sync(folder);
          return written;
        });
  }

  private boolean reserves(int folder) throws StorageException {
    return with(
        folder,
        FILE,
        fd -> {
          storage.allocate(fd, 0, 4L * LENGTH, false);
          return storage.stat(fd).sizeBytes() == 4L * LENGTH;
        });
  }

  private boolean locks(int folder) throws StorageException {
    return with(
        folder,
        FILE,
        first -> storage.tryLock(first) && with(folder, FILE, other -> !storage.tryLock(other)));
  }

  private boolean keepsModes(int folder) throws StorageException {
    return with(
        folder,
        FILE,
        fd -> {
          storage.changeMode(fd, MODE);
          boolean first = storage.stat(fd).mode() == MODE;
          storage.changeMode(fd, PRIVATE);
          return first && storage.stat(fd).mode() == PRIVATE;
        });
  }

  private boolean keepsNames(int folder) throws StorageException {
    byte[] bytes = new byte[255];
    Arrays.fill(bytes, (byte) 0xe4);
    Name name = Name.of(bytes);
    return with(
        folder,
        name,
        fd -> {
          boolean[] listed = {false};
          storage.list(
              folder,
              (found, inode, type) -> {
                listed[0] |= found.equals(name);
                return true;
              });
          return listed[0];
        });
  }

  private boolean tellsCases(int folder) throws StorageException {
    return with(folder, Name.of("case"), fd -> !exists(folder, Name.of("CASE")));
  }

  private boolean exists(int folder, Name name) throws StorageException {
    try {
      storage.stat(folder, name);
      return true;
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT) {
        return false;
      }
      throw e;
    }
  }

  private boolean links(int folder) throws StorageException {
    Name link = Name.of("link");
    storage.link(folder, FILE, folder, link);
    return identity(folder, FILE).equals(identity(folder, link))
        && storage.stat(folder, FILE).linkCount() == 2;
  }

  private FileIdentity identity(int folder, Name name) throws StorageException {
    return storage.stat(folder, name).identity();
  }

  private boolean linksSymbolically(int folder) throws StorageException {
    Name link = Name.of("symlink");
    byte[] target = {'t', 'o'};
    storage.makeSymlink(folder, link, target);
    return Arrays.equals(target, storage.readSymlink(folder, link));
  }

  private boolean makesFifos(int folder) throws StorageException {
    Name fifo = Name.of("fifo");
    storage.makeNode(folder, fifo, FileType.FIFO, MODE, 0);
    return storage.stat(folder, fifo).type() == FileType.FIFO;
  }

  private boolean renamesOnlyToNothing(int folder) throws StorageException {
    boolean unused = with(folder, OTHER, this::write);
    FileIdentity other = identity(folder, OTHER);
    try {
      storage.rename(folder, FILE, folder, OTHER, RenameMode.NO_REPLACE);
      return false;
    } catch (StorageException e) {
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
    }
    return unused && identity(folder, OTHER).equals(other);
  }

  private boolean exchanges(int folder) throws StorageException {
    FileIdentity file = identity(folder, FILE);
    FileIdentity other = identity(folder, OTHER);
    storage.rename(folder, FILE, folder, OTHER, RenameMode.EXCHANGE);
    return identity(folder, FILE).equals(other) && identity(folder, OTHER).equals(file);
  }

  private boolean keepsOpenFiles(int folder) throws StorageException {
    Name name = Name.of("open");
    return with(
        folder,
        name,
        fd -> {
          boolean written = write(fd);
          storage.unlink(folder, name);
          return written && !exists(folder, name) && isWritten(fd);
        });
  }

  private boolean tellsFilesApart(int folder) throws StorageException {
    Name name = Name.of("new");
    FileIdentity first = with(folder, name, fd -> storage.stat(fd).identity());
    storage.unlink(folder, name);
    FileIdentity second = with(folder, name, fd -> storage.stat(fd).identity());
    return !first.equals(second) && identity(folder, name).equals(second);
  }
}
