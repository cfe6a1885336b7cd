package dev.vfo.journal;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The symbolic link {@code records} in the control folder of a root whose journal lies elsewhere:
 * it leads to the folder that has it.
 */
public final class RecordsLink {
  private static final Name NAME = Name.of("records");
  private static final Name NEW = Name.of("records.new");

  private RecordsLink() {}

  /** Where it leads to, or null when there is none: then the control folder has the journal. */
  public static @Nullable Path read(Storage storage, int controlDirectory) throws StorageException {
    try {
      byte[] target = storage.readSymlink(controlDirectory, NAME);
      return Path.of(new String(target, StandardCharsets.UTF_8));
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT) {
        return null;
      }
      throw e;
    }
  }

  /** Makes it lead to a folder; durable when the control folder is synced. */
  public static void write(Storage storage, int controlDirectory, Path folder)
      throws StorageException {
    removeNew(storage, controlDirectory);
    byte[] target = folder.toString().getBytes(StandardCharsets.UTF_8);
    storage.makeSymlink(controlDirectory, NEW, target);
    storage.rename(controlDirectory, NEW, controlDirectory, NAME, RenameMode.REPLACE);
  }

  // One that was being made when that was cut short.
  private static void removeNew(Storage storage, int controlDirectory) throws StorageException {
    try {
      storage.unlink(controlDirectory, NEW);
    } catch (StorageException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
  }
}
