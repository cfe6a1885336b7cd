package dev.vfo.cli.job;

import dev.vfo.Checkpoint;
import dev.vfo.FileTree;
import dev.vfo.Options;
import dev.vfo.VirtualFile;
import dev.vfo.VirtualFileManager;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The job's files with VFO: what is done to them becomes real with the checkpoint, together with
 * the state, or not at all.
 */
public final class VfoFiles implements WorkFiles {
  private final VirtualFileManager manager;
  private final FileTree tree;

  private VfoFiles(VirtualFileManager manager) {
    this.manager = manager;
    this.tree = manager.tree();
  }

  /** Opens a root; after a crash it stands at the last checkpoint again. */
  public static VfoFiles open(Path root, Options options) throws IOException {
    return new VfoFiles(VirtualFileManager.open(root, options));
  }

  @Override
  public Optional<byte[]> lastState() {
    return manager.lastCheckpoint().map(last -> last.state().bytes());
  }

  @Override
  public long lastCheckpoint() {
    return manager.lastCheckpoint().map(Checkpoint::number).orElse(0L);
  }

  @Override
  public WorkFile open(String path, OpenOption... options) throws IOException {
    return new Handle(tree.open(path, options));
  }

  @Override
  public boolean exists(String path) throws IOException {
    return tree.exists(path);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    tree.rename(from, to);
  }

  @Override
  public void delete(String path) throws IOException {
    tree.delete(path);
  }

  @Override
  public void createDirectories(String path) throws IOException {
    tree.createDirectories(path);
  }

  @Override
  public void checkpoint(byte[] state) throws IOException {
    manager.checkpoint(state);
  }

  @Override
  public void close() throws IOException {
    manager.close();
  }

  private record Handle(VirtualFile file) implements WorkFile {
    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
      return file.read(target, offset);
    }

    @Override
    public int write(ByteBuffer source, long offset) throws IOException {
      return file.write(source, offset);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
