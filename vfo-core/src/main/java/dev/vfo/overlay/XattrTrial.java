package dev.vfo.overlay;

import dev.vfo.storage.FileType;
import dev.vfo.storage.StorageException;
import java.util.Map;

/** Finds out whether apply will be able to set an extended attribute. Thread safe. */
public interface XattrTrial {
  /**
   * Refuses what apply could not do.
   *
   * @param type of the file
   * @param others what the file has besides, or as much of it as we may set
   * @throws StorageException with the errno that setting it gives: EPERM, ENOSPC when the file
   *     system has no room for so much in one file, EOPNOTSUPP
   */
  void require(FileType type, Map<String, byte[]> others, String name, byte[] value)
      throws StorageException;
}
