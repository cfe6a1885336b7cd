package dev.vfo.testkit.model;

import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** Turns a model's tree into files or bytes and back: slow and simple. */
public final class TreeStore {
  private static final Name CONTROL_FOLDER = Name.of(".vfo");
  private static final int DIRECTORY_FLAGS = OpenFlag.READ | OpenFlag.DIRECTORY;

  private final Storage storage;

  public TreeStore(Storage storage) {
    this.storage = storage;
  }

  /** The tree in a directory. */
  public FileModel load(int root, LongSupplier clock) throws StorageException {
    FileModel model = newModel(clock);
    setAttributes(model.root(), storage.stat(root));
    model.root().modifyNanos = ModelFile.UNKNOWN_TIME;
    for (String attribute : storage.listXattrs(root)) {
      model.root().xattrs.put(attribute, storage.getXattr(root, attribute));
    }
    loadChildren(root, model.root(), true, new HashMap<>());
    return model;
  }

  private FileModel newModel(LongSupplier clock) {
    return new FileModel(clock, storage.effectiveUid(), storage.effectiveGid(), 0755);
  }

  private void loadChildren(
      int fd, ModelFile directory, boolean top, Map<FileIdentity, ModelFile> known)
      throws StorageException {
    for (Name name : names(fd, top)) {
      FileStat stat = storage.stat(fd, name);
      ModelFile file = known.get(stat.identity());
      if (file == null) {
        file = loadFile(fd, name, stat, known);
      }
      file.links++;
      directory.children.put(name, file);
    }
  }

  private ModelFile loadFile(int fd, Name name, FileStat stat, Map<FileIdentity, ModelFile> known)
      throws StorageException {
    ModelFile file = new ModelFile(stat.type(), 0, 0, 0, 0);
    setAttributes(file, stat);
    known.put(stat.identity(), file);
    for (String attribute : storage.listXattrs(fd, name)) {
      file.xattrs.put(attribute, storage.getXattr(fd, name, attribute));
    }
    if (stat.type() == FileType.SYMLINK) {
      file.content = storage.readSymlink(fd, name);
      return file;
    }
    if (file.isSpecial()) {
      return file;
    }
    int own = storage.open(fd, name, OpenFlag.READ, 0);
    try {
      if (file.isDirectory()) {
        loadChildren(own, file, false, known);
      } else {
        file.content = readAll(own);
      }
    } finally {
      storage.close(own);
    }
    return file;
  }

  private static void setAttributes(ModelFile file, FileStat stat) {
    file.mode = stat.mode();
    file.uid = stat.uid();
    file.gid = stat.gid();
    file.device = stat.device();
    file.modifyNanos = stat.modifyNanos();
  }

  private List<Name> names(int fd, boolean top) throws StorageException {
    List<Name> names = new ArrayList<>();
    storage.list(
        fd,
        (name, inode, type) -> {
          if (!top || !name.equals(CONTROL_FOLDER)) {
            names.add(name);
          }
          return true;
        });
    names.sort(null);
    return names;
  }

  /** The content of a file. */
  public byte[] readAll(int fd) throws StorageException {
    int size = Math.toIntExact(storage.stat(fd).sizeBytes());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(Math.max(1, size));
      long done = 0;
      while (done < size) {
        long count = storage.read(fd, memory.asSlice(done, size - done), done);
        if (count == 0) {
          break;
        }
        done += count;
      }
      return memory.asSlice(0, done).toArray(ValueLayout.JAVA_BYTE);
    }
  }

  /** Writes the content of a new file. */
  public void writeAll(int fd, byte[] content) throws StorageException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(Math.max(1, content.length));
      MemorySegment.copy(content, 0, memory, ValueLayout.JAVA_BYTE, 0, content.length);
      long done = 0;
      while (done < content.length) {
        done += storage.write(fd, memory.asSlice(done, content.length - done), done);
      }
    }
  }

  /** Makes a directory hold exactly a tree. */
  public void replace(int root, FileModel model) throws StorageException {
    removeChildren(root, true);
    IdentityHashMap<ModelFile, PlainPlace> made = new IdentityHashMap<>();
    try {
      make(root, model.root(), made);
    } finally {
      for (PlainPlace place : made.values()) {
        storage.close(place.fd());
      }
    }
    ModelFile top = model.root();
    PlainFiles files = new PlainFiles(storage, root);
    files.changeOwner(TreePath.ROOT, top.uid, top.gid);
    files.changeMode(TreePath.ROOT, top.mode);
    for (String attribute : storage.listXattrs(root)) {
      storage.removeXattr(root, attribute);
    }
    for (Map.Entry<String, byte[]> xattr : top.xattrs.entrySet()) {
      storage.setXattr(root, xattr.getKey(), xattr.getValue());
    }
    if (top.modifyNanos != ModelFile.UNKNOWN_TIME) {
      files.setTimes(TreePath.ROOT, FileStat.OMIT_TIME, top.modifyNanos);
    }
  }

  private void removeChildren(int fd, boolean top) throws StorageException {
    for (Name name : names(fd, top)) {
      if (storage.stat(fd, name).type() == FileType.DIRECTORY) {
        int own = storage.open(fd, name, DIRECTORY_FLAGS, 0);
        try {
          removeChildren(own, false);
        } finally {
          storage.close(own);
        }
        storage.removeDirectory(fd, name);
      } else {
        storage.unlink(fd, name);
      }
    }
  }

  /** A name in an open directory. */
  private record PlainPlace(int fd, Name name) {}

  private void make(int fd, ModelFile directory, IdentityHashMap<ModelFile, PlainPlace> made)
      throws StorageException {
    for (Map.Entry<Name, ModelFile> child : directory.children.entrySet()) {
      Name name = child.getKey();
      ModelFile file = child.getValue();
      PlainPlace before = made.get(file);
      if (before != null) {
        storage.link(before.fd(), before.name(), fd, name);
        continue;
      }
      made.put(file, new PlainPlace(storage.reopen(fd, DIRECTORY_FLAGS), name));
      makeFile(fd, name, file, made);
      setAll(fd, name, file);
    }
  }

  private void makeFile(
      int fd, Name name, ModelFile file, IdentityHashMap<ModelFile, PlainPlace> made)
      throws StorageException {
    switch (file.type) {
      case DIRECTORY -> {
        storage.makeDirectory(fd, name, 0700);
        int own = storage.open(fd, name, DIRECTORY_FLAGS, 0);
        try {
          make(own, file, made);
        } finally {
          storage.close(own);
        }
      }
      case SYMLINK -> storage.makeSymlink(fd, name, file.content);
      case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE ->
          storage.makeNode(fd, name, file.type, 0600, file.device);
      case REGULAR -> {
        int flags = OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.EXCLUSIVE;
        int own = storage.open(fd, name, flags, 0600);
        try {
          writeAll(own, file.content);
        } finally {
          storage.close(own);
        }
      }
    }
  }

  private void setAll(int fd, Name name, ModelFile file) throws StorageException {
    // A new owner takes capabilities away.
    storage.changeOwner(fd, name, file.uid, file.gid);
    for (Map.Entry<String, byte[]> xattr : file.xattrs.entrySet()) {
      storage.setXattr(fd, name, xattr.getKey(), xattr.getValue());
    }
    if (file.type != FileType.SYMLINK) {
      storage.changeMode(fd, name, file.mode);
    }
    storage.setTimes(fd, name, FileStat.OMIT_TIME, file.modifyNanos);
  }

  /** A tree as bytes. */
  public static byte[] encode(FileModel model) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      encode(model.root(), out, new IdentityHashMap<>());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }

  private static void encode(ModelFile file, DataOutputStream out, Map<ModelFile, Integer> numbers)
      throws IOException {
    Integer known = numbers.get(file);
    out.writeInt(known == null ? numbers.size() : known);
    if (known != null) {
      return;
    }
    numbers.put(file, numbers.size());
    out.writeUTF(file.type.name());
    out.writeInt(file.mode);
    out.writeInt(file.uid);
    out.writeInt(file.gid);
    out.writeInt(file.links);
    out.writeLong(file.device);
    out.writeLong(file.modifyNanos);
    out.writeInt(file.xattrs.size());
    for (Map.Entry<String, byte[]> xattr : file.xattrs.entrySet()) {
      out.writeUTF(xattr.getKey());
      writeBytes(out, xattr.getValue());
    }
    writeBytes(out, file.content);
    out.writeInt(file.children.size());
    for (Map.Entry<Name, ModelFile> child : file.children.entrySet()) {
      writeBytes(out, child.getKey().bytes());
      encode(child.getValue(), out, numbers);
    }
  }

  private static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /** The tree that was encoded. */
  public FileModel decode(byte[] bytes, LongSupplier clock) throws IOException {
    FileModel model = newModel(clock);
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    ModelFile top = decode(in, new ArrayList<>());
    ModelFile root = model.root();
    root.mode = top.mode;
    root.uid = top.uid;
    root.gid = top.gid;
    root.modifyNanos = top.modifyNanos;
    root.xattrs.putAll(top.xattrs);
    root.children.putAll(top.children);
    return model;
  }

  private static ModelFile decode(DataInputStream in, List<ModelFile> known) throws IOException {
    int number = in.readInt();
    if (number < known.size()) {
      return known.get(number);
    }
    FileType type = FileType.valueOf(in.readUTF());
    ModelFile file = new ModelFile(type, in.readInt(), in.readInt(), in.readInt(), 0);
    known.add(file);
    file.links = in.readInt();
    file.device = in.readLong();
    file.modifyNanos = in.readLong();
    for (int i = in.readInt(); i > 0; i--) {
      file.xattrs.put(in.readUTF(), in.readNBytes(in.readInt()));
    }
    file.content = in.readNBytes(in.readInt());
    for (int i = in.readInt(); i > 0; i--) {
      Name name = Name.of(in.readNBytes(in.readInt()));
      file.children.put(name, decode(in, known));
    }
    return file;
  }
}
