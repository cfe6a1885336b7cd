package dev.vfo.journal;

import dev.vfo.CorruptJournalException;
import dev.vfo.storage.Errno;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.util.OptionalLong;

/**
 * A look at a journal that somebody may be writing meanwhile. Changes nothing and takes no lock.
 * What a running writer explains (a segment that was used again, a record that is being written) is
 * read again or taken for the end.
 */
public final class LiveJournal {
  private static final int ATTEMPTS = 64;

  private LiveJournal() {}

  /**
   * What was seen.
   *
   * @param applied the applied mark
   * @param journal the records; all of them were durable or being written
   */
  public record Snapshot(AppliedMark.Value applied, JournalScan journal) {}

  /**
   * Looks once, or some times when the journal changes meanwhile.
   *
   * @param controlDirectory descriptor of the control folder
   * @param recordsDirectory descriptor of the folder that has the journal's, perhaps the same one
   * @param journalDirectory descriptor of the journal's folder
   * @throws CorruptJournalException when it is damaged however often it is read
   */
  public static Snapshot read(
      Storage storage,
      int controlDirectory,
      int recordsDirectory,
      int journalDirectory,
      RootId rootId)
      throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return readOnce(storage, controlDirectory, recordsDirectory, journalDirectory, rootId);
      } catch (CorruptJournalException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      } catch (StorageException e) {
        if (attempt == ATTEMPTS || e.errno() != Errno.ENOENT) {
          throw e;
        }
      }
    }
  }

  /**
   * The marks first: they only grow, so the segments that are read after them have what they name.
   */
  private static Snapshot readOnce(
      Storage storage,
      int controlDirectory,
      int recordsDirectory,
      int journalDirectory,
      RootId rootId)
      throws IOException {
    AppliedMark.Value applied = AppliedMark.read(storage, controlDirectory, rootId);
    OptionalLong acknowledged = AcknowledgedCell.read(storage, recordsDirectory, rootId);
    JournalScan scan =
        new JournalReader(storage, journalDirectory, rootId)
            .scan(acknowledged, applied.checkpointNumber(), false);
    return new Snapshot(applied, scan);
  }
}
