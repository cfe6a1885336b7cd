package dev.vfo.journal;

import dev.vfo.CorruptJournalException;
import dev.vfo.NewerFormatException;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/**
 * The file {@code acknowledged}: the newest checkpoint that is known to have been durable. Written
 * after each record and never synced, so it costs nothing; it tells a damaged record from one that
 * was torn by a crash. Not thread safe.
 */
public final class AcknowledgedCell implements AutoCloseable {
  private final OpenFile file;
  private final RootId rootId;
  private final MemorySegment cell = Arena.ofAuto().allocate(CellFormat.BYTES);

  private AcknowledgedCell(OpenFile file, RootId rootId) {
    this.file = file;
    this.rootId = rootId;
  }

  /** Makes the file with the number 0, durable when this returns. */
  public static void create(Storage storage, int controlDirectory, RootId rootId)
      throws StorageException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cell = arena.allocate(CellFormat.BYTES);
      CellFormat.encode(cell, CellKind.ACKNOWLEDGED, rootId, 0);
      file(storage, controlDirectory).create(cell);
    }
  }

  /**
   * The number in the file, or empty when the cell is garbage, as a crash may leave it (C5).
   * Changes nothing.
   *
   * @throws NewerFormatException when a newer VFO wrote it
   * @throws CorruptJournalException when the file is missing, of another length or of another root
   */
  public static OptionalLong read(Storage storage, int controlDirectory, RootId rootId)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cell = file(storage, controlDirectory).read(arena);
      if (!CellFormat.isGenuine(cell, CellKind.ACKNOWLEDGED)) {
        return OptionalLong.empty();
      }
      CellFormat.check(cell, CellKind.ACKNOWLEDGED, 0, rootId);
      return OptionalLong.of(CellFormat.field(cell, 0));
    }
  }

  /** Opens the file for {@link #write}; its content is not looked at. */
  public static AcknowledgedCell open(Storage storage, int controlDirectory, RootId rootId)
      throws IOException {
    return new AcknowledgedCell(file(storage, controlDirectory).open(OpenFlag.WRITE), rootId);
  }

  /** Says that the record of this checkpoint, and all before it, are durable. */
  public void write(long checkpointNumber) throws StorageException {
    CellFormat.encode(cell, CellKind.ACKNOWLEDGED, rootId, checkpointNumber);
    file.write(cell, 0, 1);
  }

  @Override
  public void close() throws StorageException {
    file.close();
  }

  private static CellFile file(Storage storage, int controlDirectory) {
    return new CellFile(storage, controlDirectory, CellKind.ACKNOWLEDGED, CellFormat.BYTES);
  }
}
