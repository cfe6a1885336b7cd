package dev.vfo.storage;

/** Receives the entries of a directory. */
@FunctionalInterface
public interface DirectoryVisitor {
  /**
   * Receives one entry.
   *
   * @param inode the inode number
   * @param type the kind, as the directory says it
   * @return whether to go on
   * @throws StorageException when a call to the storage failed in the visitor; it ends the listing
   */
  boolean visit(Name name, long inode, FileType type) throws StorageException;
}
