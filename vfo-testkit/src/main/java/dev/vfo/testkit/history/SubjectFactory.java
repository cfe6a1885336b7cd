package dev.vfo.testkit.history;

import dev.vfo.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;

/** Opens systems under test. Used by several threads at once, each with its own storage. */
@FunctionalInterface
public interface SubjectFactory {
  /**
   * Opens a root, which recovers it when that is necessary. Must not leave background work undone
   * that it needs to answer calls rightly, but may leave the applying of layers.
   *
   * @param clock the time for all that the subject does
   */
  Subject open(Storage storage, Path root, HistoryClock clock) throws IOException;
}
