package dev.vfo;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.history.HistoryClock;
import java.io.IOException;
import java.nio.file.Path;

/** The engine with its journal in a folder beside the root. */
final class JournalElsewhereSubject extends EngineSubject {
  JournalElsewhereSubject(Storage storage, Path root, HistoryClock clock) throws IOException {
    super(root, options(storage, clock).withJournalDirectory(folder(storage, root)));
  }

  private static Path folder(Storage storage, Path root) throws IOException {
    Path folder = root.resolveSibling("journal");
    int parent = storage.openRoot(folder.getParent());
    try {
      storage.makeDirectory(parent, Name.of("journal"), 0700);
    } catch (StorageException e) {
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
    } finally {
      storage.sync(parent);
      storage.close(parent);
    }
    return folder;
  }
}
