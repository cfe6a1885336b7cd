package dev.vfo.apply;

import dev.vfo.ForeignChangeException;
import dev.vfo.changes.EntryChange.Data;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Phase (b): writes the plan, under another name first, so that a plan is there whole (C1, C2) or
 * not at all; then makes its name durable (C3). From then on the layer's stage folder is not
 * emptied any more.
 */
class PlanWriter {
  private static final int MODE = 0600;

  private final ApplyContext context;
  private final Storage storage;

  PlanWriter(ApplyContext context) {
    this.context = context;
    this.storage = context.target().storage();
  }

  /** Writes it; everything that is staged must be durable. */
  void run() throws StorageException, ForeignChangeException {
    long layer = context.tree().changes.layer();
    int stageFd = context.target().stageFd();
    Name temporary = StageNames.newPlan(layer);
    int flags = OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.TRUNCATE;
    try (OpenFile file = OpenFile.open(storage, stageFd, temporary, flags, MODE);
        PlanOutput output = new PlanOutput(file)) {
      write(output);
      storage.sync(file.fd());
    } catch (StorageException e) {
      throw context.errors().at("write", ".vfo/stage/" + temporary, e);
    }
    storage.rename(stageFd, temporary, stageFd, StageNames.plan(layer), RenameMode.REPLACE);
    storage.sync(stageFd);
  }

  private void write(PlanOutput output) throws StorageException, ForeignChangeException {
    Map<Long, FileIdentity> created = created(context.tree());
    SortedSet<Long> givenUp = new TreeSet<>(context.left().givenUp());
    Map<Entry, List<SavedRange>> saved = saved();
    writeHeader(output, created.size(), givenUp.size(), saved);
    for (Map.Entry<Long, FileIdentity> object : created.entrySet()) {
      output.putLong(object.getKey());
      output.putLong(object.getValue().inode());
      output.putLong(object.getValue().generation());
    }
    if (!givenUp.isEmpty()) {
      output.putLong(context.newestLayer());
    }
    for (long number : givenUp) {
      output.putLong(number);
    }
    for (Map.Entry<Entry, List<SavedRange>> ranges : saved.entrySet()) {
      copy(output, ranges.getKey(), ranges.getValue());
    }
    output.finish();
  }

  /** The objects that the layer makes, by ascending number. */
  static Map<Long, FileIdentity> created(LayerTree tree) {
    Map<Long, FileIdentity> created = new TreeMap<>();
    for (Entry entry : tree.entries()) {
      FileIdentity identity = entry.identity();
      if (entry.isStaged() && identity != null) {
        created.put(entry.number(), identity);
      }
    }
    return created;
  }

  private Map<Entry, List<SavedRange>> saved() {
    Map<Entry, List<SavedRange>> saved = new LinkedHashMap<>();
    for (Entry entry : context.tree().entries()) {
      Data data = entry.change.data();
      if (data != null && entry.isPatched() && entry.positions() > 0) {
        List<SavedRange> ranges = new ArrayList<>(SavedRange.of(data, entry.foundBytes()));
        if (!ranges.isEmpty()) {
          saved.put(entry, ranges);
        }
      }
    }
    return saved;
  }

  private void writeHeader(
      PlanOutput output, int objects, int givenUp, Map<Entry, List<SavedRange>> saved)
      throws StorageException {
    int count = 0;
    long bytes =
        PlanFormat.HEADER_BYTES
            + (long) objects * PlanFormat.OBJECT_BYTES
            + (givenUp == 0 ? 0 : (1L + givenUp) * PlanFormat.GIVEN_UP_BYTES);
    for (List<SavedRange> ranges : saved.values()) {
      count += ranges.size();
      for (SavedRange range : ranges) {
        bytes += PlanFormat.savedBytes(range.lengthBytes());
      }
    }
    output.putLong(PlanFormat.MAGIC);
    output.putInt(PlanFormat.VERSION);
    output.putInt(givenUp);
    output.putLong(context.target().rootId().low());
    output.putLong(context.target().rootId().high());
    output.putLong(context.tree().changes.layer());
    output.putInt(objects);
    output.putInt(count);
    output.putLong(bytes + PlanFormat.TRAILER_BYTES);
    output.putInt(0);
    output.putChecksum();
  }

  private void copy(PlanOutput output, Entry entry, List<SavedRange> ranges)
      throws StorageException, ForeignChangeException {
    try (OpenFile source = HomeFiles.open(context, entry, OpenFlag.READ)) {
      for (SavedRange range : ranges) {
        output.putLong(entry.number());
        output.putLong(range.offset());
        output.putLong(range.lengthBytes());
        if (!output.copy(source, range.offset(), range.lengthBytes())) {
          throw context.errors().missing(entry);
        }
        output.putZeros(PlanFormat.paddingBytes(range.lengthBytes()));
      }
    } catch (StorageException e) {
      throw context.errors().at("read", context.tree().path(entry), e);
    }
  }
}
