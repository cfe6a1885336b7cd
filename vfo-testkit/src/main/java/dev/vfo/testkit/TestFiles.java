package dev.vfo.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.function.Executable;

/**
 * A storage and a directory in it, with the steps that tests are made of. Descriptors that it
 * opened are closed by {@link #close}. For one thread.
 */
final class TestFiles {
  /** For reading and writing a file that is not there yet. */
  static final int NEW_FILE = OpenFlag.READ | OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.EXCLUSIVE;

  /** For reading and writing a file that is there. */
  static final int READ_WRITE = OpenFlag.READ | OpenFlag.WRITE;

  /** A number that is no descriptor, whatever else the process has open. */
  static final int NO_DESCRIPTOR = Integer.MAX_VALUE;

  private final Storage storage;
  private final int root;
  private final Set<Integer> open = new LinkedHashSet<>();

  TestFiles(Storage storage, int root) {
    this.storage = storage;
    this.root = root;
  }

  Storage storage() {
    return storage;
  }

  int root() {
    return root;
  }

  /** A step of a test. */
  @FunctionalInterface
  interface Step {
    void run() throws StorageException;
  }

  static Name name(String text) {
    return Name.of(text);
  }

  static Name name(int... bytes) throws StorageException {
    return Name.of(bytes(bytes));
  }

  static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Bytes in native memory, which the garbage collector frees. */
  static MemorySegment memory(byte[] bytes) {
    MemorySegment memory = Arena.ofAuto().allocate(Math.max(1, bytes.length), 4096);
    MemorySegment exact = memory.asSlice(0, bytes.length);
    exact.copyFrom(MemorySegment.ofArray(bytes));
    return exact;
  }

  static void assertFails(Errno expected, Executable step) {
    StorageException thrown = assertThrows(StorageException.class, step);
    assertEquals(expected, thrown.errno(), thrown.getMessage());
  }

  /**
   * Runs a step; the test is aborted when it fails with one of these errors, which say that it
   * cannot be had here.
   */
  static void assumeWorks(Step step, Errno... excuses) throws StorageException {
    try {
      step.run();
    } catch (StorageException e) {
      if (!List.of(excuses).contains(e.errno())) {
        throw e;
      }
      abort("not on this storage: " + e.getMessage());
    }
  }

  int open(int directory, Name name, int flags, int mode) throws StorageException {
    return remember(storage.open(directory, name, flags, mode));
  }

  int open(String name, int flags) throws StorageException {
    return open(root, name(name), flags, 0644);
  }

  int reopen(int fd, int flags) throws StorageException {
    return remember(storage.reopen(fd, flags));
  }

  int openParent(int directory) throws StorageException {
    return remember(storage.openParent(directory));
  }

  int openDirectory(int directory, Name name) throws StorageException {
    return open(directory, name, OpenFlag.READ | OpenFlag.DIRECTORY, 0);
  }

  private int remember(int fd) {
    open.add(fd);
    return fd;
  }

  void close(int fd) throws StorageException {
    open.remove(fd);
    storage.close(fd);
  }

  /** Makes a file with mode 0644; returns a descriptor for reading and writing. */
  int create(int directory, Name name, byte[] content) throws StorageException {
    int fd = open(directory, name, NEW_FILE, 0644);
    write(fd, content, 0);
    return fd;
  }

  int create(String name, String content) throws StorageException {
    return create(root, name(name), text(content));
  }

  /** Makes a directory with mode 0755; returns a descriptor. */
  int makeDirectory(int directory, String name) throws StorageException {
    storage.makeDirectory(directory, name(name), 0755);
    return openDirectory(directory, name(name));
  }

  int makeDirectory(String name) throws StorageException {
    return makeDirectory(root, name);
  }

  void write(int fd, byte[] content, long offset) throws StorageException {
    MemorySegment source = memory(content);
    long done = 0;
    while (done < content.length) {
      done += storage.write(fd, source.asSlice(done), offset + done);
    }
  }

  /** Exactly as many bytes as the storage has there, at most {@code length}. */
  byte[] read(int fd, long offset, int length) throws StorageException {
    MemorySegment target = memory(new byte[length]);
    long done = 0;
    while (done < length) {
      long count = storage.read(fd, target.asSlice(done), offset + done);
      if (count == 0) {
        break;
      }
      done += count;
    }
    return target.asSlice(0, done).toArray(ValueLayout.JAVA_BYTE);
  }

  byte[] content(int fd) throws StorageException {
    return read(fd, 0, Math.toIntExact(storage.stat(fd).sizeBytes()));
  }

  String content(int directory, String name) throws StorageException {
    int fd = storage.open(directory, name(name), OpenFlag.READ, 0);
    try {
      return new String(content(fd), StandardCharsets.UTF_8);
    } finally {
      storage.close(fd);
    }
  }

  String content(String name) throws StorageException {
    return content(root, name);
  }

  FileStat stat(String name) throws StorageException {
    return storage.stat(root, name(name));
  }

  boolean exists(int directory, Name name) throws StorageException {
    try {
      storage.stat(directory, name);
      return true;
    } catch (StorageException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
      return false;
    }
  }

  boolean exists(String name) throws StorageException {
    return exists(root, name(name));
  }

  Set<Name> names(int directory) throws StorageException {
    Set<Name> names = new TreeSet<>();
    storage.list(
        directory,
        (name, inode, type) -> {
          assertEquals(true, names.add(name), () -> "listed twice: " + name);
          return true;
        });
    return names;
  }

  /** Closes all descriptors that are still open. */
  void close() throws StorageException {
    for (int fd : open) {
      storage.close(fd);
    }
    open.clear();
  }
}
