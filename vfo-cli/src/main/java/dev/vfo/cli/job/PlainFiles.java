package dev.vfo.cli.job;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The job's files without VFO, as most programs do it: files are changed in place at once, and a
 * progress file, replaced by a rename, says where to go on. The progress file goes back with a
 * crash; the files do not.
 *
 * <p>A step that is repeated may miss files that it removed the first time. Forgiving files are for
 * a job that shall go on all the same: what is not there is taken as empty or as renamed and
 * deleted already, and counted.
 */
public final class PlainFiles implements WorkFiles {
  private final Path root;
  private final Path progressFile;
  private final boolean forgiving;
  private long checkpoint;
  private Optional<byte[]> state = Optional.empty();
  private int missingCount;

  private PlainFiles(Path root, Path progressFile, boolean forgiving) {
    this.root = root;
    this.progressFile = progressFile;
    this.forgiving = forgiving;
  }

  /**
   * Opens a folder.
   *
   * @param progressFile where the state is kept; outside of the folder
   * @param forgiving whether missing files are no error
   */
  public static PlainFiles open(Path root, Path progressFile, boolean forgiving)
      throws IOException {
    PlainFiles files = new PlainFiles(root, progressFile, forgiving);
    if (Files.exists(progressFile)) {
      ByteBuffer saved = ByteBuffer.wrap(Files.readAllBytes(progressFile));
      files.checkpoint = saved.getLong();
      files.state = Optional.of(Arrays.copyOfRange(saved.array(), 8, saved.capacity()));
    }
    return files;
  }

  @Override
  public Optional<byte[]> lastState() {
    return state;
  }

  @Override
  public long lastCheckpoint() {
    return checkpoint;
  }

  /** How often a file that a step needs was not there any more. */
  public int missingCount() {
    return missingCount;
  }

  @Override
  public WorkFile open(String path, OpenOption... options) throws IOException {
    try {
      return new Handle(FileChannel.open(root.resolve(path), options));
    } catch (NoSuchFileException e) {
      forgive(e);
      Path empty = Files.createTempFile(progressFile.resolveSibling(""), "missing", "");
      return new Handle(FileChannel.open(empty, READ, WRITE, DELETE_ON_CLOSE));
    }
  }

  @Override
  public boolean exists(String path) {
    return Files.exists(root.resolve(path));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    try {
      Files.move(root.resolve(from), root.resolve(to), ATOMIC_MOVE, REPLACE_EXISTING);
    } catch (NoSuchFileException e) {
      forgive(e);
    }
  }

  @Override
  public void delete(String path) throws IOException {
    try {
      Files.delete(root.resolve(path));
    } catch (NoSuchFileException e) {
      forgive(e);
    }
  }

  private void forgive(NoSuchFileException e) throws NoSuchFileException {
    if (!forgiving) {
      throw e;
    }
    missingCount++;
  }

  @Override
  public void createDirectories(String path) throws IOException {
    Files.createDirectories(root.resolve(path));
  }

  @Override
  public void checkpoint(byte[] newState) throws IOException {
    ByteBuffer saved = ByteBuffer.allocate(8 + newState.length);
    saved.putLong(checkpoint + 1).put(newState);
    Path next = progressFile.resolveSibling(progressFile.getFileName() + ".next");
    Files.write(next, saved.array());
    Files.move(next, progressFile, ATOMIC_MOVE, REPLACE_EXISTING);
    checkpoint++;
    state = Optional.of(newState.clone());
  }

  @Override
  public void close() {}

  private record Handle(FileChannel channel) implements WorkFile {
    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
      return channel.read(target, offset);
    }

    @Override
    public int write(ByteBuffer source, long offset) throws IOException {
      return channel.write(source, offset);
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
