package dev.vfo.testkit.model;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files of an ordinary directory of a {@link Storage}, changed at once and with nothing
 * between. It makes the trees that histories begin with; over the real storage it is what {@link
 * FileModel} is compared with.
 */
public final class PlainFiles implements TreeCalls, AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Storage storage;
  private final int root;
  private final @Nullable UnnamedFiles unnamed;
  private final Map<Integer, Handle> handles = new HashMap<>();
  private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES, 4096);

  private record Handle(int fd, OpenFlags flags, long[] position) {}

  /** What is done in the directory that a path's last component lies in. */
  @FunctionalInterface
  private interface InDirectory<T> {
    T run(int directory, Name name) throws StorageException;
  }

  /**
   * The files in a directory.
   *
   * @param root its descriptor, which stays the caller's
   */
  public PlainFiles(Storage storage, int root) {
    this(storage, root, null);
  }

  /**
   * The same.
   *
   * @param unnamed makes files without a name; null: these are not served
   */
  public PlainFiles(Storage storage, int root, @Nullable UnnamedFiles unnamed) {
    this.storage = storage;
    this.root = root;
    this.unnamed = unnamed;
  }

  /** Closes all handles. */
  @Override
  public void close() throws StorageException {
    for (Handle handle : handles.values()) {
      storage.close(handle.fd());
    }
    handles.clear();
  }

  @Override
  public void open(int handle, TreePath path, OpenFlags flags, int mode) throws StorageException {
    int fd =
        path.isRoot()
            ? storage.reopen(root, flags.storageBits())
            : in(path, (dir, name) -> open(dir, name, flags, mode));
    handles.put(handle, new Handle(fd, flags, new long[1]));
  }

  @Override
  public void openUnnamed(int handle, TreePath directory, OpenFlags flags, int mode)
      throws StorageException {
    int place = openDirectory(directory);
    try {
      int fd = unnamed().open(place, flags, mode);
      handles.put(handle, new Handle(fd, flags, new long[1]));
    } finally {
      storage.close(place);
    }
  }

  @Override
  public void link(int handle, TreePath to) throws StorageException {
    int fd = handle(handle).fd();
    doIn(to, (directory, name) -> unnamed().link(fd, directory, name));
  }

  private UnnamedFiles unnamed() {
    if (unnamed == null) {
      throw new UnsupportedOperationException("files without a name");
    }
    return unnamed;
  }

  // The kernel would wait for who opens the other end of a FIFO, and ask the driver of a device.
  private int open(int directory, Name name, OpenFlags flags, int mode) throws StorageException {
    boolean mayExist = !flags.has(OpenFlags.CREATE | OpenFlags.EXCLUSIVE);
    if (mayExist && !flags.has(OpenFlags.DIRECTORY) && isSpecial(directory, name)) {
      throw new StorageException(Errno.ENXIO, "open", name.toString());
    }
    return storage.open(directory, name, flags.storageBits(), mode);
  }

  private boolean isSpecial(int directory, Name name) throws StorageException {
    try {
      return ModelFile.isSpecial(storage.stat(directory, name).type());
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void close(int handle) throws StorageException {
    int fd = handle(handle).fd();
    handles.remove(handle);
    storage.close(fd);
  }

  @Override
  public byte[] readAt(int handle, long offset, int lengthBytes) throws StorageException {
    int fd = handle(handle).fd();
    ByteArrayOutputStream data = new ByteArrayOutputStream(lengthBytes);
    while (data.size() < lengthBytes) {
      MemorySegment part = buffer.asSlice(0, Math.min(BUFFER_BYTES, lengthBytes - data.size()));
      long count = storage.read(fd, part, offset + data.size());
      if (count == 0) {
        break;
      }
      data.writeBytes(part.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE));
    }
    return data.toByteArray();
  }

  @Override
  public void writeAt(int handle, long offset, byte[] data) throws StorageException {
    writeTo(handle(handle), offset, data);
  }

  @Override
  public void writeBack(int handle, long offset, byte[] data) throws StorageException {
    int fd = handle(handle).fd();
    FileStat before = storage.stat(fd);
    byte[] capability = capability(fd);
    writeTo(handle(handle), offset, data, false);
    if (capability != null) {
      storage.setXattr(fd, ModelXattrs.CAPABILITY, capability);
    }
    storage.setTimes(fd, FileStat.OMIT_TIME, before.modifyNanos());
  }

  private byte @Nullable [] capability(int fd) throws StorageException {
    try {
      return storage.getXattr(fd, ModelXattrs.CAPABILITY);
    } catch (StorageException e) {
      if (e.errno() == Errno.ENODATA || e.errno() == Errno.EOPNOTSUPP) {
        return null;
      }
      throw e;
    }
  }

  /** Writes, and returns the offset behind what was written. */
  private long writeTo(Handle handle, long offset, byte[] data) throws StorageException {
    boolean append = handle.flags().has(OpenFlags.APPEND) && data.length > 0;
    return writeTo(handle, offset, data, append);
  }

  private long writeTo(Handle handle, long offset, byte[] data, boolean append)
      throws StorageException {
    long start = append ? storage.stat(handle.fd()).sizeBytes() : offset;
    int done = 0;
    while (done < data.length) {
      MemorySegment part = buffer.asSlice(0, Math.min(BUFFER_BYTES, data.length - done));
      MemorySegment.copy(
          data, done, part, ValueLayout.JAVA_BYTE, 0, Math.toIntExact(part.byteSize()));
      done += Math.toIntExact(storage.write(handle.fd(), part, start + done));
    }
    return start + data.length;
  }

  @Override
  public byte[] read(int handle, int lengthBytes) throws StorageException {
    long[] position = handle(handle).position();
    byte[] data = readAt(handle, position[0], lengthBytes);
    position[0] += data.length;
    return data;
  }

  @Override
  public void write(int handle, byte[] data) throws StorageException {
    long[] position = handle(handle).position();
    position[0] = writeTo(handle(handle), position[0], data);
  }

  @Override
  public void seek(int handle, long position) throws StorageException {
    long[] current = handle(handle).position();
    if (position < 0) {
      throw new StorageException(Errno.EINVAL, "seek", "handle " + handle);
    }
    current[0] = position;
  }

  @Override
  public void truncate(int handle, long sizeBytes) throws StorageException {
    storage.truncate(handle(handle).fd(), sizeBytes);
  }

  @Override
  public void punch(int handle, long offset, long lengthBytes, boolean keepSize)
      throws StorageException {
    int fd = handle(handle).fd();
    storage.punchHole(fd, offset, lengthBytes);
    if (!keepSize && storage.stat(fd).sizeBytes() < offset + lengthBytes) {
      storage.truncate(fd, offset + lengthBytes);
    }
  }

  @Override
  public void allocate(int handle, long offset, long lengthBytes, boolean keepSize)
      throws StorageException {
    storage.allocate(handle(handle).fd(), offset, lengthBytes, keepSize);
  }

  @Override
  public FileAttributes stat(int handle) throws StorageException {
    return FileAttributes.of(storage.stat(handle(handle).fd()));
  }

  @Override
  public FileAttributes stat(TreePath path) throws StorageException {
    return FileAttributes.of(storageStat(path));
  }

  private FileStat storageStat(TreePath path) throws StorageException {
    return path.isRoot() ? storage.stat(root) : in(path, storage::stat);
  }

  @Override
  public List<ListedName> list(TreePath path) throws StorageException {
    List<ListedName> names = new ArrayList<>();
    int place = openDirectory(path);
    int directory;
    try {
      directory = storage.reopen(place, OpenFlag.READ | OpenFlag.DIRECTORY);
    } finally {
      storage.close(place);
    }
    try {
      storage.list(
          directory,
          (name, inode, type) -> {
            names.add(new ListedName(name, type));
            return true;
          });
    } finally {
      storage.close(directory);
    }
    names.sort(null);
    return names;
  }

  @Override
  public byte[] readSymlink(TreePath path) throws StorageException {
    return in(path, storage::readSymlink);
  }

  @Override
  public void unlink(TreePath path) throws StorageException {
    doIn(path, storage::unlink);
  }

  @Override
  public void removeDirectory(TreePath path) throws StorageException {
    doIn(path, storage::removeDirectory);
  }

  @Override
  public void rename(TreePath from, TreePath to, RenameMode mode) throws StorageException {
    doIn(
        from,
        (fromDir, fromName) ->
            doIn(to, (toDir, name) -> storage.rename(fromDir, fromName, toDir, name, mode)));
  }

  @Override
  public void makeDirectory(TreePath path, int mode) throws StorageException {
    doIn(
        path,
        (directory, name) -> {
          int inherited = storage.stat(directory).mode() & FileModel.SET_GROUP;
          storage.makeDirectory(directory, name, mode | inherited);
        });
  }

  @Override
  public void link(TreePath from, TreePath to) throws StorageException {
    doIn(
        from,
        (fromDir, fromName) ->
            doIn(to, (toDir, name) -> storage.link(fromDir, fromName, toDir, name)));
  }

  @Override
  public void makeSymlink(TreePath path, byte[] target) throws StorageException {
    doIn(path, (directory, name) -> storage.makeSymlink(directory, name, target));
  }

  @Override
  public void makeSpecial(TreePath path, FileType type, int mode, long device)
      throws StorageException {
    doIn(path, (directory, name) -> storage.makeNode(directory, name, type, mode, device));
  }

  @Override
  public void changeMode(TreePath path, int mode) throws StorageException {
    if (path.isRoot()) {
      storage.changeMode(root, mode);
    } else {
      doIn(path, (directory, name) -> storage.changeMode(directory, name, mode));
    }
  }

  private interface RootCall<T> {
    T run() throws StorageException;
  }

  private interface NamedCall<T> {
    T on(int directory, Name name) throws StorageException;
  }

  private <T> T of(TreePath path, RootCall<T> ofRoot, NamedCall<T> ofOthers)
      throws StorageException {
    if (path.isRoot()) {
      return ofRoot.run();
    }
    List<T> result = new ArrayList<>();
    doIn(path, (directory, name) -> result.add(ofOthers.on(directory, name)));
    return result.getFirst();
  }

  @Override
  public byte[] getXattr(TreePath path, String attribute) throws StorageException {
    return of(
        path,
        () -> storage.getXattr(root, attribute),
        (directory, name) -> storage.getXattr(directory, name, attribute));
  }

  @Override
  public void setXattr(TreePath path, String attribute, byte[] value) throws StorageException {
    if (path.isRoot()) {
      storage.setXattr(root, attribute, value);
    } else {
      doIn(path, (directory, name) -> storage.setXattr(directory, name, attribute, value));
    }
  }

  @Override
  public void removeXattr(TreePath path, String attribute) throws StorageException {
    if (path.isRoot()) {
      storage.removeXattr(root, attribute);
    } else {
      doIn(path, (directory, name) -> storage.removeXattr(directory, name, attribute));
    }
  }

  @Override
  public List<String> listXattrs(TreePath path) throws StorageException {
    List<String> names =
        of(
            path,
            () -> storage.listXattrs(root),
            (directory, name) -> storage.listXattrs(directory, name));
    return ModelXattrs.comparable(names);
  }

  @Override
  public void changeOwner(TreePath path, int uid, int gid) throws StorageException {
    if (path.isRoot()) {
      storage.changeOwner(root, uid, gid);
    } else {
      doIn(path, (directory, name) -> storage.changeOwner(directory, name, uid, gid));
    }
  }

  @Override
  public void setTimes(TreePath path, long accessNanos, long modifyNanos) throws StorageException {
    if (path.isRoot()) {
      storage.setTimes(root, accessNanos, modifyNanos);
    } else {
      doIn(path, (directory, name) -> storage.setTimes(directory, name, accessNanos, modifyNanos));
    }
  }

  private Handle handle(int handle) throws StorageException {
    Handle open = handles.get(handle);
    if (open == null) {
      throw new StorageException(Errno.EBADF, "use", "handle " + handle);
    }
    return open;
  }

  /** As a place only: what is passed need not be readable. */
  private int openDirectory(TreePath path) throws StorageException {
    int flags = OpenFlag.PATH | OpenFlag.DIRECTORY;
    int directory = storage.reopen(root, flags);
    for (Name name : path.names()) {
      int above = directory;
      try {
        directory = storage.open(above, name, flags, 0);
      } finally {
        storage.close(above);
      }
    }
    return directory;
  }

  private <T> T in(TreePath path, InDirectory<T> step) throws StorageException {
    if (path.isRoot()) {
      throw new StorageException(Errno.EBUSY, "use", "/");
    }
    int directory = openDirectory(path.parent());
    try {
      return step.run(directory, path.name());
    } finally {
      storage.close(directory);
    }
  }

  /** {@link InDirectory} without a result. */
  @FunctionalInterface
  private interface Step {
    void run(int directory, Name name) throws StorageException;
  }

  private void doIn(TreePath path, Step step) throws StorageException {
    Boolean _ =
        in(
            path,
            (directory, name) -> {
              step.run(directory, name);
              return true;
            });
  }
}
