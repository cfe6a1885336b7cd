package dev.vfo;

import dev.vfo.changes.DescriptorTable;
import dev.vfo.changes.DescriptorTable.Descriptor;
import dev.vfo.checkpoint.DescriptorSource;
import dev.vfo.checkpoint.OpenTable;
import dev.vfo.overlay.FileEntry;
import dev.vfo.storage.Errno;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.OpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The descriptor table of a program: its open files by small integers, as a Unix process has them,
 * and part of each checkpoint. What was open at the last checkpoint, at which offset, and which
 * descriptors share one, comes back after a crash, a rollback, or when the root is opened again;
 * also a file that had lost its name.
 *
 * <p>A new descriptor is the lowest number that is free. Errors are {@link StorageException} with
 * the errno that Linux gives. A file that somebody else took away while the root was not open gets
 * ESTALE. Thread safe; calls that move one offset follow one another.
 */
public final class Descriptors {
  /** From where a seek counts. */
  public enum Whence {
    /** From the start of the file. */
    SET,
    /** From the current offset. */
    CURRENT,
    /** From the end of the file. */
    END
  }

  /** The most descriptors that can be open. */
  public static final int MAX_DESCRIPTORS = 65_536;

  private static final int DEFAULT_MODE = 0644;

  /** What one open has made; several descriptors can lead to it. */
  private static final class OpenFile {
    /** Null when the file could not be found again. */
    final @Nullable VirtualFile handle;

    /** What it was then. */
    final OpenTable.@Nullable File before;

    OpenFile(@Nullable VirtualFile handle, OpenTable.@Nullable File before) {
      this.handle = handle;
      this.before = before;
    }
  }

  private final EntryOperations entries;
  private final FileTree tree;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  /** Guarded by the lock. */
  private NavigableMap<Integer, OpenFile> table = new TreeMap<>();

  Descriptors(EntryOperations entries, FileTree tree) {
    this.entries = entries;
    this.tree = tree;
  }

  private interface Call<T> {
    T run() throws IOException;
  }

  private static <T> T locked(Lock lock, Call<T> call) throws IOException {
    lock.lock();
    try {
      return call.run();
    } finally {
      lock.unlock();
    }
  }

  /** Opens a regular file, see {@link FileTree#open}; one that is made gets mode 0644. */
  public int open(String path, OpenOption... options) throws IOException {
    return open(path, DEFAULT_MODE, options);
  }

  /** The same with a mode for a file that is made. */
  public int open(String path, int mode, OpenOption... options) throws IOException {
    return locked(
        lock.writeLock(),
        () -> {
          int descriptor = free();
          VirtualFile handle = tree.open(path, mode, Set.of(options));
          if (handle.entry().isDirectory()) {
            handle.close();
            throw new StorageException(Errno.EISDIR, "open", path);
          }
          table.put(descriptor, new OpenFile(handle, null));
          return descriptor;
        });
  }

  private int free() throws StorageException {
    int descriptor = 0;
    for (int used : table.keySet()) {
      if (used != descriptor) {
        break;
      }
      descriptor++;
    }
    if (descriptor == MAX_DESCRIPTORS) {
      throw new StorageException(Errno.EMFILE, "open", descriptor + " descriptors are open");
    }
    return descriptor;
  }

  /** The descriptors that are open. */
  public SortedSet<Integer> open() {
    lock.readLock().lock();
    try {
      return new TreeSet<>(table.keySet());
    } finally {
      lock.readLock().unlock();
    }
  }

  private OpenFile file(int descriptor, String what) throws StorageException {
    OpenFile file = table.get(descriptor);
    if (file == null) {
      throw new StorageException(Errno.EBADF, what, "descriptor " + descriptor);
    }
    return file;
  }

  private VirtualFile handle(int descriptor, String what) throws StorageException {
    OpenFile file = file(descriptor, what);
    if (file.handle == null) {
      throw new StorageException(
          Errno.ESTALE,
          what,
          "descriptor "
              + descriptor
              + " of "
              + path(file)
              + ", which somebody took away while the root was not open");
    }
    return file.handle;
  }

  private static String path(OpenFile file) {
    OpenTable.File before = file.before;
    return before == null
        ? "a file"
        : before.is().path().stream().map(Object::toString).collect(Collectors.joining("/"));
  }

  /** Closes a descriptor; the file with the last one that shares it. */
  public void close(int descriptor) throws IOException {
    locked(
        lock.writeLock(),
        () -> {
          OpenFile file = file(descriptor, "close");
          table.remove(descriptor);
          closeUnless(table, file);
          return file;
        });
  }

  /** Closes an open file that no descriptor of a table leads to. */
  private static void closeUnless(Map<Integer, OpenFile> table, OpenFile file) throws IOException {
    if (file.handle != null && !table.containsValue(file)) {
      file.handle.close();
    }
  }

  /**
   * Moves the offset, which may come to lie behind the end.
   *
   * @return where it is then, bytes from the start
   */
  public long seek(int descriptor, long offset, Whence whence) throws IOException {
    return locked(
        lock.writeLock(),
        () -> {
          VirtualFile handle = handle(descriptor, "seek");
          long from =
              switch (whence) {
                case SET -> 0;
                case CURRENT -> handle.position();
                case END -> handle.size();
              };
          if (offset > Long.MAX_VALUE - from) {
            throw new StorageException(Errno.EOVERFLOW, "seek", from + " + " + offset);
          }
          handle.position(from + offset);
          return from + offset;
        });
  }

  /**
   * Reads at the offset and moves it.
   *
   * @return number of bytes, or -1 at the end of the file
   */
  public int read(int descriptor, ByteBuffer target) throws IOException {
    return locked(lock.readLock(), () -> handle(descriptor, "read").read(target));
  }

  /** Writes all that remains at the offset, or at the end with APPEND, and moves the offset. */
  public int write(int descriptor, ByteBuffer source) throws IOException {
    return locked(lock.readLock(), () -> handle(descriptor, "write").write(source));
  }

  /** Removes a name that is no directory; what is open stays so. */
  public void unlink(String path) throws IOException {
    tree.delete(path);
  }

  /** One more descriptor for the same open file: both move one offset. */
  public int dup(int descriptor) throws IOException {
    return locked(
        lock.writeLock(),
        () -> {
          OpenFile file = file(descriptor, "dup");
          int copy = free();
          table.put(copy, file);
          return copy;
        });
  }

  /** The same with a number that the caller chooses; it is closed first if it is open. */
  public int dup2(int descriptor, int copy) throws IOException {
    return locked(
        lock.writeLock(),
        () -> {
          OpenFile file = file(descriptor, "dup2");
          if (copy < 0 || copy >= MAX_DESCRIPTORS) {
            throw new StorageException(Errno.EBADF, "dup2", "descriptor " + copy);
          }
          OpenFile old = table.put(copy, file);
          if (old != null) {
            closeUnless(table, old);
          }
          return copy;
        });
  }

  /** The table as the engine sees it. */
  DescriptorSource source() {
    return new DescriptorSource() {
      @Override
      public Lock lock() {
        return lock.writeLock();
      }

      @Override
      public OpenTable snapshot() {
        return Descriptors.this.snapshot();
      }

      @Override
      public void restore(OpenTable from) throws IOException {
        Descriptors.this.restore(from);
      }
    };
  }

  private OpenTable snapshot() {
    Map<OpenFile, Integer> places = new HashMap<>();
    List<OpenTable.File> files = new ArrayList<>();
    List<Descriptor> descriptors = new ArrayList<>();
    table.forEach((number, file) -> {
      Integer place = places.get(file);
      if (place == null) {
        place = files.size();
        places.put(file, place);
        files.add(snapshot(file));
      }
      descriptors.add(new Descriptor(number, place));
    });
    return new OpenTable(files, descriptors);
  }

  private static OpenTable.File snapshot(OpenFile file) {
    VirtualFile handle = file.handle;
    if (handle == null) {
      return Objects.requireNonNull(file.before, "it has one of both");
    }
    FileEntry entry = handle.entry();
    entry.pin();
    int flags =
        ((handle.flags() & OpenFlag.READ) != 0 ? DescriptorTable.READ : 0)
            | ((handle.flags() & OpenFlag.WRITE) != 0 ? DescriptorTable.WRITE : 0)
            | (handle.isAppending() ? DescriptorTable.APPEND : 0);
    return new OpenTable.File(
        entry,
        new DescriptorTable.OpenFile(entry.number(), List.of(), flags, handle.savedPosition()));
  }

  private void restore(OpenTable from) throws IOException {
    List<OpenFile> files = new ArrayList<>();
    for (OpenTable.File file : from.files()) {
      files.add(reopen(file));
    }
    NavigableMap<Integer, OpenFile> before = table;
    table = new TreeMap<>();
    for (Descriptor descriptor : from.descriptors()) {
      table.put(descriptor.number(), files.get(descriptor.file()));
    }
    for (OpenFile file : before.values()) {
      closeUnless(table, file);
    }
  }

  private OpenFile reopen(OpenTable.File file) throws IOException {
    FileEntry entry = file.entry();
    if (entry == null) {
      return new OpenFile(null, file);
    }
    int flags = file.is().flags();
    int openFlags =
        ((flags & DescriptorTable.READ) != 0 ? OpenFlag.READ : 0)
            | ((flags & DescriptorTable.WRITE) != 0 ? OpenFlag.WRITE : 0);
    // What is open stays open, whatever its mode says now.
    VirtualFile handle =
        entries.openNew(entry.number(), openFlags, (flags & DescriptorTable.APPEND) != 0);
    handle.position(file.is().offsetBytes());
    return new OpenFile(handle, null);
  }
}
