package dev.vfo;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;

/**
 * The files of a root, or of a hidden tree, by path, inside the step.
 *
 * <p>Paths are text (UTF-8), with '/' between the names, and begin at the root whether they begin
 * with '/' or not. Symbolic links are followed, and never lead out of the root: ".." above it is
 * the root, an absolute target begins there. New files get mode 0644, directories 0755. Errors are
 * {@link StorageException} with the errno that Linux gives. Thread safe.
 */
public final class FileTree {
  private static final int FILE_MODE = 0644;
  private static final int DIRECTORY_MODE = 0755;

  private final EntryOperations entries;
  private final long root;
  private final PathWalk walk;

  FileTree(EntryOperations entries) {
    this(entries, entries.root());
  }

  /** The tree below a directory, which stays pinned. */
  FileTree(EntryOperations entries, long root) {
    this.entries = entries;
    this.root = root;
    this.walk = new PathWalk(entries, root);
  }

  /** Number of its root directory, which is always valid. */
  public long root() {
    return root;
  }

  /**
   * Opens a file.
   *
   * @param options {@link StandardOpenOption} READ, WRITE, APPEND, CREATE, CREATE_NEW,
   *     TRUNCATE_EXISTING, SYNC and DSYNC (which mean nothing in a step), and {@link
   *     LinkOption#NOFOLLOW_LINKS}; none: READ
   */
  public VirtualFile open(String path, OpenOption... options) throws IOException {
    return open(path, FILE_MODE, Set.of(options));
  }

  /** The same; a file that is made gets the mode. */
  VirtualFile open(String path, int mode, Set<OpenOption> wanted) throws IOException {
    boolean append = wanted.contains(StandardOpenOption.APPEND);
    boolean write = append || wanted.contains(StandardOpenOption.WRITE);
    boolean read = wanted.contains(StandardOpenOption.READ) || !write;
    boolean truncate = write && wanted.contains(StandardOpenOption.TRUNCATE_EXISTING);
    int flags =
        (read ? OpenFlag.READ : 0)
            | (write ? OpenFlag.WRITE : 0)
            | (truncate ? OpenFlag.TRUNCATE : 0);
    Found found = write ? findOrCreate(path, mode, wanted) : find(path, wanted);
    try {
      return found.isNew()
          ? entries.openNew(found.number(), flags, append)
          : entries.open(found.number(), flags, append);
    } finally {
      entries.unpin(found.number(), 1);
    }
  }

  /**
   * Opens a new file without a name for reading and writing, as with O_TMPFILE: it is gone when it
   * is closed, unless it is given one.
   *
   * @param directory whose group and rights it gets
   */
  public VirtualFile openUnnamed(String directory) throws IOException {
    long parent = walk.find(directory, true);
    try {
      long number = entries.createUnnamed(parent, entries.defaultOwner(FILE_MODE));
      try {
        return entries.openNew(number, OpenFlag.READ | OpenFlag.WRITE, false);
      } finally {
        entries.unpin(number, 1);
      }
    } finally {
      entries.unpin(parent, 1);
    }
  }

  /** Gives an open file one more name, or its first one. */
  public void link(VirtualFile file, String added) throws IOException {
    try (PathWalk.Place place = walk.place(added, false)) {
      entries.link(file.number(), place.directory(), place.name());
    }
  }

  /** A pinned entry, and whether it was made just now. */
  private record Found(long number, boolean isNew) {}

  private Found find(String path, Set<OpenOption> wanted) throws IOException {
    return new Found(walk.find(path, !wanted.contains(LinkOption.NOFOLLOW_LINKS)), false);
  }

  private Found findOrCreate(String path, int mode, Set<OpenOption> wanted) throws IOException {
    boolean fresh = wanted.contains(StandardOpenOption.CREATE_NEW);
    if (!fresh && !wanted.contains(StandardOpenOption.CREATE)) {
      return find(path, wanted);
    }
    boolean follow = !fresh && !wanted.contains(LinkOption.NOFOLLOW_LINKS);
    while (true) {
      try (PathWalk.Place place = walk.place(path, follow)) {
        if (!fresh) {
          try {
            return new Found(entries.lookup(place.directory(), place.name()), false);
          } catch (StorageException e) {
            requireErrno(e, Errno.ENOENT);
          }
        }
        NewEntry owner = entries.defaultOwner(mode);
        return new Found(entries.createFile(place.directory(), place.name(), owner), true);
      } catch (StorageException e) {
        // Somebody made it between the two calls: then it is there.
        if (fresh || e.errno() != Errno.EEXIST) {
          throw e;
        }
      }
    }
  }

  private static void requireErrno(StorageException e, Errno expected) throws StorageException {
    if (e.errno() != expected) {
      throw e;
    }
  }

  /** Whether there is such a file; a symbolic link that leads nowhere is none. */
  public boolean exists(String path) throws IOException {
    try {
      stat(path);
      return true;
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR) {
        return false;
      }
      throw e;
    }
  }

  /** The attributes of a file. */
  public EntryStat stat(String path) throws IOException {
    return withEntry(path, true, entries::stat);
  }

  /** The attributes of a file, or of a symbolic link itself. */
  public EntryStat statLink(String path) throws IOException {
    return withEntry(path, false, entries::stat);
  }

  /** Removes a file that is no directory. */
  public void delete(String path) throws IOException {
    try (PathWalk.Place place = walk.place(path, false)) {
      entries.unlink(place.directory(), place.name());
    }
  }

  /** Removes an empty directory. */
  public void removeDirectory(String path) throws IOException {
    try (PathWalk.Place place = walk.place(path, false)) {
      entries.removeDirectory(place.directory(), place.name());
    }
  }

  /** Renames a file or directory; one that has the new name is replaced, as rename(2) does. */
  public void rename(String from, String to) throws IOException {
    rename(from, to, RenameMode.REPLACE);
  }

  /** Space and limits of the file system. */
  public FileSystemSpace fileSystem() throws IOException {
    return entries.fileSystem();
  }

  /** Renames in one of the ways of renameat2(2). */
  public void rename(String from, String to, RenameMode mode) throws IOException {
    try (PathWalk.Place source = walk.place(from, false);
        PathWalk.Place target = walk.place(to, false)) {
      entries.rename(source.directory(), source.name(), target.directory(), target.name(), mode);
    }
  }

  /** Makes a directory. */
  public void createDirectory(String path) throws IOException {
    try (PathWalk.Place place = walk.place(path, false)) {
      long number =
          entries.createDirectory(
              place.directory(), place.name(), entries.defaultOwner(DIRECTORY_MODE));
      entries.unpin(number, 1);
    }
  }

  /** Makes a directory and those above it, as far as they are not there. */
  public void createDirectories(String path) throws IOException {
    StringBuilder prefix = new StringBuilder();
    for (String part : path.split("/", -1)) {
      prefix.append(part);
      if (!part.isEmpty() && !exists(prefix.toString())) {
        try {
          createDirectory(prefix.toString());
        } catch (StorageException e) {
          // Somebody else has made it meanwhile: so it is there.
          requireErrno(e, Errno.EEXIST);
        }
      }
      prefix.append('/');
    }
    if (stat(path).type() != FileType.DIRECTORY) {
      throw new StorageException(Errno.EEXIST, "create directory", path);
    }
  }

  /** Gives a file one more name. */
  public void link(String existing, String added) throws IOException {
    long number = walk.find(existing, false);
    try (PathWalk.Place place = walk.place(added, false)) {
      entries.link(number, place.directory(), place.name());
    } finally {
      entries.unpin(number, 1);
    }
  }

  /**
   * Makes a FIFO, a socket or a device node; as {@link EntryOperations#createSpecial}.
   *
   * @param mode permission bits
   */
  public void createSpecial(String path, FileType type, int mode, long device) throws IOException {
    try (PathWalk.Place place = walk.place(path, false)) {
      long number =
          entries.createSpecial(
              place.directory(), place.name(), type, entries.defaultOwner(mode), device);
      entries.unpin(number, 1);
    }
  }

  /** Makes a symbolic link at a path. */
  public void symlink(String target, String path) throws IOException {
    try (PathWalk.Place place = walk.place(path, false)) {
      long number =
          entries.createSymlink(
              place.directory(),
              place.name(),
              target.getBytes(StandardCharsets.UTF_8),
              entries.defaultOwner(FILE_MODE));
      entries.unpin(number, 1);
    }
  }

  /** The target of a symbolic link. */
  public String readSymlink(String path) throws IOException {
    return new String(withEntry(path, false, entries::readSymlink), StandardCharsets.UTF_8);
  }

  /** The entries of a directory, in no order. */
  public List<DirectoryItem> list(String path) throws IOException {
    return withEntry(path, true, entries::list);
  }

  /** Sets the permission bits. */
  public void chmod(String path, int mode) throws IOException {
    change(path, number -> entries.changeMode(number, mode));
  }

  /** Sets owner and group; -1 leaves one as it is. A symbolic link is followed. */
  public void chown(String path, int uid, int gid) throws IOException {
    change(path, number -> entries.changeOwner(number, uid, gid));
  }

  /** The value of an extended attribute; as {@link EntryOperations#getXattr}. */
  public byte[] getXattr(String path, String name) throws IOException {
    return withEntry(path, true, number -> entries.getXattr(number, name));
  }

  /** The names of the extended attributes that this process may see, ascending. */
  public List<String> listXattrs(String path) throws IOException {
    return withEntry(path, true, entries::listXattrs);
  }

  /** Sets an extended attribute; as {@link EntryOperations#setXattr}. */
  public void setXattr(String path, String name, byte[] value) throws IOException {
    change(path, number -> entries.setXattr(number, name, value, XattrMode.ANY));
  }

  /** Removes an extended attribute; as {@link EntryOperations#removeXattr}. */
  public void removeXattr(String path, String name) throws IOException {
    change(path, number -> entries.removeXattr(number, name));
  }

  /** Sets the times, nanoseconds since 1970. */
  public void setTimes(String path, long accessNanos, long modifyNanos) throws IOException {
    change(path, number -> entries.setTimes(number, accessNanos, modifyNanos));
  }

  /** Sets the size of a file. */
  public void truncate(String path, long sizeBytes) throws IOException {
    change(path, number -> entries.truncate(number, sizeBytes));
  }

  /** The whole content of a file that fits an array. */
  public byte[] readAll(String path) throws IOException {
    try (VirtualFile file = open(path, StandardOpenOption.READ)) {
      ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(file.size()));
      int count = 0;
      while (content.hasRemaining() && count >= 0) {
        count = file.read(content);
      }
      byte[] bytes = new byte[content.position()];
      content.flip().get(bytes);
      return bytes;
    }
  }

  /** Makes a file with this content, in the place of one that is there. */
  public void writeAll(String path, byte[] content) throws IOException {
    try (VirtualFile file =
        open(
            path,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      file.write(ByteBuffer.wrap(content));
    }
  }

  private interface Change {
    void apply(long number) throws IOException;
  }

  /** Changes what a path leads to. */
  private void change(String path, Change change) throws IOException {
    withEntry(
        path,
        true,
        number -> {
          change.apply(number);
          return number;
        });
  }

  private interface Operation<T> {
    T apply(long number) throws IOException;
  }

  private <T> T withEntry(String path, boolean follow, Operation<T> operation) throws IOException {
    long number = walk.find(path, follow);
    try {
      return operation.apply(number);
    } finally {
      entries.unpin(number, 1);
    }
  }

  /** The name under which a directory entry is known, for those who have bytes and not text. */
  static Name name(String text) throws StorageException {
    return Name.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
