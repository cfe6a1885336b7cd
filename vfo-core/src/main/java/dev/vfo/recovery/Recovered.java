package dev.vfo.recovery;

import dev.vfo.changes.Commit;
import dev.vfo.journal.JournalScan;
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
    boolean hasUnappliedLayers) {}
