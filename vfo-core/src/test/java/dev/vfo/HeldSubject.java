package dev.vfo;

import java.io.IOException;
import java.util.List;

/**
 * The engine when nothing may be applied for a while after it was opened: until somebody waits for
 * it, or too many layers wait.
 */
abstract class HeldSubject extends EngineSubject {
  private final StuckStorage storage;

  HeldSubject(VirtualFileManager manager, StuckStorage storage) {
    super(manager, List.of());
    this.storage = storage;
  }

  /** Makes a checkpoint. */
  interface Commit {
    /** Does it; its number. */
    long run() throws IOException;
  }

  /** Lets layers be applied when a checkpoint cannot do without: that is said before it begins. */
  final long patiently(Commit commit) throws IOException {
    try {
      return commit.run();
    } catch (StuckApplyException e) {
      storage.release();
      return commit.run();
    }
  }

  @Override
  public boolean runBackground() throws IOException {
    try {
      return super.runBackground();
    } catch (IOException e) {
      storage.release();
      return super.runBackground();
    }
  }

  @Override
  public void awaitApplied() throws IOException {
    storage.release();
    super.awaitApplied();
  }

  @Override
  public void close() throws IOException {
    storage.release();
    super.close();
  }
}
