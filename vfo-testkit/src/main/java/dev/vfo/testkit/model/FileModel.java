package dev.vfo.testkit.model;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A file system in memory, made to be obviously right: a tree of maps, contents that are replaced
 * as a whole, every call what Linux does for a user who may do everything. Open files are a part of
 * it: they live on after their last name is gone.
 *
 * <p>Times come from a clock that is passed in. Where Linux file systems differ the model says: a
 * truncate and an allocate modify a file even when nothing changes; a directory that is moved is
 * not modified itself.
 */
public final class FileModel implements TreeCalls {
  private static final int SET_USER = 04000;

  /** In a directory: what is made in it gets its group, a directory the bit too. */
  static final int SET_GROUP = 02000;

  private static final int GROUP_EXECUTE = 00010;

  /** Larger files are refused (EFBIG): the model keeps every byte. */
  static final long MAX_SIZE_BYTES = 1L << 28;

  private final LongSupplier clockNanos;
  private final int uid;
  private final int gid;
  private final ModelFile root;
  private final ModelHandles handles;

  /**
   * An empty tree.
   *
   * @param clockNanos the time, nanoseconds since 1970
   * @param uid owner of what is made
   * @param gid its group
   * @param rootMode permission bits of the root, which belongs to {@code uid}; its time of
   *     modification is not known
   */
  public FileModel(LongSupplier clockNanos, int uid, int gid, int rootMode) {
    this.clockNanos = clockNanos;
    this.uid = uid;
    this.gid = gid;
    this.root = new ModelFile(FileType.DIRECTORY, rootMode, uid, gid, ModelFile.UNKNOWN_TIME);
    root.links = 1;
    this.handles = new ModelHandles();
  }

  private FileModel(FileModel other) {
    clockNanos = other.clockNanos;
    uid = other.uid;
    gid = other.gid;
    IdentityHashMap<ModelFile, ModelFile> copies = new IdentityHashMap<>();
    root = other.root.copy(copies);
    handles = new ModelHandles(other.handles, copies);
  }

  /**
   * A model in the same state, with the same clock, that has nothing else in common with this one.
   */
  public FileModel copy() {
    return new FileModel(this);
  }

  /**
   * What a program finds after the tree went back to this state: handles that were open then and
   * still are, at their old position; handles opened since are stale (ESTALE); those closed since
   * stay closed.
   *
   * @param now the model that is given up
   */
  public FileModel restoredFrom(FileModel now) {
    FileModel restored = copy();
    restored.handles.restoreFrom(now.handles);
    return restored;
  }

  /** Forgets all handles, as a process does that dies. */
  public void closeAll() {
    handles.closeAll();
  }

  /** The numbers of the open files, also the stale ones, in ascending order; a copy. */
  public NavigableSet<Integer> openHandles() {
    return handles.numbers();
  }

  /** The file of a handle, or null when it is not open or stale. */
  public @Nullable ModelFile fileOf(int handle) {
    return handles.fileOrNull(handle);
  }

  /** The flags that a handle was opened with; none when it is not open. */
  public OpenFlags flagsOf(int handle) {
    return handles.flagsOrNone(handle);
  }

  /** The position of a handle; 0 when it is not open. */
  public long positionOf(int handle) {
    return handles.positionOrStart(handle);
  }

  /** Whether another model has an equal tree; open files do not count. */
  public boolean hasSameTree(FileModel other) {
    return root.isLike(other.root, new IdentityHashMap<>());
  }

  /** The root directory. */
  public ModelFile root() {
    return root;
  }

  @Override
  public void open(int handle, TreePath path, OpenFlags flags, int mode) throws StorageException {
    if (flags.has(OpenFlags.CREATE | OpenFlags.DIRECTORY)) {
      throw refuse(Errno.EINVAL, path);
    }
    ModelFile file = path.isRoot() ? root : directoryOf(path).children.get(path.name());
    if (file == null) {
      if (!flags.has(OpenFlags.CREATE)) {
        throw refuse(Errno.ENOENT, path);
      }
      file = create(path, FileType.REGULAR, mode);
    } else {
      checkOpen(file, path, flags);
      if (flags.has(OpenFlags.TRUNCATE)) {
        setContent(file, new byte[0]);
      }
    }
    handles.open(handle, file, flags);
  }

  @Override
  public void openUnnamed(int handle, TreePath path, OpenFlags flags, int mode)
      throws StorageException {
    ModelFile file = newFile(directory(path), FileType.REGULAR, mode);
    file.unnamed = true;
    handles.open(handle, file, flags);
  }

  @Override
  public void link(int handle, TreePath to) throws StorageException {
    ModelFile file = handles.file(handle);
    ModelFile parent = directoryOf(to);
    checkFree(to);
    if (file.isDirectory()) {
      throw refuse(Errno.EPERM, to);
    }
    if (file.links == 0 && !file.unnamed) {
      throw refuse(Errno.ENOENT, to);
    }
    addName(file, parent, to);
  }

  private void addName(ModelFile file, ModelFile parent, TreePath to) {
    parent.children.put(to.name(), file);
    file.links++;
    file.unnamed = false;
    modified(parent);
  }

  private static void checkOpen(ModelFile file, TreePath path, OpenFlags flags)
      throws StorageException {
    if (flags.has(OpenFlags.CREATE | OpenFlags.EXCLUSIVE)) {
      throw refuse(Errno.EEXIST, path);
    }
    if (flags.has(OpenFlags.CREATE) && file.isDirectory()) {
      throw refuse(Errno.EISDIR, path);
    }
    if (flags.has(OpenFlags.DIRECTORY) && !file.isDirectory()) {
      throw refuse(Errno.ENOTDIR, path);
    }
    if (file.type == FileType.SYMLINK) {
      throw refuse(Errno.ELOOP, path);
    }
    if (file.isSpecial()) {
      throw refuse(Errno.ENXIO, path);
    }
    if (file.isDirectory() && (flags.has(OpenFlags.WRITE) || flags.has(OpenFlags.TRUNCATE))) {
      throw refuse(Errno.EISDIR, path);
    }
  }

  @Override
  public void close(int handle) throws StorageException {
    handles.close(handle);
  }

  @Override
  public byte[] readAt(int handle, long offset, int lengthBytes) throws StorageException {
    ModelFile file = handles.file(handle);
    if (!handles.flags(handle).has(OpenFlags.READ)) {
      throw ModelHandles.refuse(Errno.EBADF, handle);
    }
    if (offset < 0) {
      throw ModelHandles.refuse(Errno.EINVAL, handle);
    }
    if (file.isDirectory()) {
      throw ModelHandles.refuse(Errno.EISDIR, handle);
    }
    int from = (int) Math.min(offset, file.content.length);
    int to = (int) Math.min((long) from + lengthBytes, file.content.length);
    return Arrays.copyOfRange(file.content, from, to);
  }

  @Override
  public void writeAt(int handle, long offset, byte[] data) throws StorageException {
    writeTo(handle, offset, data);
  }

  @Override
  public void writeBack(int handle, long offset, byte[] data) throws StorageException {
    ModelFile file = handles.file(handle);
    SortedMap<String, byte[]> xattrs = new TreeMap<>(file.xattrs);
    long modifyNanos = file.modifyNanos;
    writeTo(handle, offset, data, false);
    file.xattrs.putAll(xattrs);
    file.modifyNanos = modifyNanos;
  }

  /** Writes, and returns the offset behind what was written. */
  private long writeTo(int handle, long offset, byte[] data) throws StorageException {
    return writeTo(handle, offset, data, handles.flags(handle).has(OpenFlags.APPEND));
  }

  private long writeTo(int handle, long offset, byte[] data, boolean append)
      throws StorageException {
    ModelFile file = handles.file(handle);
    if (!handles.flags(handle).has(OpenFlags.WRITE)) {
      throw ModelHandles.refuse(Errno.EBADF, handle);
    }
    if (offset < 0) {
      throw ModelHandles.refuse(Errno.EINVAL, handle);
    }
    if (data.length == 0) {
      return offset;
    }
    long start = append ? file.content.length : offset;
    byte[] content =
        Arrays.copyOf(
            file.content,
            Math.max(file.content.length, checkSize(Math.max(start, start + data.length), handle)));
    System.arraycopy(data, 0, content, (int) start, data.length);
    setContent(file, content);
    return start + data.length;
  }

  @Override
  public byte[] read(int handle, int lengthBytes) throws StorageException {
    byte[] data = readAt(handle, handles.position(handle)[0], lengthBytes);
    handles.position(handle)[0] += data.length;
    return data;
  }

  @Override
  public void write(int handle, byte[] data) throws StorageException {
    handles.position(handle)[0] = writeTo(handle, handles.position(handle)[0], data);
  }

  @Override
  public void seek(int handle, long position) throws StorageException {
    handles.file(handle);
    if (position < 0) {
      throw ModelHandles.refuse(Errno.EINVAL, handle);
    }
    handles.position(handle)[0] = position;
  }

  @Override
  public void truncate(int handle, long sizeBytes) throws StorageException {
    ModelFile file = handles.file(handle);
    if (sizeBytes < 0 || file.isDirectory() || !handles.flags(handle).has(OpenFlags.WRITE)) {
      throw ModelHandles.refuse(Errno.EINVAL, handle);
    }
    setContent(file, Arrays.copyOf(file.content, checkSize(sizeBytes, handle)));
  }

  @Override
  public void allocate(int handle, long offset, long lengthBytes, boolean keepSize)
      throws StorageException {
    ModelFile file = handles.file(handle);
    if (offset < 0 || lengthBytes <= 0) {
      throw ModelHandles.refuse(Errno.EINVAL, handle);
    }
    if (!handles.flags(handle).has(OpenFlags.WRITE)) {
      throw ModelHandles.refuse(Errno.EBADF, handle);
    }
    int end = checkSize(offset + lengthBytes, handle);
    int size = keepSize ? file.content.length : Math.max(file.content.length, end);
    setContent(file, Arrays.copyOf(file.content, size));
  }

  @Override
  public void punch(int handle, long offset, long lengthBytes, boolean keepSize)
      throws StorageException {
    ModelFile file = handles.file(handle);
    if (offset < 0 || lengthBytes <= 0) {
      throw ModelHandles.refuse(Errno.EINVAL, handle);
    }
    if (!handles.flags(handle).has(OpenFlags.WRITE)) {
      throw ModelHandles.refuse(Errno.EBADF, handle);
    }
    long end = offset + lengthBytes;
    int size = file.content.length;
    byte[] content =
        Arrays.copyOf(file.content, keepSize ? size : Math.max(size, checkSize(end, handle)));
    if (offset < size) {
      Arrays.fill(content, (int) offset, (int) Math.min(end, size), (byte) 0);
    }
    setContent(file, content);
  }

  @Override
  public FileAttributes stat(int handle) throws StorageException {
    return handles.file(handle).attributes();
  }

  @Override
  public FileAttributes stat(TreePath path) throws StorageException {
    return find(path).attributes();
  }

  @Override
  public List<ListedName> list(TreePath path) throws StorageException {
    List<ListedName> names = new ArrayList<>();
    directory(path).children.forEach((name, child) -> names.add(new ListedName(name, child.type)));
    return names;
  }

  @Override
  public byte[] readSymlink(TreePath path) throws StorageException {
    ModelFile file = find(path);
    if (file.type != FileType.SYMLINK) {
      throw refuse(Errno.EINVAL, path);
    }
    return file.content.clone();
  }

  @Override
  public void unlink(TreePath path) throws StorageException {
    ModelFile parent = directoryOf(path);
    ModelFile file = find(path);
    if (file.isDirectory()) {
      throw refuse(Errno.EISDIR, path);
    }
    remove(parent, path.name());
  }

  @Override
  public void removeDirectory(TreePath path) throws StorageException {
    ModelFile parent = directoryOf(path);
    ModelFile file = find(path);
    if (!file.isDirectory()) {
      throw refuse(Errno.ENOTDIR, path);
    }
    if (!file.children.isEmpty()) {
      throw refuse(Errno.ENOTEMPTY, path);
    }
    remove(parent, path.name());
  }

  @Override
  public void rename(TreePath from, TreePath to, RenameMode mode) throws StorageException {
    ModelFile fromParent = directoryOf(from);
    ModelFile toParent = directoryOf(to);
    ModelFile source = find(from);
    ModelFile target = toParent.children.get(to.name());
    boolean exchange = mode == RenameMode.EXCHANGE;
    if (mode == RenameMode.NO_REPLACE && target != null) {
      throw refuse(Errno.EEXIST, to);
    }
    if (exchange && target == null) {
      throw refuse(Errno.ENOENT, to);
    }
    if (to.parent().startsWith(from)) {
      throw refuse(Errno.EINVAL, to);
    }
    if (from.parent().startsWith(to)) {
      throw refuse(exchange ? Errno.EINVAL : Errno.ENOTEMPTY, to);
    }
    if (source == target) {
      return;
    }
    if (exchange) {
      fromParent.children.put(from.name(), target);
    } else {
      replace(source, toParent, to);
      fromParent.children.remove(from.name());
    }
    toParent.children.put(to.name(), source);
    modified(fromParent);
    modified(toParent);
  }

  /** Takes the target of a rename away, if there is one that {@code source} can replace. */
  private void replace(ModelFile source, ModelFile toParent, TreePath to) throws StorageException {
    ModelFile target = toParent.children.get(to.name());
    if (target == null) {
      return;
    }
    if (source.isDirectory() && !target.isDirectory()) {
      throw refuse(Errno.ENOTDIR, to);
    }
    if (!source.isDirectory() && target.isDirectory()) {
      throw refuse(Errno.EISDIR, to);
    }
    if (!target.children.isEmpty()) {
      throw refuse(Errno.ENOTEMPTY, to);
    }
    remove(toParent, to.name());
  }

  @Override
  public void makeDirectory(TreePath path, int mode) throws StorageException {
    checkFree(path);
    create(path, FileType.DIRECTORY, mode);
  }

  @Override
  public void link(TreePath from, TreePath to) throws StorageException {
    ModelFile fromParent = directoryOf(from);
    ModelFile parent = directoryOf(to);
    ModelFile file = child(fromParent, from);
    checkFree(to);
    if (file.isDirectory()) {
      throw refuse(Errno.EPERM, from);
    }
    addName(file, parent, to);
  }

  @Override
  public void makeSymlink(TreePath path, byte[] target) throws StorageException {
    if (target.length == 0) {
      throw refuse(Errno.ENOENT, path);
    }
    checkFree(path);
    create(path, FileType.SYMLINK, 0777).content = target.clone();
  }

  @Override
  public void makeSpecial(TreePath path, FileType type, int mode, long device)
      throws StorageException {
    checkFree(path);
    create(path, type, mode).device = device;
  }

  @Override
  public void changeMode(TreePath path, int mode) throws StorageException {
    ModelFile file = find(path);
    if (file.type == FileType.SYMLINK) {
      throw refuse(Errno.EOPNOTSUPP, path);
    }
    file.mode = mode & 07777;
    file.xattrs.computeIfPresent(
        AccessLists.ACCESS, (_, list) -> AccessLists.withMode(list, file.mode));
  }

  @Override
  public byte[] getXattr(TreePath path, String attribute) throws StorageException {
    return ModelXattrs.get(find(path), attribute);
  }

  @Override
  public void setXattr(TreePath path, String attribute, byte[] value) throws StorageException {
    ModelXattrs.set(find(path), attribute, value);
  }

  @Override
  public void removeXattr(TreePath path, String attribute) throws StorageException {
    ModelXattrs.remove(find(path), attribute);
  }

  @Override
  public List<String> listXattrs(TreePath path) throws StorageException {
    return ModelXattrs.list(find(path));
  }

  @Override
  public void changeOwner(TreePath path, int newUid, int newGid) throws StorageException {
    ModelFile file = find(path);
    file.uid = newUid == -1 ? file.uid : newUid;
    file.gid = newGid == -1 ? file.gid : newGid;
    if (!file.isDirectory()) {
      boolean keepGroup = (file.mode & GROUP_EXECUTE) == 0;
      file.mode &= keepGroup ? ~SET_USER : ~(SET_USER | SET_GROUP);
      file.xattrs.remove(ModelXattrs.CAPABILITY);
    }
  }

  @Override
  public void setTimes(TreePath path, long accessNanos, long modifyNanos) throws StorageException {
    ModelFile file = find(path);
    if (modifyNanos != FileStat.OMIT_TIME) {
      file.modifyNanos = modifyNanos;
    }
  }

  private ModelFile create(TreePath path, FileType type, int mode) throws StorageException {
    ModelFile parent = directoryOf(path);
    ModelFile file = newFile(parent, type, mode);
    addName(file, parent, path);
    return file;
  }

  private ModelFile newFile(ModelFile parent, FileType type, int mode) {
    ModelFile file = new ModelFile(type, mode & 07777, uid, gid, clockNanos.getAsLong());
    if ((parent.mode & SET_GROUP) != 0) {
      file.gid = parent.gid;
      file.mode |= type == FileType.DIRECTORY ? SET_GROUP : 0;
    }
    return file;
  }

  private void remove(ModelFile parent, Name name) {
    ModelFile file = parent.children.remove(name);
    if (file != null) {
      file.links--;
      modified(parent);
    }
  }

  private void setContent(ModelFile file, byte[] content) {
    file.content = content;
    file.xattrs.remove(ModelXattrs.CAPABILITY);
    modified(file);
  }

  private void modified(ModelFile file) {
    file.modifyNanos = clockNanos.getAsLong();
  }

  /** The file that a path stands for; its last component is not followed. */
  private ModelFile find(TreePath path) throws StorageException {
    if (path.isRoot()) {
      return root;
    }
    return child(directoryOf(path), path);
  }

  private static ModelFile child(ModelFile directory, TreePath path) throws StorageException {
    ModelFile file = directory.children.get(path.name());
    if (file == null) {
      throw refuse(Errno.ENOENT, path);
    }
    return file;
  }

  private ModelFile directory(TreePath path) throws StorageException {
    ModelFile file = root;
    for (Name name : path.names()) {
      if (!file.isDirectory()) {
        throw refuse(Errno.ENOTDIR, path);
      }
      ModelFile child = file.children.get(name);
      if (child == null) {
        throw refuse(Errno.ENOENT, path);
      }
      file = child;
    }
    if (!file.isDirectory()) {
      throw refuse(Errno.ENOTDIR, path);
    }
    return file;
  }

  /** The directory that the last component lies in; the root lies in none (EBUSY). */
  private ModelFile directoryOf(TreePath path) throws StorageException {
    if (path.isRoot()) {
      throw refuse(Errno.EBUSY, path);
    }
    return directory(path.parent());
  }

  private void checkFree(TreePath path) throws StorageException {
    if (directoryOf(path).children.containsKey(path.name())) {
      throw refuse(Errno.EEXIST, path);
    }
  }

  private static int checkSize(long sizeBytes, int handle) throws StorageException {
    if (sizeBytes > MAX_SIZE_BYTES) {
      throw ModelHandles.refuse(Errno.EFBIG, handle);
    }
    return (int) sizeBytes;
  }

  private static StorageException refuse(Errno errno, TreePath path) {
    return new StorageException(errno, "model", path.toString());
  }
}
