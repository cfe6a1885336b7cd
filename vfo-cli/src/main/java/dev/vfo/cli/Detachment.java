package dev.vfo.cli;

import dev.vfo.inspect.RootInspection;
import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.LinuxStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * Takes the control folder away from a root, which must be applied. The folder gets another name
 * first, in one atomic and durable act, so that a crash leaves either the root as it was or an
 * ordinary folder with some rubbish, which the next try removes.
 */
final class Detachment {
  private static final Name CONTROL = Name.of(RootFinder.CONTROL);
  private static final Name LOCK = Name.of("lock");
  private static final Name REMOVED = Name.of(".vfo-detached");
  private static final String ROOT_ID = "root-id";

  /** What the root has in a folder elsewhere, with what tells whose it is last. */
  private static final List<String> ELSEWHERE =
      List.of("journal", "state", "parts", "acknowledged", "format", "lock", ROOT_ID);

  private final Storage storage;
  private final Path root;

  Detachment(Path root) {
    this(root, new LinuxStorage());
  }

  Detachment(Path root, Storage storage) {
    this.root = root;
    this.storage = storage;
  }

  /** Whether an earlier detachment of this folder was interrupted when it was as good as done. */
  static boolean isUnfinished(Path folder) {
    return Files.isDirectory(folder.resolve(REMOVED.toString())) && !RootFinder.isRoot(folder);
  }

  /**
   * Renames the control folder and removes it; fails, and changes nothing, when somebody uses the
   * root.
   */
  void run() throws IOException {
    int directory = storage.openRoot(root);
    try {
      int control = storage.open(directory, CONTROL, OpenFlag.READ | OpenFlag.DIRECTORY, 0);
      try {
        renameLocked(directory, control);
      } finally {
        storage.close(control);
      }
    } finally {
      storage.close(directory);
    }
    removeRest();
  }

  private void renameLocked(int directory, int control) throws IOException {
    int lock = storage.open(control, LOCK, OpenFlag.READ | OpenFlag.WRITE, 0);
    try {
      if (!storage.tryLock(lock)) {
        throw new IOException(root + ": somebody has opened it; end that first");
      }
      requireInPlace(directory, CONTROL, control);
      requireInPlace(control, LOCK, lock);
      requireApplied();
      requireNothingKept();
      // Of a detachment that was interrupted before the root was opened again.
      removeRest();
      storage.rename(directory, CONTROL, directory, REMOVED, RenameMode.NO_REPLACE);
      storage.sync(directory);
    } finally {
      storage.close(lock);
    }
  }

  // Another detachment may have taken the folder away before we had its lock, and the root may be
  // open again: the folder that has the name now is somebody else's.
  private void requireInPlace(int directory, Name name, int opened) throws IOException {
    boolean inPlace;
    try {
      inPlace = storage.stat(directory, name).identity().equals(storage.stat(opened).identity());
    } catch (StorageException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
      inPlace = false;
    }
    if (!inPlace) {
      throw new IOException(root + ": somebody has detached it meanwhile; look, and try again");
    }
  }

  private void requireApplied() throws IOException {
    RootInspection seen = RootInspection.read(storage, root);
    if (!seen.faults().isEmpty()) {
      throw new ProblemException("damaged: " + seen.faults().getFirst());
    }
    if (!seen.undecided().isEmpty()) {
      throw new IOException(
          root + ": has prepared checkpoints; decide them before: see 'vfo undecided'");
    }
    if (!seen.unapplied().isEmpty()) {
      throw new IOException(root + ": somebody has used it meanwhile; try again");
    }
  }

  // What other programs lost to a checkpoint is theirs, and hidden trees are the program's.
  private void requireNothingKept() throws IOException {
    Path control = root.resolve(RootFinder.CONTROL);
    requireNone(control.resolve("conflicts"), "what other programs had in the way of a checkpoint");
    requireNone(control.resolve("private"), "the hidden trees of a program");
  }

  private static void requireNone(Path kept, String what) throws IOException {
    if (Files.exists(kept)) {
      throw new IOException(kept + ": has " + what + "; move it away, or delete it, first");
    }
  }

  /** Removes what the control folder has become, if there is anything. */
  void removeRest() throws IOException {
    Path removed = root.resolve(REMOVED.toString());
    if (!Files.exists(removed, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    // Who renamed it may have been killed before that was durable: a power failure could then bring
    // back a root with a part of its folder.
    syncRoot();
    Path link = removed.resolve("records");
    if (Files.isSymbolicLink(link)) {
      removeElsewhere(removed, Files.readSymbolicLink(link));
    }
    FolderTree.remove(removed);
  }

  private void syncRoot() throws IOException {
    int directory = storage.openRoot(root);
    try {
      storage.sync(directory);
    } finally {
      storage.close(directory);
    }
  }

  // Only what is this root's.
  private static void removeElsewhere(Path removed, Path records) throws IOException {
    Path id = records.resolve(ROOT_ID);
    if (Files.exists(id) && Files.mismatch(id, removed.resolve(ROOT_ID)) < 0) {
      for (String name : ELSEWHERE) {
        FolderTree.remove(records.resolve(name));
      }
    }
  }
}
