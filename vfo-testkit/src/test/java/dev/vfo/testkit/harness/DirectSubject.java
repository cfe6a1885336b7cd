package dev.vfo.testkit.harness;

import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.history.HistoryClock;
import dev.vfo.testkit.model.PlainFiles;
import dev.vfo.testkit.model.TreeCalls;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An engine that is as wrong as can be: it writes to the root at once, and thinks that a sync makes
 * a checkpoint.
 */
final class DirectSubject extends ForwardingSubject {
  private final Storage storage;
  private final int root;
  private final PlainFiles files;
  private @Nullable LastCheckpoint last;

  DirectSubject(Storage storage, Path path, HistoryClock clock) throws IOException {
    this.storage = storage;
    root = storage.openRoot(path);
    files = new PlainFiles(storage, root);
  }

  @Override
  TreeCalls files() {
    return files;
  }

  @Override
  public @Nullable LastCheckpoint lastCheckpoint() {
    return last;
  }

  @Override
  public long checkpoint(byte[] state) throws IOException {
    storage.syncFileSystem(root);
    last = new LastCheckpoint(last == null ? 1 : last.number() + 1, state);
    return last.number();
  }

  @Override
  public void seal(int slot) {}

  @Override
  public long commit(int slot, byte[] state) throws IOException {
    return checkpoint(state);
  }

  @Override
  public void rollback() {}

  @Override
  public boolean runBackground() {
    return false;
  }

  @Override
  public void awaitApplied() throws StorageException {
    storage.syncFileSystem(root);
  }

  @Override
  public boolean hasFailed() {
    return false;
  }

  @Override
  public void close() throws StorageException {
    files.close();
    storage.close(root);
  }

  @Override
  public void abandon() {}
}
