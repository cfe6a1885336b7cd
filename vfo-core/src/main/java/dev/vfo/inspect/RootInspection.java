package dev.vfo.inspect;

import dev.vfo.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the files of a root say about it: its checkpoints, what is applied of them, and what it is
 * in the middle of. Immutable.
 *
 * @param root the root
 * @param rootId the root's id, 32 hexadecimal digits; empty when it cannot be read
 * @param moved whether the root is another directory than the one that the id was given to: a copy,
 *     or put back from a backup; when all is applied the next to open it gives it its new identity
 * @param pid process of the manager that opened the root last; it may be gone
 * @param appliedLayer newest layer that is wholly in the root, 0 for none
 * @param appliedCheckpoint the checkpoint that this layer belongs to
 * @param acknowledged newest checkpoint that is known to be durable
 * @param segments the journal's segments, the oldest first
 * @param checkpoints those that have a record in the journal, the oldest first
 * @param undecided those that are prepared and wait for a decision, the oldest first
 * @param unapplied numbers of the layers that are committed and not applied, the oldest first
 * @param commit how far the newest checkpoint is
 * @param apply how far the apply is
 * @param faults what is damaged; all above is then what could be read in spite of it
 */
public record RootInspection(
    Path root,
    Optional<String> rootId,
    boolean moved,
    OptionalLong pid,
    long appliedLayer,
    long appliedCheckpoint,
    OptionalLong acknowledged,
    List<Segment.Extent> segments,
    List<CheckpointRecord> checkpoints,
    List<UndecidedRecord> undecided,
    List<Long> unapplied,
    CommitPhase commit,
    ApplyPhase apply,
    List<Fault> faults) {

  /** Copies the lists. */
  public RootInspection {
    segments = List.copyOf(segments);
    checkpoints = List.copyOf(checkpoints);
    undecided = List.copyOf(undecided);
    unapplied = List.copyOf(unapplied);
    faults = List.copyOf(faults);
  }

  /**
   * Reads a root. Takes no lock and changes nothing; a manager may be at work meanwhile.
   *
   * @throws IOException when there is no control folder, or it cannot be read; damage is no
   *     exception, but in {@link #faults}
   */
  public static RootInspection read(Storage storage, Path root) throws IOException {
    return RootReader.read(storage, root, null, false);
  }

  /** The same when the journal lies outside of the root, and perhaps not where it was. */
  public static RootInspection read(Storage storage, Path root, Path journalDirectory)
      throws IOException {
    return RootReader.read(storage, root, journalDirectory, false);
  }

  /**
   * Reads a root and verifies all that is committed: each checksum, and that what is not applied
   * yet can be. Else as {@link #read}.
   */
  public static RootInspection verify(Storage storage, Path root) throws IOException {
    return RootReader.read(storage, root, null, true);
  }

  /**
   * Whether opening it works: nothing is damaged, and it is no copy that was made before all was
   * applied.
   */
  public boolean isGood() {
    return faults.isEmpty() && (!moved || (unapplied.isEmpty() && undecided.isEmpty()));
  }

  /** The newest checkpoint. */
  public Optional<CheckpointRecord> last() {
    return checkpoints.isEmpty() ? Optional.empty() : Optional.of(checkpoints.getLast());
  }

  /** Commit and apply in one line. */
  public String phase() {
    if (commit == CommitPhase.NONE && apply == ApplyPhase.DONE) {
      if (!undecided.isEmpty()) {
        return "prepared, waiting for a decision";
      }
      return checkpoints.isEmpty() ? "no checkpoint yet" : "between checkpoints";
    }
    if (commit == CommitPhase.NONE) {
      return apply.text();
    }
    return apply == ApplyPhase.DONE ? commit.text() : commit.text() + "; " + apply.text();
  }
}
