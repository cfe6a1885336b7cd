package dev.vfo.apply;

import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.List;

/** An entry of a folder in the stage. */
record Listed(Name name, boolean isDirectory) {
  /** All of a folder, which may be changed afterwards. */
  static List<Listed> in(Storage storage, int folderFd) throws StorageException {
    List<Listed> found = new ArrayList<>();
    storage.list(
        folderFd,
        (name, inode, type) -> {
          found.add(new Listed(name, type == FileType.DIRECTORY));
          return true;
        });
    return found;
  }
}
