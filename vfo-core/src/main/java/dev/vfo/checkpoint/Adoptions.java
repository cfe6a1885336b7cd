package dev.vfo.checkpoint;

import dev.vfo.journal.Adoption;
import dev.vfo.journal.RootId;
import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.util.Optional;

/**
 * The folder {@code adopting} of a root: which detached steps are being committed, or were, while
 * their folders are still there. One thread at a time.
 */
final class Adoptions {
  private static final Name FOLDER = Name.of("adopting");
  private static final int PRIVATE = 0700;

  private final Storage storage;
  private final int controlFd;
  private final RootId root;

  Adoptions(Storage storage, int controlFd, RootId root) {
    this.storage = storage;
    this.controlFd = controlFd;
    this.root = root;
  }

  private interface FolderCall<T> {
    T run(int folder) throws IOException;
  }

  private <T> Optional<T> inFolder(FolderCall<T> call) throws IOException {
    int folder;
    try {
      folder = storage.open(controlFd, FOLDER, OpenFlag.READ | OpenFlag.DIRECTORY, 0);
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT) {
        return Optional.empty();
      }
      throw e;
    }
    try {
      return Optional.of(call.run(folder));
    } finally {
      storage.close(folder);
    }
  }

  /** Forgets those that were not committed; before anything is committed after an open. */
  void settle(long lastCheckpoint) throws IOException {
    inFolder(folder -> {
      // What another process removed may still be there after a power failure (C3).
      storage.sync(folder);
      for (Adoption each : Adoption.readAll(storage, folder, root)) {
        if (lastCheckpoint <= each.before()) {
          each.remove(storage, folder);
        }
      }
      return folder;
    });
  }

  /** What is known of a step, if anything. */
  Optional<Adoption> find(RootId step) throws IOException {
    return inFolder(folder -> Adoption.readAll(storage, folder, root))
        .flatMap(all -> all.stream().filter(each -> each.step().equals(step)).findFirst());
  }

  /** Takes down that a step is going to be committed; durable when this returns. */
  void begin(Adoption adoption) throws IOException {
    try {
      storage.makeDirectory(controlFd, FOLDER, PRIVATE);
    } catch (StorageException e) {
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
    }
    storage.sync(controlFd);
    inFolder(folder -> {
      adoption.create(storage, folder, root);
      return folder;
    });
  }

  /** Forgets a step: it was not committed, or nothing is left of it. */
  void end(Adoption adoption) throws IOException {
    inFolder(folder -> {
      adoption.remove(storage, folder);
      return folder;
    });
  }
}
