package dev.vfo.testkit.model;

import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import java.util.IdentityHashMap;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The open files of a model, by the numbers that histories give them. */
final class ModelHandles {
  /**
   * An open file. {@code serial} tells it from others that had the same number; {@code file} is
   * null when it is stale.
   */
  private record Handle(long serial, @Nullable ModelFile file, OpenFlags flags, long[] position) {}

  private final NavigableMap<Integer, Handle> open = new TreeMap<>();
  private long opened;

  ModelHandles() {}

  /** The same, of a tree of copies. */
  ModelHandles(ModelHandles other, IdentityHashMap<ModelFile, ModelFile> copies) {
    opened = other.opened;
    other.open.forEach((number, handle) -> {
      ModelFile file = handle.file() == null ? null : handle.file().copy(copies);
      open.put(
          number, new Handle(handle.serial(), file, handle.flags(), handle.position().clone()));
    });
  }

  /**
   * Makes these what is left of them when a program goes back to them: those that were closed since
   * are closed, those opened since are stale.
   */
  void restoreFrom(ModelHandles now) {
    opened = now.opened;
    open.keySet().retainAll(now.open.keySet());
    now.open.forEach((number, handle) -> {
      Handle old = open.get(number);
      if (old == null || old.serial() != handle.serial()) {
        open.put(number, new Handle(handle.serial(), null, handle.flags(), new long[1]));
      }
    });
  }

  void open(int number, ModelFile file, OpenFlags flags) {
    open.put(number, new Handle(opened++, file, flags, new long[1]));
  }

  void close(int number) throws StorageException {
    if (open.remove(number) == null) {
      throw refuse(Errno.EBADF, number);
    }
  }

  void closeAll() {
    open.clear();
  }

  /** All numbers, also of stale ones; a copy. */
  NavigableSet<Integer> numbers() {
    return new TreeSet<>(open.keySet());
  }

  /** The file, or null when it is not open or stale. */
  @Nullable ModelFile fileOrNull(int number) {
    Handle handle = open.get(number);
    return handle == null ? null : handle.file();
  }

  /** The flags that it was opened with; none when it is not open. */
  OpenFlags flagsOrNone(int number) {
    Handle handle = open.get(number);
    return handle == null ? new OpenFlags(0) : handle.flags();
  }

  /** Where it reads and writes next; 0 when it is not open. */
  long positionOrStart(int number) {
    Handle handle = open.get(number);
    return handle == null ? 0 : handle.position()[0];
  }

  ModelFile file(int number) throws StorageException {
    ModelFile file = handle(number).file();
    if (file == null) {
      throw refuse(Errno.ESTALE, number);
    }
    return file;
  }

  OpenFlags flags(int number) throws StorageException {
    return handle(number).flags();
  }

  /** Where it reads and writes next; may be set. */
  long[] position(int number) throws StorageException {
    return handle(number).position();
  }

  private Handle handle(int number) throws StorageException {
    Handle handle = open.get(number);
    if (handle == null) {
      throw refuse(Errno.EBADF, number);
    }
    return handle;
  }

  static StorageException refuse(Errno errno, int number) {
    return new StorageException(errno, "model", "handle " + number);
  }
}
