package dev.vfo.cli.demo;

import dev.vfo.cli.job.WorkFile;
import dev.vfo.cli.job.WorkFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.OpenOption;
import java.util.Optional;

/** Counts the bytes that the job writes. */
final class CountingFiles implements WorkFiles {
  private final WorkFiles files;
  private long writtenBytes;

  CountingFiles(WorkFiles files) {
    this.files = files;
  }

  /** How many bytes were written. */
  long writtenBytes() {
    return writtenBytes;
  }

  @Override
  public Optional<byte[]> lastState() {
    return files.lastState();
  }

  @Override
  public long lastCheckpoint() {
    return files.lastCheckpoint();
  }

  @Override
  public WorkFile open(String path, OpenOption... options) throws IOException {
    return new Counted(files.open(path, options));
  }

  @Override
  public boolean exists(String path) throws IOException {
    return files.exists(path);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    files.rename(from, to);
  }

  @Override
  public void delete(String path) throws IOException {
    files.delete(path);
  }

  @Override
  public void createDirectories(String path) throws IOException {
    files.createDirectories(path);
  }

  @Override
  public void checkpoint(byte[] state) throws IOException {
    files.checkpoint(state);
  }

  @Override
  public void close() throws IOException {
    files.close();
  }

  private final class Counted implements WorkFile {
    private final WorkFile file;

    Counted(WorkFile file) {
      this.file = file;
    }

    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
      return file.read(target, offset);
    }

    @Override
    public int write(ByteBuffer source, long offset) throws IOException {
      int count = file.write(source, offset);
      writtenBytes += count;
      return count;
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
