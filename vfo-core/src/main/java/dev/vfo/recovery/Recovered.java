package dev.vfo.recovery;

import dev.vfo.changes.Commit;
import dev.vfo.changes.DescriptorTable;
import dev.vfo.journal.JournalScan;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a journal says, before anything is done about it.
 *
 * @param scan the records
 * @param last what the newest one decides, or null in a new journal; its layers' data is not there
 *     any more
 * @param checkpoint the newest one's number, or 0
 * @param newestLayer the highest number that a layer has had
 * @param hasUnappliedLayers whether the root lacks some of it
 */
public record Recovered(
    JournalScan scan,
    @Nullable Commit last,
    long checkpoint,
    long newestLayer,
    boolean hasUnappliedLayers) {
  /** What the program had open at the last checkpoint. */
  public DescriptorTable descriptors() {
    return last == null ? DescriptorTable.EMPTY : last.descriptors();
  }

  /** The entries without a name that it had open: their home files are among the orphans. */
  public Set<Long> openOrphans() {
    return descriptors().files().stream()
        .filter(DescriptorTable.OpenFile::isOrphan)
        .map(DescriptorTable.OpenFile::number)
        .collect(Collectors.toSet());
  }
}
