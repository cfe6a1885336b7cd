package dev.vfo.journal;

import dev.vfo.CorruptJournalException;
import dev.vfo.NewerFormatException;
import dev.vfo.storage.Errno;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The file {@code applied}: the newest layer that is wholly in the root. Two copies, written and
 * synced one after the other, so that no crash and no single damaged block takes it back. Thread
 * safe.
 */
public final class AppliedMark implements AutoCloseable {
  private static final int LENGTH_BYTES = 2 * JournalFormat.BLOCK_BYTES;

  private final OpenFile file;
  private final RootId rootId;
  private Value value;
  private boolean failed;

  /**
   * What the mark says.
   *
   * @param sequence how often it was written before
   * @param layer number of the newest applied layer, 0 when there is none
   * @param checkpointNumber the checkpoint that decided this layer, or 0
   */
  public record Value(long sequence, long layer, long checkpointNumber) {}

  private AppliedMark(OpenFile file, RootId rootId, Value value) {
    this.file = file;
    this.rootId = rootId;
    this.value = value;
  }

  /** Makes the file with layer 0 and checkpoint 0, durable when this returns. */
  public static void create(Storage storage, int controlDirectory, RootId rootId)
      throws StorageException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment content = arena.allocate(LENGTH_BYTES);
      CellFormat.encode(content, CellKind.APPLIED, rootId, 0, 0, 0);
      CellFormat.encode(
          content.asSlice(JournalFormat.BLOCK_BYTES), CellKind.APPLIED, rootId, 0, 0, 0);
      cellFile(storage, controlDirectory).create(content);
    }
  }

  /**
   * What the mark says. Changes nothing.
   *
   * @throws NewerFormatException when a newer VFO wrote it
   * @throws CorruptJournalException when the file is missing, of another length or of another root,
   *     or both copies are damaged
   */
  public static Value read(Storage storage, int controlDirectory, RootId rootId)
      throws IOException {
    CellFile cellFile = cellFile(storage, controlDirectory);
    try (Arena arena = Arena.ofConfined()) {
      return AppliedCopies.decode(cellFile.read(arena), rootId).newest();
    }
  }

  /**
   * Opens the file for {@link #write}; first makes both copies equal and durable, and the names in
   * the control folder too. Throws as {@link #read} does.
   */
  public static AppliedMark open(Storage storage, int controlDirectory, RootId rootId)
      throws IOException {
    CellFile cellFile = cellFile(storage, controlDirectory);
    OpenFile file = cellFile.open(OpenFlag.READ | OpenFlag.WRITE);
    try (Arena arena = Arena.ofConfined()) {
      AppliedCopies copies = AppliedCopies.decode(cellFile.read(file, arena), rootId);
      AppliedMark mark = new AppliedMark(file, rootId, copies.newest());
      storage.sync(controlDirectory);
      mark.repair(copies);
      return mark;
    } catch (IOException e) {
      file.closeAfter(e);
      throw e;
    }
  }

  // What a killed process wrote can be seen, but may not be durable. A first copy that was damaged
  // gets the next number: as the second one's equal it would look durable even if its sync failed,
  // and the second one, which alone is, would be written over.
  private void repair(AppliedCopies copies) throws StorageException {
    if (copies.first() == null) {
      value = new Value(value.sequence() + 1, value.layer(), value.checkpointNumber());
    }
    if (copies.isFirstDurable()) {
      // A write of the next value that failed may have left it as it was, and yet to be written.
      file.storage().dataSync(file.fd());
    } else {
      writeCopy(0, value);
    }
    writeCopy(1, value);
  }

  /** What the mark says now. */
  public synchronized Value value() {
    return value;
  }

  /**
   * Says, durably when this returns, that all layers up to this one are in the root, where they
   * must be durable.
   *
   * @throws StorageException also when an earlier call has failed: only opening again helps
   */
  public synchronized Value write(long layer, long checkpointNumber) throws StorageException {
    if (failed) {
      throw new StorageException(Errno.EIO, "write", "applied (an earlier write has failed)");
    }
    Value next = new Value(value.sequence() + 1, layer, checkpointNumber);
    failed = true;
    writeCopy(0, next);
    writeCopy(1, next);
    failed = false;
    value = next;
    return next;
  }

  /** Whether a call of {@link #write} has failed. */
  public synchronized boolean hasFailed() {
    return failed;
  }

  private void writeCopy(int index, Value copy) throws StorageException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(JournalFormat.BLOCK_BYTES);
      CellFormat.encode(
          block, CellKind.APPLIED, rootId, copy.sequence(), copy.layer(), copy.checkpointNumber());
      file.write(block, (long) index * JournalFormat.BLOCK_BYTES, 1);
    }
    file.storage().dataSync(file.fd());
  }

  @Override
  public synchronized void close() throws StorageException {
    file.close();
  }

  private static CellFile cellFile(Storage storage, int controlDirectory) {
    return new CellFile(storage, controlDirectory, CellKind.APPLIED, LENGTH_BYTES);
  }
}
