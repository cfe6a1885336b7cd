package dev.vfo.journal;

import dev.vfo.CorruptJournalException;
import dev.vfo.NewerFormatException;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The file {@code format}: says with which version everything in a control folder was written. */
public final class FormatFile {
  private FormatFile() {}

  /**
   * Makes it, durable when this returns. To be made last: it says that the control folder is
   * complete.
   */
  public static void create(Storage storage, int controlDirectory, RootId rootId)
      throws StorageException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cell = arena.allocate(CellFormat.BYTES);
      CellFormat.encode(cell, CellKind.FORMAT, rootId);
      file(storage, controlDirectory).create(cell);
    }
  }

  /**
   * Checks that this VFO can read the control folder.
   *
   * @throws NewerFormatException when a newer VFO wrote it
   * @throws CorruptJournalException when the file is missing, damaged or of another root
   */
  public static void check(Storage storage, int controlDirectory, RootId rootId)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      CellFile file = file(storage, controlDirectory);
      MemorySegment cell = file.read(arena);
      if (!CellFormat.isGenuine(cell, CellKind.FORMAT)) {
        throw file.damaged(0, "magic or checksum is wrong");
      }
      CellFormat.check(cell, CellKind.FORMAT, 0, rootId);
    }
  }

  private static CellFile file(Storage storage, int controlDirectory) {
    return new CellFile(storage, controlDirectory, CellKind.FORMAT, CellFormat.BYTES);
  }
}
