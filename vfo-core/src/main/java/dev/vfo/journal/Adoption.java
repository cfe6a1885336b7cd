package dev.vfo.journal;

import dev.vfo.CorruptJournalException;
import dev.vfo.NewerFormatException;
import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Says that a detached step is being committed in a root: a file of the folder {@code adopting},
 * named by the step's id. It is durable before the record that decides is written, and settled
 * before any other one is: so the step was committed exactly when the root has a later checkpoint
 * than {@code before}.
 *
 * @param step the step's id
 * @param before number of the root's newest record, or 0
 */
public record Adoption(RootId step, long before) {
  private static final String NAME = "[0-9a-f]{32}";

  /** Makes the file, durable when this returns. */
  public void create(Storage storage, int folder, RootId root) throws StorageException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cell = arena.allocate(CellFormat.BYTES);
      CellFormat.encode(cell, CellKind.ADOPTION, root, step.low(), step.high(), before);
      file(storage, folder, step.toString()).create(cell);
    }
  }

  /** Removes the file, durably, if it is there: making it may have failed. */
  public void remove(Storage storage, int folder) throws StorageException {
    try {
      storage.unlink(folder, Name.of(step.toString()));
    } catch (StorageException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
    storage.sync(folder);
  }

  /**
   * All that a folder has.
   *
   * @throws NewerFormatException when a newer VFO wrote one
   * @throws CorruptJournalException when one is damaged
   */
  public static List<Adoption> readAll(Storage storage, int folder, RootId root)
      throws IOException {
    List<String> names = new ArrayList<>();
    storage.list(
        folder,
        (name, inode, type) -> {
          // What was being made when a process died has another name: nothing was decided then.
          if (name.toString().matches(NAME)) {
            names.add(name.toString());
          }
          return true;
        });
    List<Adoption> found = new ArrayList<>();
    for (String name : names) {
      found.add(read(storage, folder, name, root));
    }
    return found;
  }

  private static Adoption read(Storage storage, int folder, String name, RootId root)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      CellFile file = file(storage, folder, name);
      MemorySegment cell = file.read(arena);
      if (!CellFormat.isGenuine(cell, CellKind.ADOPTION)) {
        throw file.damaged(0, "magic or checksum is wrong");
      }
      CellFormat.check(cell, CellKind.ADOPTION, 0, root);
      RootId step = new RootId(CellFormat.field(cell, 0), CellFormat.field(cell, 1));
      if (!step.toString().equals(name)) {
        throw file.damaged(0, "it speaks of the step " + step);
      }
      return new Adoption(step, CellFormat.field(cell, 2));
    }
  }

  private static CellFile file(Storage storage, int folder, String name) {
    return new CellFile(storage, folder, name, CellFormat.BYTES);
  }
}
