package dev.vfo.fuse;

import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.Mounts;

/**
 * A mount namespace for the tests' thread and what it starts: nothing that a test mounts is seen
 * outside, or left behind by a test that is killed.
 */
final class PrivateMounts {
  private static final ThreadLocal<Boolean> ENTERED = ThreadLocal.withInitial(() -> false);

  private PrivateMounts() {}

  static void enter() throws StorageException {
    if (!ENTERED.get()) {
      Mounts.unshare();
      ENTERED.set(true);
    }
  }
}
