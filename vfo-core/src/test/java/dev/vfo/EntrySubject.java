package dev.vfo;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.history.ShortWriteException;
import dev.vfo.testkit.history.Subject;
import dev.vfo.testkit.model.FileAttributes;
import dev.vfo.testkit.model.ListedName;
import dev.vfo.testkit.model.ModelXattrs;
import dev.vfo.testkit.model.OpenFlags;
import dev.vfo.testkit.model.TreePath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The file operations of a subject of the test kit's harness, on the entries that it has at the
 * moment.
 */
abstract class EntrySubject implements Subject {
  private final List<Name> base;
  private final Map<Integer, VirtualFile> handles = new HashMap<>();

  /** Its paths begin in a directory of the tree. */
  EntrySubject(List<Name> base) {
    this.base = base;
  }

  /** What the operations go to now. */
  abstract EntryOperations entries();

  /** Whether a file is open. */
  boolean hasHandles() {
    return !handles.isEmpty();
  }

  private interface Call<T> {
    T on(long number) throws IOException;
  }

  private interface NamedCall<T> {
    T on(long directory, Name name) throws IOException;
  }

  private <T> T at(TreePath path, Call<T> call) throws IOException {
    long number = find(path);
    try {
      return call.on(number);
    } finally {
      entries().unpin(number, 1);
    }
  }

  private long find(TreePath path) throws IOException {
    List<Name> names = new ArrayList<>(base);
    names.addAll(path.names());
    long at = entries().root();
    for (Name name : names) {
      long parent = at;
      try {
        at = entries().lookup(parent, name);
      } finally {
        entries().unpin(parent, 1);
      }
    }
    return at;
  }

  private <T> T in(TreePath path, Errno forRoot, NamedCall<T> call) throws IOException {
    if (path.isRoot()) {
      throw new StorageException(forRoot, "use", "/");
    }
    return at(
        path.parent(),
        directory -> {
          if (entries().stat(directory).type() != FileType.DIRECTORY) {
            throw new StorageException(Errno.ENOTDIR, "use", path.toString());
          }
          return call.on(directory, path.name());
        });
  }

  private VirtualFile handle(int handle) throws StorageException {
    VirtualFile file = handles.get(handle);
    if (file == null) {
      throw new StorageException(Errno.EBADF, "use", "handle " + handle);
    }
    return file;
  }

  private interface FileCall<T> {
    T run() throws IOException;
  }

  private static <T> T notStale(FileCall<T> call) throws IOException {
    try {
      return call.run();
    } catch (StaleHandleException e) {
      throw new StorageException(Errno.ESTALE, "use", String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void open(int handle, TreePath path, OpenFlags flags, int mode) throws IOException {
    boolean append = flags.has(OpenFlags.APPEND);
    int bits = flags.storageBits() & ~OpenFlag.CREATE;
    Found found =
        flags.has(OpenFlags.CREATE)
            ? in(path, Errno.EISDIR, (directory, name) -> create(directory, name, flags, mode))
            : new Found(find(path), false);
    long number = found.number();
    try {
      VirtualFile file =
          found.isNew()
              ? entries().openNew(number, bits, append)
              : entries().open(number, bits, append);
      handles.put(handle, file);
    } finally {
      entries().unpin(number, 1);
    }
  }

  @Override
  public void openUnnamed(int handle, TreePath directory, OpenFlags flags, int mode)
      throws IOException {
    long number =
        at(directory, parent -> entries().createUnnamed(parent, entries().defaultOwner(mode)));
    try {
      handles.put(
          handle, entries().openNew(number, flags.storageBits(), flags.has(OpenFlags.APPEND)));
    } finally {
      entries().unpin(number, 1);
    }
  }

  @Override
  public void link(int handle, TreePath to) throws IOException {
    // Stale or not open is said first.
    stat(handle);
    in(
        to,
        Errno.EBUSY,
        (directory, name) -> {
          entries().link(handle(handle).number(), directory, name);
          return name;
        });
  }

  private record Found(long number, boolean isNew) {}

  private Found create(long directory, Name name, OpenFlags flags, int mode) throws IOException {
    try {
      long number = entries().lookup(directory, name);
      if (flags.has(OpenFlags.EXCLUSIVE)) {
        entries().unpin(number, 1);
        throw new StorageException(Errno.EEXIST, "create", name.toString());
      }
      if (entries().stat(number).type() == FileType.DIRECTORY) {
        entries().unpin(number, 1);
        throw new StorageException(Errno.EISDIR, "create", name.toString());
      }
      return new Found(number, false);
    } catch (StorageException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
    return new Found(entries().createFile(directory, name, entries().defaultOwner(mode)), true);
  }

  @Override
  public void close(int handle) throws IOException {
    handle(handle).close();
    handles.remove(handle);
  }

  @Override
  public byte[] readAt(int handle, long offset, int lengthBytes) throws IOException {
    ByteBuffer target = ByteBuffer.allocateDirect(lengthBytes);
    notStale(() -> handle(handle).read(target, offset));
    return read(target);
  }

  private static byte[] read(ByteBuffer target) {
    byte[] bytes = new byte[target.flip().remaining()];
    target.get(bytes);
    return bytes;
  }

  @Override
  public void writeAt(int handle, long offset, byte[] data) throws IOException {
    ByteBuffer source = ByteBuffer.wrap(data);
    write(source, () -> handle(handle).write(source, offset));
  }

  @Override
  public void writeBack(int handle, long offset, byte[] data) throws IOException {
    ByteBuffer source = ByteBuffer.wrap(data);
    write(source, () -> handle(handle).writeBack(source, offset));
  }

  private static void write(ByteBuffer source, FileCall<Integer> call) throws IOException {
    try {
      notStale(call);
    } catch (IOException e) {
      throw source.position() == 0 ? e : new ShortWriteException(source.position(), e);
    }
  }

  @Override
  public byte[] read(int handle, int lengthBytes) throws IOException {
    ByteBuffer target = ByteBuffer.allocate(lengthBytes);
    notStale(() -> handle(handle).read(target));
    return read(target);
  }

  @Override
  public void write(int handle, byte[] data) throws IOException {
    ByteBuffer source = ByteBuffer.wrap(data);
    write(source, () -> handle(handle).write(source));
  }

  @Override
  public void seek(int handle, long position) throws IOException {
    notStale(() -> {
      handle(handle).position(position);
      return handle;
    });
  }

  @Override
  public void truncate(int handle, long sizeBytes) throws IOException {
    notStale(() -> {
      handle(handle).truncate(sizeBytes);
      return handle;
    });
  }

  @Override
  public void punch(int handle, long offset, long lengthBytes, boolean keepSize)
      throws IOException {
    notStale(() -> {
      VirtualFile file = handle(handle);
      if (keepSize) {
        file.punchHole(offset, lengthBytes);
      } else {
        file.zeroRange(offset, lengthBytes, false);
      }
      return file;
    });
  }

  @Override
  public void allocate(int handle, long offset, long lengthBytes, boolean keepSize)
      throws IOException {
    notStale(() -> {
      handle(handle).allocate(offset, lengthBytes, keepSize);
      return handle;
    });
  }

  @Override
  public FileAttributes stat(int handle) throws IOException {
    return attributes(notStale(() -> handle(handle).stat()));
  }

  @Override
  public FileAttributes stat(TreePath path) throws IOException {
    return attributes(at(path, entries()::stat));
  }

  private static FileAttributes attributes(EntryStat stat) {
    boolean directory = stat.type() == FileType.DIRECTORY;
    return new FileAttributes(
        stat.type(),
        stat.mode(),
        directory ? 1 : stat.linkCount(),
        stat.uid(),
        stat.gid(),
        stat.device(),
        directory ? 0 : stat.sizeBytes(),
        stat.modifyNanos());
  }

  @Override
  public List<ListedName> list(TreePath path) throws IOException {
    List<ListedName> names =
        new ArrayList<>(
            at(path, entries()::list).stream()
                .map(item -> new ListedName(item.name(), item.type()))
                .toList());
    Collections.sort(names);
    return names;
  }

  @Override
  public byte[] readSymlink(TreePath path) throws IOException {
    return at(path, entries()::readSymlink);
  }

  @Override
  public void unlink(TreePath path) throws IOException {
    in(
        path,
        Errno.EISDIR,
        (directory, name) -> {
          entries().unlink(directory, name);
          return name;
        });
  }

  @Override
  public void rename(TreePath from, TreePath to, RenameMode mode) throws IOException {
    in(
        from,
        Errno.EBUSY,
        (source, sourceName) ->
            in(
                to,
                Errno.EBUSY,
                (target, targetName) -> {
                  entries().rename(source, sourceName, target, targetName, mode);
                  return to;
                }));
  }

  @Override
  public void makeDirectory(TreePath path, int mode) throws IOException {
    in(
        path,
        Errno.EEXIST,
        (directory, name) -> {
          entries()
              .unpin(entries().createDirectory(directory, name, entries().defaultOwner(mode)), 1);
          return name;
        });
  }

  @Override
  public void removeDirectory(TreePath path) throws IOException {
    in(
        path,
        Errno.EBUSY,
        (directory, name) -> {
          entries().removeDirectory(directory, name);
          return name;
        });
  }

  @Override
  public void link(TreePath from, TreePath to) throws IOException {
    in(
        from,
        Errno.EPERM,
        (source, sourceName) ->
            in(
                to,
                Errno.EEXIST,
                (directory, name) -> {
                  long number = entries().lookup(source, sourceName);
                  try {
                    entries().link(number, directory, name);
                  } finally {
                    entries().unpin(number, 1);
                  }
                  return name;
                }));
  }

  @Override
  public void makeSymlink(TreePath path, byte[] target) throws IOException {
    in(
        path,
        Errno.EEXIST,
        (directory, name) -> {
          entries()
              .unpin(
                  entries().createSymlink(directory, name, target, entries().defaultOwner(0777)),
                  1);
          return name;
        });
  }

  @Override
  public void makeSpecial(TreePath path, FileType type, int mode, long device) throws IOException {
    in(
        path,
        Errno.EEXIST,
        (directory, name) -> {
          entries()
              .unpin(
                  entries()
                      .createSpecial(directory, name, type, entries().defaultOwner(mode), device),
                  1);
          return name;
        });
  }

  @Override
  public void changeMode(TreePath path, int mode) throws IOException {
    at(
        path,
        number -> {
          entries().changeMode(number, mode);
          return number;
        });
  }

  @Override
  public byte[] getXattr(TreePath path, String attribute) throws IOException {
    return at(path, number -> entries().getXattr(number, attribute));
  }

  @Override
  public void setXattr(TreePath path, String attribute, byte[] value) throws IOException {
    at(
        path,
        number -> {
          entries().setXattr(number, attribute, value, XattrMode.ANY);
          return number;
        });
  }

  @Override
  public void removeXattr(TreePath path, String attribute) throws IOException {
    at(
        path,
        number -> {
          entries().removeXattr(number, attribute);
          return number;
        });
  }

  @Override
  public List<String> listXattrs(TreePath path) throws IOException {
    return ModelXattrs.comparable(at(path, entries()::listXattrs));
  }

  @Override
  public void changeOwner(TreePath path, int uid, int gid) throws IOException {
    at(
        path,
        number -> {
          entries().changeOwner(number, uid, gid);
          return number;
        });
  }

  @Override
  public void setTimes(TreePath path, long accessNanos, long modifyNanos) throws IOException {
    at(
        path,
        number -> {
          entries().setTimes(number, accessNanos, modifyNanos);
          return number;
        });
  }
}
