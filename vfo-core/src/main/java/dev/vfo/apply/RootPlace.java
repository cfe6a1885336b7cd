package dev.vfo.apply;

import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The directory that the root lies in, and the root's name there: attributes are set by name.
 *
 * @param parentFd open until this is closed
 */
record RootPlace(Storage storage, int parentFd, Name name) implements AutoCloseable {
  /** Looks it up; null when the root has no name that we could find. */
  static @Nullable RootPlace find(Storage storage, int rootFd) throws StorageException {
    FileIdentity identity = storage.stat(rootFd).identity();
    int parentFd = storage.openParent(rootFd);
    Name name = null;
    try {
      name = find(storage, parentFd, identity, inode -> inode == identity.inode());
      if (name == null) {
        // A mount point is listed with the number of the directory beneath.
        name = find(storage, parentFd, identity, inode -> inode != identity.inode());
      }
    } finally {
      if (name == null) {
        storage.close(parentFd);
      }
    }
    return name == null ? null : new RootPlace(storage, parentFd, name);
  }

  private static @Nullable Name find(
      Storage storage, int parentFd, FileIdentity identity, LongPredicate candidates)
      throws StorageException {
    List<Name> names = new ArrayList<>();
    storage.list(
        parentFd,
        (name, inode, type) -> {
          if (type == FileType.DIRECTORY && candidates.test(inode)) {
            names.add(name);
          }
          return true;
        });
    for (Name name : names) {
      if (identity.equals(ApplyErrors.identityOrNull(storage, parentFd, name))) {
        return name;
      }
    }
    return null;
  }

  @Override
  public void close() throws StorageException {
    storage.close(parentFd);
  }
}
