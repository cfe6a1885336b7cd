package dev.vfo;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.harness.ForwardingStorage;

/**
 * No apply can begin or go on while it is held: what an earlier process left of one stays as it is.
 * An apply is known by what it does first: it opens the folder of the orphans, then that of its
 * layer.
 */
final class StuckStorage extends ForwardingStorage {
  private static final Name ORPHANS = Name.of("orphans");
  private static final String LAYER_FOLDER = "[0-9a-f]{16}";
  private static final int NOWHERE = -1;

  private boolean isHeld = true;
  private long failures;

  /** The stage, when the folder of the orphans was opened last of all; else nowhere. */
  private int stage = NOWHERE;

  StuckStorage(Storage storage) {
    super(storage);
  }

  void release() {
    isHeld = false;
  }

  /** How many applies have failed. */
  long failures() {
    return failures;
  }

  @Override
  public int open(int directory, Name name, int flags, int mode) throws StorageException {
    boolean isApply = directory == stage && name.toString().matches(LAYER_FOLDER);
    stage = name.equals(ORPHANS) ? directory : NOWHERE;
    if (isHeld && isApply) {
      failures++;
      throw new StorageException(Errno.EIO, "open", name.toString());
    }
    return super.open(directory, name, flags, mode);
  }
}
