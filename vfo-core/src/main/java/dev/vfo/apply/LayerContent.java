package dev.vfo.apply;

import dev.vfo.CorruptJournalException;
import dev.vfo.VfoException;
import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.EntryChange;
import dev.vfo.changes.EntryChange.Data;
import dev.vfo.changes.Extent;
import dev.vfo.changes.Extent.Hole;
import dev.vfo.changes.Extent.InMemory;
import dev.vfo.changes.Extent.InSpill;
import dev.vfo.spill.SpillReader;
import dev.vfo.storage.StorageException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The new content of a layer, from memory or from its spill file; what is in that is read piece by
 * piece, and each block is verified before it is written anywhere. One thread.
 */
public final class LayerContent implements AutoCloseable {
  private static final long PIECE_BYTES = 256 << 10;

  private final ChangeSet changes;
  private final @Nullable SpillReader spill;
  private final Arena arena = Arena.ofConfined();
  private @Nullable MemorySegment buffer;

  private LayerContent(ChangeSet changes, @Nullable SpillReader spill) {
    this.changes = changes;
    this.spill = spill;
  }

  /**
   * Opens it, and the spill file if the layer needs it.
   *
   * @throws CorruptJournalException when the spill file is missing, or not this layer's
   * @throws dev.vfo.NewerFormatException when a newer VFO wrote it
   */
  public static LayerContent open(ApplyTarget target, ChangeSet changes)
      throws StorageException, VfoException {
    SpillReader spill =
        isSpilled(changes)
            ? SpillReader.open(
                target.storage(),
                target.stageFd(),
                StageNames.spill(changes.layer()),
                target.rootId(),
                changes.layer())
            : null;
    return new LayerContent(changes, spill);
  }

  private static boolean isSpilled(ChangeSet changes) {
    return changes.entries().stream()
        .flatMap(entry -> extents(entry).stream())
        .anyMatch(extent -> extent.content() instanceof InSpill);
  }

  private static List<Extent> extents(EntryChange entry) {
    Data data = entry.data();
    return data == null ? List.of() : data.extents();
  }

  /** Takes content, piece by piece. */
  public interface Sink {
    /** Takes a piece; {@code offset} is in the file, bytes. The memory is for this call only. */
    void take(long offset, MemorySegment bytes) throws StorageException;
  }

  /** Writes an extent to its place in a file, which has something there or a hole. */
  void write(Extent extent, OpenFile file) throws StorageException {
    if (extent.content() instanceof Hole) {
      file.punch(extent.offset(), extent.lengthBytes());
      return;
    }
    read(extent, (offset, bytes) -> file.write(bytes, offset));
  }

  /**
   * Reads an extent, from its beginning on.
   *
   * @throws StorageException EIO when something of it is not what was written; what was taken
   *     before is right
   */
  public void read(Extent extent, Sink sink) throws StorageException {
    switch (extent.content()) {
      case InMemory(MemorySegment data) -> sink.take(extent.offset(), data);
      case Hole _ -> throw new IllegalArgumentException("a hole has no bytes");
      case InSpill spilled -> {
        for (long done = 0; done < spilled.lengthBytes(); ) {
          MemorySegment piece = piece(extent, done);
          long damage = read(extent, spilled, done, piece);
          if (damage >= 0) {
            throw reader().damaged(damage);
          }
          sink.take(extent.offset() + done, piece);
          done += piece.byteSize();
        }
      }
    }
  }

  /**
   * Reads all that is in the spill file.
   *
   * @throws CorruptJournalException when something is not what was written
   */
  public void verify() throws StorageException, CorruptJournalException {
    for (EntryChange entry : changes.entries()) {
      for (Extent extent : extents(entry)) {
        if (extent.content() instanceof InSpill spilled) {
          verify(extent, spilled);
        }
      }
    }
  }

  private void verify(Extent extent, InSpill spilled)
      throws StorageException, CorruptJournalException {
    for (long done = 0; done < spilled.lengthBytes(); ) {
      MemorySegment piece = piece(extent, done);
      long damage = read(extent, spilled, done, piece);
      if (damage >= 0) {
        throw new CorruptJournalException(
            reader().path(),
            damage,
            "the checksum of a block of layer " + changes.layer() + " is wrong");
      }
      done += piece.byteSize();
    }
  }

  /** Room for what comes next of an extent, up to the end of a block. */
  private MemorySegment piece(Extent extent, long done) {
    if (buffer == null) {
      buffer = arena.allocate(PIECE_BYTES);
    }
    long room = PIECE_BYTES - (extent.offset() + done) % Extent.BLOCK_BYTES;
    return buffer.asSlice(0, Math.min(room, extent.lengthBytes() - done));
  }

  /** Reads a piece; returns the offset in the spill file of what is damaged, or -1. */
  private long read(Extent extent, InSpill spilled, long done, MemorySegment piece)
      throws StorageException {
    long blocksBefore =
        (extent.offset() + done) / Extent.BLOCK_BYTES - extent.offset() / Extent.BLOCK_BYTES;
    return reader()
        .read(spilled.place() + done, piece, spilled.checksums(), Math.toIntExact(blocksBefore));
  }

  private SpillReader reader() {
    if (spill == null) {
      throw new IllegalStateException("the layer has no spill file");
    }
    return spill;
  }

  @Override
  public void close() throws StorageException {
    arena.close();
    if (spill != null) {
      spill.close();
    }
  }
}
