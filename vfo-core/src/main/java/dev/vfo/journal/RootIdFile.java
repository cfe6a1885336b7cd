package dev.vfo.journal;

import dev.vfo.CorruptJournalException;
import dev.vfo.NewerFormatException;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The content of the file {@code root-id}: a root's name, and which directory it was given to, to
 * recognize a copied root.
 *
 * @param id the name
 * @param directory identity of the root directory when the file was made
 */
public record RootIdFile(RootId id, FileIdentity directory) {

  /** Makes the file, durable when this returns; replaces one that is there. */
  public void create(Storage storage, int controlDirectory) throws StorageException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cell = arena.allocate(CellFormat.BYTES);
      CellFormat.encode(cell, CellKind.ROOT_ID, id, directory.inode(), directory.generation());
      file(storage, controlDirectory).create(cell);
    }
  }

  /**
   * Reads the file.
   *
   * @throws NewerFormatException when a newer VFO wrote it
   * @throws CorruptJournalException when it is missing or damaged
   */
  public static RootIdFile read(Storage storage, int controlDirectory) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      CellFile file = file(storage, controlDirectory);
      MemorySegment cell = file.read(arena);
      if (!CellFormat.isGenuine(cell, CellKind.ROOT_ID)) {
        throw file.damaged(0, "magic or checksum is wrong");
      }
      CellFormat.checkSelf(cell, CellKind.ROOT_ID, 0);
      return new RootIdFile(
          CellFormat.rootId(cell),
          new FileIdentity(CellFormat.field(cell, 0), CellFormat.field(cell, 1)));
    }
  }

  private static CellFile file(Storage storage, int controlDirectory) {
    return new CellFile(storage, controlDirectory, CellKind.ROOT_ID, CellFormat.BYTES);
  }
}
