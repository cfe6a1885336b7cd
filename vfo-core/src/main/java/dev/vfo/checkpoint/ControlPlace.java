package dev.vfo.checkpoint;

import dev.vfo.storage.Name;

/**
 * Where a control folder lies, and for which root.
 *
 * @param parentFd descriptor of the directory that it lies in, open as long as the folder is
 * @param name its name there
 * @param rootFd descriptor of the root, likewise
 * @param shown what messages call the root, or the step that is detached from one
 */
record ControlPlace(int parentFd, Name name, int rootFd, String shown) {
  /** The root's own folder. */
  static ControlPlace ofRoot(int rootFd, String shown) {
    return new ControlPlace(rootFd, ControlFolder.NAME, rootFd, shown);
  }

  @Override
  public String toString() {
    return shown;
  }
}
