package dev.vfo.recovery;

import dev.vfo.changes.Commit;
import dev.vfo.changes.Decisions;
import dev.vfo.changes.Decisions.UndecidedRecord;
import dev.vfo.changes.DescriptorTable;
import dev.vfo.journal.JournalScan;
import dev.vfo.journal.RecordPosition;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a journal says, before anything is done about it.
 *
 * @param scan the records
 * @param last the newest checkpoint that is made, or null; its layers' data is not there any more
 * @param checkpoint its number, or 0
 * @param stateRecord number of the record that has its state, or 0
 * @param decisions which of the others count
 * @param nextVirtual the virtual number to be given next, without its highest bit
 * @param newestLayer the highest number that a layer has had
 * @param hasUnappliedLayers whether the root lacks some of what is durable
 */
public record Recovered(
    JournalScan scan,
    @Nullable Commit last,
    long checkpoint,
    long stateRecord,
    Decisions decisions,
    long nextVirtual,
    long newestLayer,
    boolean hasUnappliedLayers) {
  /** What the program had open at the last checkpoint. */
  public DescriptorTable descriptors() {
    return last == null ? DescriptorTable.EMPTY : last.descriptors();
  }

  /** Number of the newest record, or 0. */
  public long lastRecord() {
    return scan.last().map(RecordPosition::checkpointNumber).orElse(0L);
  }

  /** The number up to which all records count or are dropped, or 0. */
  public long decidedRecord() {
    List<UndecidedRecord> undecided = decisions.undecided();
    return undecided.isEmpty() ? lastRecord() : undecided.getFirst().record() - 1;
  }

  /** The entries without a name that it had open: their home files are among the orphans. */
  public Set<Long> openOrphans() {
    Set<Long> open = new HashSet<>();
    addOrphans(descriptors(), open);
    decisions.undecided().forEach(each -> addOrphans(each.commit().descriptors(), open));
    return open;
  }

  private static void addOrphans(DescriptorTable descriptors, Set<Long> open) {
    descriptors.files().stream()
        .filter(DescriptorTable.OpenFile::isOrphan)
        .forEach(file -> open.add(file.number()));
  }
}
