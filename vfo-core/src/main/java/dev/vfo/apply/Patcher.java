package dev.vfo.apply;

import dev.vfo.ForeignChangeException;
import dev.vfo.apply.Plan.Saved;
import dev.vfo.changes.EntryChange.Data;
import dev.vfo.changes.Extent;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Phase (c), contents: writes new content into files that are there, in place, so that they stay
 * the same files. Written again as a whole when an apply is repeated: what a crash or a failed sync
 * left of it is unknown (C5, C8), and so is then the old content beside it, which comes from the
 * plan.
 */
class Patcher {
  private final ApplyContext context;
  private final Storage storage;
  private final SyncSet syncs;

  Patcher(ApplyContext context, SyncSet syncs) {
    this.context = context;
    this.storage = context.target().storage();
    this.syncs = syncs;
  }

  /**
   * Writes all new content of the layer.
   *
   * @param plan the layer's plan
   * @param planFile the same, open
   * @param again whether this has been tried before
   */
  void run(Plan plan, OpenFile planFile, boolean again)
      throws StorageException, ForeignChangeException {
    for (Entry entry : context.tree().entries()) {
      Data data = entry.change.data();
      if (data != null && entry.isPatched() && entry.positions() > 0) {
        List<Saved> saved = plan.saved().getOrDefault(entry.number(), List.of());
        patch(entry, data, saved, planFile, again);
      }
    }
  }

  private void patch(Entry entry, Data data, List<Saved> saved, OpenFile planFile, boolean again)
      throws StorageException, ForeignChangeException {
    OpenFile file = null;
    try {
      file = HomeFiles.open(context, entry, OpenFlag.WRITE);
      keep(entry, file, saved, planFile, again);
      resize(file, data);
      for (Extent extent : data.extents()) {
        context.content().write(extent, file);
      }
      syncs.add(entry, file.fd());
      file = null;
    } catch (StorageException e) {
      throw context.errors().at("write", context.tree().path(entry), e);
    } finally {
      if (file != null) {
        file.close();
      }
    }
  }

  /** Everything behind the cut becomes a hole, also what an earlier try wrote there. */
  private void resize(OpenFile file, Data data) throws StorageException {
    long size = storage.stat(file.fd()).sizeBytes();
    long cut = Math.min(data.cutBytes(), data.sizeBytes());
    if (size > cut) {
      storage.truncate(file.fd(), cut);
      size = cut;
    }
    // Also where nothing is left to be written: as the step's writes, it takes capabilities away.
    if (size != data.sizeBytes() || data.extents().isEmpty()) {
      storage.truncate(file.fd(), data.sizeBytes());
    }
  }

  /**
   * Hands old content to those who read, and writes it again when an earlier try may have spoilt
   * it.
   */
  private void keep(Entry entry, OpenFile file, List<Saved> saved, OpenFile planFile, boolean again)
      throws StorageException {
    if (saved.isEmpty()) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(SavedRange.PAGE_BYTES);
      for (Saved piece : saved) {
        MemorySegment bytes = buffer.asSlice(0, piece.range().lengthBytes());
        planFile.read(bytes, piece.planOffset());
        long offset = piece.range().offset();
        context.observer().kept(entry.number(), context.tree().changes.layer(), offset, bytes);
        if (again) {
          file.write(bytes, offset);
        }
      }
    }
  }
}
