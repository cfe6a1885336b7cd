package dev.vfo.inspect;

import dev.vfo.CorruptJournalException;
import dev.vfo.NewerFormatException;
import dev.vfo.apply.ApplyTarget;
import dev.vfo.apply.LayerContent;
import dev.vfo.apply.StageNames;
import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.ChangeSetFormatException;
import dev.vfo.changes.Commit;
import dev.vfo.changes.CommitCodec;
import dev.vfo.journal.AppliedMark;
import dev.vfo.journal.FormatFile;
import dev.vfo.journal.JournalReader;
import dev.vfo.journal.JournalScan;
import dev.vfo.journal.LiveJournal;
import dev.vfo.journal.RecordGoneException;
import dev.vfo.journal.RecordPosition;
import dev.vfo.journal.RootId;
import dev.vfo.journal.RootIdFile;
import dev.vfo.journal.SegmentInspection;
import dev.vfo.parts.PartStore;
import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads a root for {@link RootInspection}, part by part; damage in one is noted and the next is
 * tried. For one use.
 */
final class RootReader {
  private static final int ATTEMPTS = 8;

  private final Storage storage;
  private final Path root;
  private final @Nullable Path records;
  private final boolean strict;
  private final List<Fault> faults = new ArrayList<>();
  private final CheckpointList checkpoints = new CheckpointList();
  private List<Segment.Extent> segments = List.of();
  private OptionalLong acknowledged = OptionalLong.empty();
  private AppliedMark.Value applied = new AppliedMark.Value(0, 0, 0);
  private boolean moved;

  /** A part of the control folder. */
  private interface Part<T> {
    T read() throws IOException;
  }

  private RootReader(Storage storage, Path root, @Nullable Path records, boolean strict) {
    this.storage = storage;
    this.root = root;
    this.records = records;
    this.strict = strict;
  }

  /** Reads the root; a fault counts when it is found twice, else it was a manager at work. */
  static RootInspection read(Storage storage, Path root, @Nullable Path records, boolean strict)
      throws IOException {
    RootInspection seen = new RootReader(storage, root, records, strict).read();
    for (int i = 0; i < ATTEMPTS && !seen.faults().isEmpty(); i++) {
      List<Fault> before = seen.faults();
      seen = new RootReader(storage, root, records, strict).read();
      if (before.equals(seen.faults())) {
        break;
      }
    }
    return seen;
  }

  private RootInspection read() throws IOException {
    try (ControlFolder folder = ControlFolder.open(storage, root, records)) {
      Optional<RootId> id = folder.isHalfMade() ? Optional.empty() : readId(folder);
      if (id.isPresent()) {
        noteFaults(() -> readJournal(folder, id.get()));
      }
      return new RootInspection(
          root,
          id.map(RootId::toString),
          moved,
          readPid(folder),
          applied.layer(),
          applied.checkpointNumber(),
          acknowledged,
          segments,
          checkpoints.made(),
          checkpoints.undecided(),
          checkpoints.unapplied(applied.layer()),
          commitPhase(folder),
          applyPhase(folder),
          faults);
    }
  }

  private <T> Optional<T> noteFaults(Part<T> part) throws IOException {
    try {
      return Optional.of(part.read());
    } catch (CorruptJournalException e) {
      faults.add(Fault.of(e));
    } catch (NewerFormatException e) {
      faults.add(Fault.of(e));
    } catch (RecordGoneException e) {
      // Beside a manager at work its segment may have been used again: only a second look tells.
      faults.add(new Fault("journal", 0, String.valueOf(e.getMessage())));
    } catch (StorageException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
      faults.add(new Fault("journal", 0, String.valueOf(e.getMessage())));
    }
    return Optional.empty();
  }

  private Optional<RootId> readId(ControlFolder folder) throws IOException {
    Optional<RootIdFile> file = noteFaults(() -> RootIdFile.read(storage, folder.fd()));
    if (file.isPresent()) {
      moved = !folder.rootStat().identity().equals(file.get().directory());
      noteFaults(() -> {
        FormatFile.check(storage, folder.fd(), file.get().id());
        return true;
      });
    }
    return file.map(RootIdFile::id);
  }

  private static OptionalLong readPid(ControlFolder folder) throws IOException {
    String text = folder.text("pid").map(String::strip).orElse("");
    return text.matches("[0-9]{1,18}")
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }

  private boolean readJournal(ControlFolder folder, RootId id) throws IOException {
    int journal = folder.openFolder("journal");
    try {
      LiveJournal.Snapshot seen =
          LiveJournal.read(storage, folder.fd(), folder.recordsFd(), journal, id);
      applied = seen.applied();
      take(seen.journal());
      JournalReader reader = new JournalReader(storage, journal, id);
      for (RecordPosition position : seen.journal().records()) {
        noteFaults(() -> readRecord(folder, id, reader, position));
      }
      if (strict) {
        noteFaults(() -> reader.scan(acknowledged, applied.checkpointNumber()));
        noteFaults(() -> verifyState(folder));
        noteFaults(() -> verifyParts(folder, id));
      }
      return true;
    } finally {
      storage.close(journal);
    }
  }

  private void take(JournalScan scan) {
    segments = scan.segments().stream().map(Segment.Extent::of).toList();
    acknowledged = scan.acknowledged();
  }

  private boolean readRecord(
      ControlFolder folder, RootId id, JournalReader reader, RecordPosition position)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Commit commit = CommitCodec.decode(reader.readPayload(position, arena));
      checkpoints.read(position, commit, applied.layer());
      if (strict) {
        for (ChangeSet layer : commit.layers()) {
          noteFaults(() -> verifyContent(folder, id, layer));
        }
      }
      return true;
    } catch (ChangeSetFormatException e) {
      faults.add(new Fault("journal", position.offset(), String.valueOf(e.getMessage())));
      return false;
    }
  }

  /** Reads what a layer that is not applied has in its spill file. */
  private boolean verifyContent(ControlFolder folder, RootId id, ChangeSet layer)
      throws IOException {
    if (layer.layer() > applied.layer()) {
      int stage = folder.openFolder("stage");
      ApplyTarget target = new ApplyTarget(storage, id, stage, stage, stage);
      try (LayerContent content = LayerContent.open(target, layer)) {
        content.verify();
      } finally {
        storage.close(stage);
      }
    }
    return true;
  }

  private boolean verifyState(ControlFolder folder) throws IOException {
    for (CheckpointList.StateOf each : states()) {
      if (each.state().isStored()) {
        int states = folder.openFolder("state");
        try {
          StateFile.verify(storage, states, each.record(), each.state());
        } finally {
          storage.close(states);
        }
      }
    }
    return true;
  }

  private List<CheckpointList.StateOf> states() throws CorruptJournalException {
    try {
      return checkpoints.states();
    } catch (ChangeSetFormatException e) {
      throw new CorruptJournalException("journal", 0, String.valueOf(e.getMessage()));
    }
  }

  private boolean verifyParts(ControlFolder folder, RootId id) throws IOException {
    for (CheckpointList.StateOf each : states()) {
      PartStore.verify(storage, folder.recordsFd(), id, each.state().manifest());
    }
    return true;
  }

  private CommitPhase commitPhase(ControlFolder folder) throws IOException {
    if (!faults.isEmpty()) {
      return CommitPhase.NONE;
    }
    long last = checkpoints.lastRecord();
    // Space is reserved before a record is begun, and given back by whoever found it torn: then its
    // rest only waits to be written over.
    boolean reserved = folder.sizeBytes("reserve") > 0;
    if (reserved && isTorn(folder, last)) {
      return CommitPhase.TORN;
    }
    if (last > 0 && acknowledged.isPresent() && acknowledged.getAsLong() < last) {
      return CommitPhase.UNACKNOWLEDGED;
    }
    return reserved
            && checkpoints.unapplied(applied.layer()).isEmpty()
            && checkpoints.undecided().isEmpty()
        ? CommitPhase.BEGUN
        : CommitPhase.NONE;
  }

  private boolean isTorn(ControlFolder folder, long last) throws IOException {
    if (segments.isEmpty()) {
      return false;
    }
    int journal = folder.openFolder("journal");
    try {
      long newest = segments.getLast().number();
      return SegmentInspection.read(storage, journal, newest).torn().stream()
          .anyMatch(header -> header.checkpointNumber() == last + 1);
    } finally {
      storage.close(journal);
    }
  }

  private ApplyPhase applyPhase(ControlFolder folder) throws IOException {
    List<Name> stage = folder.list("stage");
    List<Long> unapplied = checkpoints.unapplied(applied.layer());
    if (unapplied.isEmpty()) {
      boolean cleared = applied.layer() == 0 || !stage.contains(StageNames.folder(applied.layer()));
      return cleared ? ApplyPhase.DONE : ApplyPhase.CLEARING;
    }
    long next = unapplied.getFirst();
    if (stage.contains(StageNames.plan(next))) {
      return ApplyPhase.PLACING;
    }
    return stage.contains(StageNames.folder(next)) ? ApplyPhase.STAGING : ApplyPhase.WAITING;
  }
}
