package dev.vfo;

import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.harness.ForwardingStorage;
import java.util.HashSet;
import java.util.Set;

/** A storage that knows which of what it opens are spill files. For one thread. */
class SpillStorage extends ForwardingStorage {
  private final Set<Integer> spills = new HashSet<>();
  private int made;

  SpillStorage(Storage target) {
    super(target);
  }

  @Override
  public int open(int directory, Name name, int flags, int mode) throws StorageException {
    int fd = super.open(directory, name, flags, mode);
    if (name.toString().endsWith(".spill")) {
      spills.add(fd);
      made += (flags & OpenFlag.CREATE) == 0 ? 0 : 1;
    } else {
      spills.remove(fd);
    }
    return fd;
  }

  /** Whether a descriptor is that of a spill file. */
  boolean isSpill(int fd) {
    return spills.contains(fd);
  }

  /** How many spill files were made. */
  int made() {
    return made;
  }
}
