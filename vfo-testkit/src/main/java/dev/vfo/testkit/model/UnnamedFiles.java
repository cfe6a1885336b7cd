package dev.vfo.testkit.model;

import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;

/** Makes files without a name: calls that a storage does not have. */
public interface UnnamedFiles {
  /** Makes one in the file system of a directory, whose place it gets its group from. */
  int open(int directory, OpenFlags flags, int mode) throws StorageException;

  /** Gives an open file a name. */
  void link(int fd, int directory, Name name) throws StorageException;
}
