package dev.vfo;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Stream;

/**
 * A tree that several threads work on together. Its files are tokens: each has a number and a
 * version, which only its one writer counts up; every eight bytes of it tell both. Whatever is
 * renamed, exchanged and moved, each token has one name that begins with t; more names that it may
 * have begin with l.
 */
final class SharedTree {
  /** More than the descriptors that are kept open. */
  static final int TOKENS = 300;

  private static final int DIRECTORIES = 6;
  private static final int WORDS = 3 * 4096 / Long.BYTES;
  private static final int BYTES = WORDS * Long.BYTES;
  private static final int MAX_DEPTH = 20;

  private static final Set<Errno> EXPECTED =
      Set.of(
          Errno.ENOENT,
          Errno.EEXIST,
          Errno.EINVAL,
          Errno.ENOTDIR,
          Errno.ENOTEMPTY,
          Errno.EISDIR,
          Errno.EPERM);

  private final AtomicIntegerArray begun = new AtomicIntegerArray(TOKENS);
  private final AtomicIntegerArray done = new AtomicIntegerArray(TOKENS);

  /** How far the tokens' versions were. */
  record Versions(int[] values) {
    /** Those of the beginning. */
    static final Versions FIRST = new Versions(new int[TOKENS]);
  }

  /** Makes the tree on the disk. */
  static SharedTree create(Path root) throws IOException {
    SharedTree tree = new SharedTree();
    for (int i = 0; i < DIRECTORIES; i++) {
      Files.createDirectory(root.resolve("d" + i));
    }
    for (int i = 0; i < TOKENS; i++) {
      Path file = root.resolve("d" + i % DIRECTORIES).resolve("t" + i);
      Files.write(file, content(i, 0).array());
    }
    return tree;
  }

  private static ByteBuffer content(int token, int version) {
    ByteBuffer content = ByteBuffer.allocate(BYTES);
    for (int i = 0; i < WORDS; i++) {
      content.putLong((long) token << Integer.SIZE | version);
    }
    return content.flip();
  }

  /** What a file is, after a look whether all of it is of one version. */
  private record Content(int token, int version) {
    static Content of(ByteBuffer content) {
      if (content.remaining() != BYTES) {
        throw new AssertionError("a token of " + content.remaining() + " bytes");
      }
      long first = content.getLong();
      while (content.hasRemaining()) {
        long next = content.getLong();
        if (next != first) {
          throw new AssertionError(
              "mixed: %x and, before byte %d, %x".formatted(first, content.position(), next));
        }
      }
      return new Content((int) (first >>> Integer.SIZE), (int) first);
    }

    @Override
    public String toString() {
      return "version %d of token %d".formatted(version, token);
    }
  }

  /** The versions whose writes are done. */
  Versions done() {
    return copy(done);
  }

  /** The versions whose writes have begun. */
  Versions begun() {
    return copy(begun);
  }

  private static Versions copy(AtomicIntegerArray array) {
    int[] values = new int[TOKENS];
    for (int i = 0; i < TOKENS; i++) {
      values[i] = array.get(i);
    }
    return new Versions(values);
  }

  /** Checks the tree on the disk: each token is there once, and of a version between two. */
  void check(Path root, Versions least, Versions most) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(root)) {
      all = walk.filter(file -> !file.startsWith(root.resolve(".vfo"))).toList();
    }
    Set<Integer> found = new TreeSet<>();
    for (Path file : all) {
      if (Files.isRegularFile(file) && isToken(file.toString())) {
        Content content = Content.of(ByteBuffer.wrap(Files.readAllBytes(file)));
        int token = content.token;
        if (content.version < least.values[token] || content.version > most.values[token]) {
          throw new AssertionError(
              "%s is %s, not %d to %d"
                  .formatted(file, content, least.values[token], most.values[token]));
        }
        if (name(file.toString()).startsWith("t") && !found.add(token)) {
          throw new AssertionError(file + " has a token that has a name already: " + token);
        }
        begun.set(token, content.version);
        done.set(token, content.version);
      }
    }
    if (found.size() != TOKENS) {
      throw new AssertionError("only " + found.size() + " tokens: " + found);
    }
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static boolean isToken(String path) {
    return name(path).startsWith("t") || name(path).startsWith("l");
  }

  /** One of those who work on the tree; for one thread. */
  final class Worker {
    private final FileTree files;
    private final SplittableRandom random;
    private final int index;
    private final int workers;
    private final boolean rollbacks;
    private int count;

    /**
     * The worker that writes every so manieth token.
     *
     * @param rollbacks whether the tree may go back while it works
     */
    Worker(FileTree files, long seed, int index, int workers, boolean rollbacks) {
      this.files = files;
      this.random = new SplittableRandom(seed);
      this.index = index;
      this.workers = workers;
      this.rollbacks = rollbacks;
    }

    /** One operation; what may be refused because of the others is. */
    void step() throws IOException {
      try {
        switch (random.nextInt(12)) {
          case 0 -> moveToken();
          case 1 -> exchange();
          case 2 -> moveDirectory();
          case 3 -> addLink();
          case 4 -> removeLink();
          case 5 -> passing();
          case 6, 7, 8 -> write();
          default -> read();
        }
      } catch (StorageException e) {
        if (!EXPECTED.contains(e.errno()) && !(rollbacks && e.errno() == Errno.ESTALE)) {
          throw e;
        }
      } catch (StaleHandleException e) {
        if (!rollbacks) {
          throw e;
        }
      }
    }

    /** Some path that was there a moment ago. */
    private String path() throws IOException {
      String path = "";
      for (int depth = 0; depth < MAX_DEPTH; depth++) {
        List<DirectoryItem> items = files.list(path.isEmpty() ? "/" : path);
        if (items.isEmpty()) {
          break;
        }
        DirectoryItem item = items.get(random.nextInt(items.size()));
        path = path + "/" + item.name();
        if (item.type() != FileType.DIRECTORY || random.nextInt(4) == 0) {
          break;
        }
      }
      return path.isEmpty() ? "/d0" : path;
    }

    private String directory() throws IOException {
      String path = path();
      return files.stat(path).type() == FileType.DIRECTORY ? path : parent(path);
    }

    private static String parent(String path) {
      return path.substring(0, Math.max(1, path.lastIndexOf('/')));
    }

    private void moveToken() throws IOException {
      String from = path();
      files.rename(from, directory() + "/" + name(from), RenameMode.NO_REPLACE);
    }

    /** Two files, or two directories, one perhaps empty and the other not. */
    private void exchange() throws IOException {
      String one = path();
      String other = path();
      if (name(one).charAt(0) == name(other).charAt(0)) {
        files.rename(one, other, RenameMode.EXCHANGE);
      }
    }

    private void moveDirectory() throws IOException {
      String from = directory();
      String to = random.nextBoolean() ? "" : directory();
      files.rename(from, to + "/" + name(from), RenameMode.NO_REPLACE);
    }

    private void addLink() throws IOException {
      String path = path();
      if (isToken(path)) {
        files.link(path, directory() + "/l" + index + "-" + count++);
      }
    }

    private void removeLink() throws IOException {
      String path = path();
      if (name(path).startsWith("l")) {
        files.delete(path);
      }
    }

    /** A file that is made and goes again; while it is open its content stays. */
    private void passing() throws IOException {
      String path = directory() + "/p" + index + "-" + count++;
      Content content = new Content(random.nextInt(TOKENS), count);
      files.writeAll(path, content(content.token, content.version).array());
      try (VirtualFile file = files.open(path, READ, WRITE)) {
        files.delete(path);
        ByteBuffer found = readWhole(file);
        // A checkpoint and a rollback can come between making and writing it.
        if (found.hasRemaining() || !rollbacks) {
          Content is = Content.of(found);
          if (!is.equals(content)) {
            throw new AssertionError(path + " has become " + is + ", not " + content);
          }
        }
      }
    }

    private void write() throws IOException {
      String path = path();
      if (!isToken(path)) {
        return;
      }
      try (VirtualFile file = files.open(path, READ, WRITE)) {
        Content known = Content.of(readWhole(file));
        int token = known.token;
        if (token % workers != index) {
          return;
        }
        if (!rollbacks && known.version != done.get(token)) {
          throw new AssertionError("found %s, not %d".formatted(known, done.get(token)));
        }
        int next = begun.incrementAndGet(token);
        file.write(content(token, next), 0);
        done.set(token, next);
      }
    }

    private void read() throws IOException {
      String path = path();
      if (!isToken(path)) {
        return;
      }
      try (VirtualFile file = files.open(path)) {
        int token = Content.of(readWhole(file)).token;
        int least = done.get(token);
        Content found = Content.of(readWhole(file));
        boolean old = !rollbacks && found.version < least;
        if (found.token != token || found.version > begun.get(token) || old) {
          throw new AssertionError(
              "token %d, version %d or later, has become %s".formatted(token, least, found));
        }
      }
    }

    private static ByteBuffer readWhole(VirtualFile file) throws IOException {
      ByteBuffer content = ByteBuffer.allocateDirect(BYTES + 1);
      file.read(content, 0);
      return content.flip();
    }
  }
}
