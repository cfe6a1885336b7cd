package dev.vfo;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds what a path leads to, following symbolic links inside the root. Thread safe. */
final class PathWalk {
  private static final int MAX_LINKS = 40;

  private final EntryOperations entries;
  private final long root;

  /** Walks in the tree below a directory, which stays pinned. */
  PathWalk(EntryOperations entries, long root) {
    this.entries = entries;
    this.root = root;
  }

  /** A name in a directory, which is pinned until this is closed. */
  static final class Place implements AutoCloseable {
    private final Walk walk;
    private final Name name;

    private Place(Walk walk, Name name) {
      this.walk = walk;
      this.name = name;
    }

    long directory() {
      return walk.directory();
    }

    Name name() {
      return name;
    }

    @Override
    public void close() throws IOException {
      walk.close();
    }
  }

  /** The entry of a path, pinned once. */
  long find(String path, boolean follow) throws IOException {
    try (Walk walk = new Walk(path)) {
      return walk.find(follow);
    }
  }

  /**
   * The directory and the name that a path ends in, whether there is such a file or not.
   *
   * @param follow whether a symbolic link there is followed to where its target is or would be
   */
  Place place(String path, boolean follow) throws IOException {
    Walk walk = new Walk(path);
    boolean found = false;
    try {
      Place place = new Place(walk, walk.last(follow));
      found = true;
      return place;
    } finally {
      if (!found) {
        walk.close();
      }
    }
  }

  /**
   * One walk: the directories from the root to where it stands, each pinned, and the names that are
   * to come.
   */
  private final class Walk implements AutoCloseable {
    private final String path;
    private final List<Long> directories = new ArrayList<>();
    private final Deque<byte[]> ahead = new ArrayDeque<>();
    private boolean mustBeDirectory;
    private int links;

    Walk(String path) throws StorageException {
      this.path = path;
      if (path.isEmpty()) {
        throw new StorageException(Errno.ENOENT, "find", "\"\"");
      }
      byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
      push(bytes);
      mustBeDirectory = bytes[bytes.length - 1] == '/';
    }

    private void push(byte[] bytes) {
      List<byte[]> parts = new ArrayList<>();
      int start = 0;
      for (int i = 0; i <= bytes.length; i++) {
        if (i == bytes.length || bytes[i] == '/') {
          if (i > start) {
            parts.add(Arrays.copyOfRange(bytes, start, i));
          }
          start = i + 1;
        }
      }
      for (int i = parts.size() - 1; i >= 0; i--) {
        ahead.push(parts.get(i));
      }
    }

    long directory() {
      return directories.isEmpty() ? root : directories.getLast();
    }

    /** Walks to the last name and returns it. */
    Name last(boolean follow) throws IOException {
      while (true) {
        byte[] part = ahead.poll();
        if (part == null || isDots(part)) {
          if (part == null || ahead.isEmpty()) {
            throw new StorageException(Errno.EEXIST, "use", path + ", which is a directory");
          }
          step(part);
          continue;
        }
        if (!ahead.isEmpty() || (follow && isLink(part))) {
          enter(part);
        } else {
          return Name.of(part);
        }
      }
    }

    private boolean isLink(byte[] part) throws IOException {
      try {
        long number = entries.lookup(directory(), Name.of(part));
        try {
          return entries.stat(number).type() == FileType.SYMLINK;
        } finally {
          entries.unpin(number, 1);
        }
      } catch (StorageException e) {
        if (e.errno() == Errno.ENOENT) {
          return false;
        }
        throw e;
      }
    }

    /** Walks to the end; the result is pinned. */
    long find(boolean follow) throws IOException {
      byte @Nullable [] part = ahead.poll();
      while (part != null) {
        if (isDots(part)) {
          step(part);
        } else if (!ahead.isEmpty() || mustBeDirectory) {
          enter(part);
        } else {
          long number = entries.lookup(directory(), Name.of(part));
          if (!follow || !followed(number)) {
            return number;
          }
        }
        part = ahead.poll();
      }
      return directories.isEmpty() ? root : directories.removeLast();
    }

    private static boolean isDots(byte[] part) {
      return part[0] == '.' && (part.length == 1 || (part.length == 2 && part[1] == '.'));
    }

    private void step(byte[] dots) throws IOException {
      if (dots.length == 2 && !directories.isEmpty()) {
        entries.unpin(directories.removeLast(), 1);
      }
    }

    private void enter(byte[] part) throws IOException {
      long number = entries.lookup(directory(), Name.of(part));
      if (followed(number)) {
        return;
      }
      directories.add(number);
      if (entries.stat(number).type() != FileType.DIRECTORY) {
        throw new StorageException(Errno.ENOTDIR, "find", path);
      }
    }

    /** When it is a symbolic link, puts its target ahead, and gives the pin back. */
    private boolean followed(long number) throws IOException {
      boolean link = false;
      try {
        link = entries.stat(number).type() == FileType.SYMLINK;
        if (link) {
          follow(entries.readSymlink(number));
        }
        return link;
      } finally {
        if (link) {
          entries.unpin(number, 1);
        }
      }
    }

    private void follow(byte[] target) throws IOException {
      links++;
      if (links > MAX_LINKS) {
        throw new StorageException(Errno.ELOOP, "find", path);
      }
      if (target[0] == '/') {
        leave();
      }
      if (target[target.length - 1] == '/' && ahead.isEmpty()) {
        mustBeDirectory = true;
      }
      push(target);
    }

    private void leave() throws IOException {
      while (!directories.isEmpty()) {
        entries.unpin(directories.removeLast(), 1);
      }
    }

    @Override
    public void close() throws IOException {
      leave();
    }
  }
}
