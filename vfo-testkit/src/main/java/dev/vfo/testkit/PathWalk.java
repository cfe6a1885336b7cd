package dev.vfo.testkit;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Outside paths: from the root of the tree, following symbolic links. A relative path starts at the
 * root too.
 */
final class PathWalk {
  private static final int MAX_LINKS = 40;

  private final Disk disk;
  private final String operation;
  private final Path path;
  private final Deque<String> left = new ArrayDeque<>();
  private int linksFollowed;

  PathWalk(Disk disk, String operation, Path path) {
    this.disk = disk;
    this.operation = operation;
    this.path = path;
    path.forEach(part -> left.add(part.toString()));
  }

  /** The directory at the path. */
  Inode directory() throws StorageException {
    Inode current = disk.inodes.get(InodeTable.ROOT);
    while (!left.isEmpty()) {
      current = step(current, left.removeFirst());
    }
    if (!current.isDirectory()) {
      throw refusal(Errno.ENOTDIR);
    }
    return current;
  }

  /** The same; makes the directories that are missing, mode 0755, all of them durable at once. */
  Inode madeDirectory(NameCalls names) throws StorageException {
    Inode current = disk.inodes.get(InodeTable.ROOT);
    while (!left.isEmpty()) {
      Name name = Name.of(left.getFirst());
      if (disk.find(current, name) == null) {
        Descriptor place = new Descriptor(0, current.serial, 0, path.toString());
        names.make(operation, place, name, FileType.DIRECTORY, 0755, 0, null);
      }
      current = step(current, left.removeFirst());
    }
    return current;
  }

  private Inode step(Inode directory, String part) throws StorageException {
    if (!directory.isDirectory()) {
      throw refusal(Errno.ENOTDIR);
    }
    if (part.isEmpty() || part.equals(".")) {
      return directory;
    }
    if (part.equals("..")) {
      return disk.inodes.get(directory.entries().parent);
    }
    Inode found = disk.find(directory, Name.of(part.getBytes(StandardCharsets.UTF_8)));
    if (found == null) {
      throw refusal(Errno.ENOENT);
    }
    byte @Nullable [] target = found.target;
    return target == null ? found : follow(directory, target);
  }

  private Inode follow(Inode directory, byte[] target) throws StorageException {
    linksFollowed++;
    if (linksFollowed > MAX_LINKS) {
      throw refusal(Errno.ELOOP);
    }
    String text = new String(target, StandardCharsets.UTF_8);
    String[] parts = text.split("/", -1);
    for (int i = parts.length - 1; i >= 0; i--) {
      left.addFirst(parts[i]);
    }
    return text.startsWith("/") ? disk.inodes.get(InodeTable.ROOT) : directory;
  }

  private StorageException refusal(Errno errno) {
    return new StorageException(errno, operation, path.toString());
  }
}
