package dev.vfo.testkit;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.model.TreePath;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads a tree for {@link TreeImage}. Used once. */
final class TreeReader {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Storage storage;
  private final List<Name> excluded;
  private final SortedMap<TreePath, FileImage> files = new TreeMap<>();
  private final Map<FileIdentity, TreePath> firstNames = new HashMap<>();

  TreeReader(Storage storage, List<Name> excluded) {
    this.storage = storage;
    this.excluded = excluded;
  }

  SortedMap<TreePath, FileImage> read(int root) throws StorageException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(BUFFER_BYTES);
      FileStat stat = storage.stat(root);
      // The root has no name to ask for its extended attributes.
      files.put(TreePath.ROOT, image(TreePath.ROOT, stat, null, "", new TreeMap<>()));
      readNames(root, TreePath.ROOT, buffer);
    }
    return files;
  }

  private void readNames(int directory, TreePath path, MemorySegment buffer)
      throws StorageException {
    List<Name> names = new ArrayList<>();
    storage.list(
        directory,
        (name, inode, type) -> {
          if (!path.isRoot() || !excluded.contains(name)) {
            names.add(name);
          }
          return true;
        });
    names.sort(Name::compareTo);
    for (Name name : names) {
      readFile(directory, name, path.child(name), buffer);
    }
  }

  private void readFile(int directory, Name name, TreePath path, MemorySegment buffer)
      throws StorageException {
    FileStat stat = storage.stat(directory, name);
    ContentImage content =
        stat.type() == FileType.REGULAR ? content(directory, name, stat, buffer) : null;
    String target =
        stat.type() == FileType.SYMLINK ? TreeImage.text(storage.readSymlink(directory, name)) : "";
    files.put(path, image(path, stat, content, target, xattrs(directory, name)));
    if (stat.type() == FileType.DIRECTORY) {
      int fd = storage.open(directory, name, OpenFlag.READ | OpenFlag.DIRECTORY, 0);
      try {
        readNames(fd, path, buffer);
      } finally {
        storage.close(fd);
      }
    }
  }

  private FileImage image(
      TreePath path,
      FileStat stat,
      @Nullable ContentImage content,
      String target,
      SortedMap<String, String> xattrs) {
    TreePath first = firstNames.computeIfAbsent(stat.identity(), identity -> path);
    return new FileImage(
        stat.type(),
        stat.mode(),
        stat.uid(),
        stat.gid(),
        stat.type() == FileType.DIRECTORY ? 0 : stat.linkCount(),
        stat.modifyNanos(),
        content,
        target,
        stat.device(),
        xattrs,
        first);
  }

  private SortedMap<String, String> xattrs(int directory, Name name) throws StorageException {
    SortedMap<String, String> xattrs = new TreeMap<>();
    for (String attribute : listXattrs(directory, name)) {
      byte[] value = storage.getXattr(directory, name, attribute);
      xattrs.put(attribute, HexFormat.of().formatHex(value));
    }
    return xattrs;
  }

  /** None on a file system that has no such thing. */
  private List<String> listXattrs(int directory, Name name) throws StorageException {
    try {
      return storage.listXattrs(directory, name);
    } catch (StorageException e) {
      if (e.errno() == Errno.EOPNOTSUPP) {
        return List.of();
      }
      throw e;
    }
  }

  private ContentImage content(int directory, Name name, FileStat stat, MemorySegment buffer)
      throws StorageException {
    int fd = storage.open(directory, name, OpenFlag.READ, 0);
    try {
      ContentImage.Builder builder = new ContentImage.Builder(stat.sizeBytes());
      long offset = stat.sizeBytes() > BUFFER_BYTES ? storage.seekData(fd, 0) : 0;
      while (offset >= 0 && offset < stat.sizeBytes()) {
        long count = storage.read(fd, buffer, offset);
        if (count == 0) {
          throw new IllegalStateException(name + " got shorter while it was read");
        }
        builder.add(offset, buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE), (int) count);
        offset += count;
        if (offset < stat.sizeBytes() && stat.sizeBytes() > BUFFER_BYTES) {
          offset = storage.seekData(fd, offset);
        }
      }
      return builder.build();
    } finally {
      storage.close(fd);
    }
  }
}
