package dev.vfo.checkpoint;

import dev.vfo.storage.Name;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a control folder lies, and for which root.
 *
 * @param parentFd descriptor of the directory that it lies in, open as long as the folder is
 * @param name its name there
 * @param rootFd descriptor of the root, likewise
 * @param shown what messages call the root, or the step that is detached from one
 * @param records where journal and states are to lie; null for in the folder, or where they are
 */
record ControlPlace(int parentFd, Name name, int rootFd, String shown, @Nullable Path records) {
  /** The root's own folder. */
  static ControlPlace ofRoot(int rootFd, String shown, @Nullable Path records) {
    return new ControlPlace(rootFd, ControlFolder.NAME, rootFd, shown, records);
  }

  /** The folder of a detached step. */
  static ControlPlace ofStep(int parentFd, Name name, int rootFd, String shown) {
    return new ControlPlace(parentFd, name, rootFd, shown, null);
  }

  @Override
  public String toString() {
    return shown;
  }
}
