package dev.vfo.checkpoint;

import dev.vfo.Checkpoint;
import dev.vfo.NoSpaceException;
import dev.vfo.Options;
import dev.vfo.VfoException;
import dev.vfo.apply.Applier;
import dev.vfo.apply.ApplyCost;
import dev.vfo.apply.ApplyObserver;
import dev.vfo.apply.ApplyTarget;
import dev.vfo.apply.Aside;
import dev.vfo.apply.LayerPlan;
import dev.vfo.apply.LostNames;
import dev.vfo.apply.Resolution;
import dev.vfo.apply.StageNames;
import dev.vfo.changes.Commit;
import dev.vfo.journal.AcknowledgedCell;
import dev.vfo.journal.AppliedMark;
import dev.vfo.journal.JournalOptions;
import dev.vfo.journal.JournalReader;
import dev.vfo.journal.JournalWriter;
import dev.vfo.journal.RootId;
import dev.vfo.parts.PartStoreOptions;
import dev.vfo.recovery.Recovered;
import dev.vfo.recovery.Recovery;
import dev.vfo.spill.SpillFolder;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Everything of a root that is open, and how it is opened and recovered. Closed in the reverse
 * order.
 */
final class OpenRoot implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.vfo");
  private static final int SPARE_SEGMENTS = 2;

  private final Options options;
  private final Storage storage;
  private final String name;
  private final Path path;
  private final OpenResources open = new OpenResources();
  private final int rootFd;
  private final ControlFolder control;
  private final AppliedMark mark;
  private final JournalWriter journal;
  private final Reserve reserve;
  private final States states;
  private final Adoptions adoptions;
  private final SpillFolder spills;
  private final EngineParts parts;
  private final Applier applier;
  private final KeptPlans plans;
  private final UnappliedLayers unapplied;
  private final TableHistory tables;
  private final UndecidedLayers undecided;
  private final Recovered found;
  private final @Nullable Checkpoint last;
  private final List<String> givenUp;

  @SuppressWarnings("this-escape")
  private OpenRoot(Path path, Options options) throws IOException {
    this.options = options;
    this.storage = options.storage();
    this.name = path.toString();
    this.path = path.toAbsolutePath();
    boolean opened = false;
    try {
      rootFd = RootCheck.open(options, path);
      open.add(() -> storage.close(rootFd));
      control =
          ControlFolder.open(
              storage,
              ControlPlace.ofRoot(rootFd, name, options.journalDirectory()),
              options.random());
      open.add(control::close);
      RootId id = control.rootId();
      // Nothing is written before it is known that the root can be opened.
      Recovery recovery = new Recovery(new JournalReader(storage, control.journalFd(), id));
      AppliedMark.Value applied = AppliedMark.read(storage, control.fd(), id);
      found = recovery.read(AcknowledgedCell.read(storage, control.recordsFd(), id), applied);
      states = openStates(id);
      open.add(states::close);
      last = checkpoint();
      List<States.Prepared> preparedStates = states.loadPrepared();
      reserve = Reserve.open(storage, control.fd());
      open.add(reserve::close);
      ApplyTarget target = new ApplyTarget(storage, id, rootFd, control.stageFd(), rootFd);
      // Nobody looks at the root while it is recovered.
      Aside aside = new Aside(storage, control.fd());
      Resolution resolution =
          switch (options.conflictPolicy()) {
            case REFUSE -> new Resolution.Refuse();
            case OURS -> new Resolution.Ours(aside);
            case THEIRS -> new Resolution.Theirs(found.newestLayer());
          };
      Applier alone =
          new Applier(target, new ReentrantLock(), ApplyObserver.NONE, reserve, resolution);
      List<LayerPlan> begun = recovery.plans(found, alone);
      recovery.verifyContent(found, applied.layer(), target);
      control.adoptIfMoved(found.hasUnappliedLayers());
      tellOpened();
      control.announce(options.processId());
      mark = AppliedMark.open(storage, control.fd(), id);
      open.add(mark::close);
      AcknowledgedCell acknowledged = AcknowledgedCell.open(storage, control.recordsFd(), id);
      open.add(acknowledged::close);
      Set<Long> kept = new HashSet<>();
      recovery.forEachKept(
          found,
          mark.value().layer(),
          (commit, record, layer) -> {
            kept.add(layer.layer());
            reserve.expect(layer.layer(), ApplyCost.of(layer).totalBytes());
          });
      reserve.restore();
      journal = resume(id, acknowledged);
      open.add(journal::close);
      adoptions = new Adoptions(storage, control.fd(), id);
      adoptions.settle(found.checkpoint());
      Optional<StorageException> stuck =
          recovery.apply(found, begun, alone, mark, reserve::release, aside::at);
      if (stuck.isEmpty()) {
        alone.removeOrphans(recovery.neededOrphans(found, mark.value().layer()));
      }
      givenUp = alone.givenUp().paths();
      alone.removeSpills(kept::contains);
      spills = spills(id);
      open.add(spills::close);
      parts = newParts();
      open.add(() -> parts.home().close());
      applier = new Applier(target, parts.home().changeLock(), parts, reserve);
      plans = readPlans(recovery, stuck.isPresent());
      undecided = new UndecidedLayers(storage, rootFd, name, recovery, found);
      undecided.promiseNumbers(parts.table(), plans.made()::get);
      unapplied = stuck.isEmpty() ? UnappliedLayers.NONE : load(recovery, stuck.get());
      DescriptorLoader loader =
          new DescriptorLoader(parts, alone.givenUp().lostNames().orElseGet(LostNames::new));
      tables = new TableHistory(parts, loader.load(found.descriptors()), found.descriptors());
      undecided.load(
          parts,
          tables,
          loader,
          preparedStates,
          stuck.isEmpty() ? applier : null,
          plans.made()::get);
      states.removeOthers();
      journal.retire(Math.min(mark.value().checkpointNumber(), found.stateRecord() - 1));
      opened = true;
    } finally {
      if (!opened) {
        close();
      }
    }
  }

  static OpenRoot open(Path path, Options options) throws IOException {
    try {
      return new OpenRoot(path, options);
    } catch (StorageException e) {
      if (e.isNoSpace()) {
        throw new NoSpaceException(
            path + ": the disk is too full to open it; nothing is lost, make room and try again",
            e);
      }
      throw e;
    }
  }

  // Also of a root that is not changed: an earlier process without a listener may have left layers.
  private void tellOpened() throws IOException {
    try {
      options.rootListener().opened(control.rootId().toString(), path);
    } catch (IOException e) {
      throw new VfoException(
          name
              + ": not opened, as it could not be put on the list of open roots ("
              + e.getMessage()
              + "); mend that and open it again",
          e);
    }
  }

  /**
   * Tells that all is applied. To be called while the root is still locked, or the next process
   * might have been told of it meanwhile.
   */
  void tellClosedClean() {
    try {
      options.rootListener().closedClean(control.rootId().toString(), path);
    } catch (IOException e) {
      note("it could not be taken off the list of open roots", e);
    }
  }

  private JournalWriter resume(RootId id, AcknowledgedCell acknowledged) throws IOException {
    return JournalWriter.resume(
        storage,
        control.journalFd(),
        id,
        journalOptions(options),
        options.random(),
        found.scan(),
        acknowledged);
  }

  static JournalOptions journalOptions(Options options) {
    return new JournalOptions(
        options.firstSegmentBytes(), options.maxSegmentBytes(), SPARE_SEGMENTS, true);
  }

  private EngineParts newParts() throws StorageException {
    return new EngineParts(
        options, rootFd, control.stageFd(), spills, found.newestLayer() + 1, found.nextVirtual());
  }

  private KeptPlans readPlans(Recovery recovery, boolean isStuck) throws IOException {
    if (isStuck) {
      applier.forgetOldErrors();
      // What applied layers left in the stage would count as names of home files.
      applier.clean(mark.value().layer(), 0);
      applier.syncPlans();
    }
    boolean areNeeded = isStuck || !found.decisions().undecided().isEmpty();
    return areNeeded ? KeptPlans.read(recovery, found, applier) : KeptPlans.NONE;
  }

  private SpillFolder spills(RootId id) {
    return new SpillFolder(
        storage,
        control.stageFd(),
        id,
        StageNames::spill,
        () -> options.diskBytes() == Long.MAX_VALUE ? Long.MAX_VALUE : bytesForSpills());
  }

  private long bytesForSpills() {
    return options.diskBytes()
        - journal.bytesOnDisk()
        - reserve.givenBytes()
        - states.bytesOnDisk();
  }

  /** What all of {@code .vfo} takes that is bounded, bytes. */
  long usedBytes() {
    return journal.bytesOnDisk() + reserve.givenBytes() + states.bytesOnDisk() + spills.bytes();
  }

  /**
   * Loads what could not be applied; when not even that can be done, opening fails with the reason.
   */
  private UnappliedLayers load(Recovery recovery, StorageException reason) throws IOException {
    try {
      return UnappliedLayers.load(
          recovery, found, mark.value().layer(), applier, parts, plans, reason);
    } catch (StorageException e) {
      reason.addSuppressed(e);
      throw reason;
    }
  }

  private States openStates(RootId id) throws IOException {
    Commit commit = found.last();
    return States.open(
        storage,
        control,
        id,
        commit == null ? null : new States.InRecord(found.stateRecord(), commit.state()),
        found.decisions().undecided().stream()
            .map(each -> new States.InRecord(each.record(), each.commit().state()))
            .toList(),
        PartStoreOptions.ofPackBytes(options.maxSegmentBytes()));
  }

  private @Nullable Checkpoint checkpoint() throws IOException {
    Commit commit = found.last();
    return commit == null ? null : new Checkpoint(found.checkpoint(), commit.time(), states.load());
  }

  /** How many files can still be made. */
  long freeInodes() throws StorageException {
    return storage.fileSystemStat(rootFd).freeInodes();
  }

  /** Takes down what went wrong without harm. */
  void note(String what, Exception cause) {
    LOG.log(System.Logger.Level.WARNING, name + ": " + what + ": " + cause.getMessage());
  }

  /** Descriptor of the root directory. */
  int fd() {
    return rootFd;
  }

  /** The detached steps that are being committed, or were. */
  Adoptions adoptions() {
    return adoptions;
  }

  String name() {
    return name;
  }

  /** Makes the home directories of hidden trees. */
  HiddenTrees hiddenTrees() {
    return new HiddenTrees(storage, control.fd());
  }

  EngineParts parts() {
    return parts;
  }

  JournalWriter journal() {
    return journal;
  }

  Reserve reserve() {
    return reserve;
  }

  States states() {
    return states;
  }

  Applier applier() {
    return applier;
  }

  /** The plans that are still needed. */
  KeptPlans plans() {
    return plans;
  }

  /** The layers that could not be applied. */
  UnappliedLayers unapplied() {
    return unapplied;
  }

  /** The descriptor tables. */
  TableHistory tables() {
    return tables;
  }

  AppliedMark mark() {
    return mark;
  }

  /** The prepared checkpoints that were not decided. */
  UndecidedLayers undecided() {
    return undecided;
  }

  /** Number of the newest record at the open, or 0. */
  long lastRecord() {
    return found.lastRecord();
  }

  /** Whether the journal has records of checkpoints that were dropped. */
  boolean hasAborted() {
    return !found.decisions().aborted().isEmpty();
  }

  /** Paths of what was left to other programs at the open. */
  List<String> givenUp() {
    return givenUp;
  }

  /** How far the journal was decided at the open. */
  ApplyQueue.Decided decided() {
    return new ApplyQueue.Decided(found.decidedRecord(), found.stateRecord());
  }

  @Nullable Checkpoint last() {
    return last;
  }

  @Override
  public void close() throws IOException {
    open.close();
  }
}
