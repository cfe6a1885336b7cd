package dev.vfo.apply;

import dev.vfo.ForeignChangeException;
import dev.vfo.VfoException;
import dev.vfo.apply.Plan.Saved;
import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.Remainder;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.function.LongPredicate;

/**
 * Makes committed layers real in the root, one at a time, in the order of their numbers.
 *
 * <p>An apply can be stopped at any instruction, by a crash or by an error; it is called again
 * then, with the same change set, until it returns. What has been done is always found out from the
 * disk. Its phases ({@link ApplyRun}):
 *
 * <ol>
 *   <li>A look at home ({@link Survey}): which of the entries is where, by identity (C11).
 *       Something else than the layer expects is a foreign change: an error that names it, before
 *       anything is changed.
 *   <li>(a) {@link StagePhase}: every new object is made in {@code stage/LAYER}, whole, and synced
 *       (C2, C14), with its name and that of the folder (C3). Without a plan this starts again from
 *       nothing, so it relies on nothing.
 *   <li>(b) {@link PlanWriter}: the plan, written under another name, synced (C2), renamed (C1),
 *       its name synced (C3). It says which files the new objects are, keeps old content that a
 *       torn write could spoil (C5), and its being there says that from now on the stage folder is
 *       needed and home may be half changed. It relies on (a) being durable.
 *   <li>(c) {@link Patcher} writes new content into files that are there; {@link PlacePhase} gives
 *       names. Each step is decided by which file is where now, never by what was done before, and
 *       leaves every needed entry at a place that the next look finds, whichever un-synced name
 *       operations a crash loses (C4). Both rely on the plan being durable: so one that is found by
 *       a later try is made durable again first (C15).
 *   <li>(d) {@link FinishPhase}: owners, modes, times; then all of it is synced (C2, C3, C8, C10),
 *       not only what this try did; then the mark is written. It relies on no name and no content
 *       changing any more.
 * </ol>
 *
 * After a failed sync nothing is known of the content of the files (C8), so the next try writes all
 * of the layer again; the mark was not written.
 *
 * <p>Not thread safe: one call at a time. Others may use the root meanwhile, see {@link
 * ApplyObserver}.
 */
public class Applier {
  private static final System.Logger LOG = System.getLogger(Applier.class.getName());

  private final ApplyTarget target;
  private final Lock homeLock;
  private final ApplyObserver observer;
  private final SpaceReserve reserve;
  private final Resolution resolution;

  private final GivenUp givenUp;

  /** Whether the last apply did not come to its end. */
  private boolean hasFailed;

  /**
   * @param homeLock held, for a moment each, while a name at home is changed and the observer told
   */
  public Applier(ApplyTarget target, Lock homeLock, ApplyObserver observer, SpaceReserve reserve) {
    this(target, homeLock, observer, reserve, new Resolution.Refuse());
  }

  /**
   * The same.
   *
   * @param resolution what is done about what other programs have in the way before a layer's apply
   *     begins
   */
  public Applier(
      ApplyTarget target,
      Lock homeLock,
      ApplyObserver observer,
      SpaceReserve reserve,
      Resolution resolution) {
    this.resolution = resolution;
    this.givenUp = new GivenUp(target);
    this.target = target;
    this.homeLock = homeLock;
    this.observer = observer;
    this.reserve = reserve;
  }

  /**
   * Applies a layer that was not marked applied. All earlier ones must be applied.
   *
   * @param changes the layer's change set, as it stands in the journal
   * @param earlier the home files that earlier layers made
   * @param mark writes that the layer is applied
   * @return the home files that this layer made, by entry number
   * @throws StorageException when a file operation failed; to be called again when that may have
   *     changed, and after a failed sync too. It says the layer, and the path within the root
   * @throws dev.vfo.ForeignChangeException when another program changed something that this layer
   *     changes; likewise
   * @throws dev.vfo.CorruptJournalException when a plan is damaged or gone, or the spill file
   * @throws dev.vfo.NewerFormatException when a newer VFO wrote one of them
   * @throws IllegalArgumentException when the change set contradicts itself
   */
  public Map<Long, FileIdentity> apply(
      ChangeSet changes, IdentityResolver earlier, AppliedMark mark)
      throws StorageException, VfoException {
    Remainder left = new Remainder(changes, givenUp.of(changes.layer()).entries());
    while (true) {
      int before = left.size();
      try {
        return apply(left, earlier, mark);
      } catch (ForeignChangeException e) {
        // Something was given up for it: all is looked at again without that.
        if (left.size() == before) {
          throw e;
        }
      }
    }
  }

  private Map<Long, FileIdentity> apply(Remainder left, IdentityResolver earlier, AppliedMark mark)
      throws StorageException, VfoException {
    long layer = left.whole().layer();
    Set<Long> unmade = givenUp.before(layer);
    LayerTree tree = new LayerTree(left.changes(), earlier, unmade);
    ApplyErrors errors = new ApplyErrors(tree);
    try {
      Map<Long, FileIdentity> created = apply(left, tree, errors, () -> errors.write(mark));
      note(left);
      givenUp.addApplied(left.whole(), earlier);
      return created;
    } catch (StorageException e) {
      // The plan may be there, and tell it.
      note(left);
      throw errors.told(e);
    }
  }

  private void note(Remainder left) {
    if (resolution instanceof Resolution.Theirs(long newestLayer)) {
      givenUp.add(left.whole().layer(), new GivenUp.OfLayer(left.givenUp(), newestLayer));
    }
  }

  /**
   * What layers have given up to other programs, as far as {@link #plans} or this applier knows.
   */
  public GivenUp givenUp() {
    return givenUp;
  }

  private Map<Long, FileIdentity> apply(
      Remainder left, LayerTree tree, ApplyErrors errors, AppliedMark mark)
      throws StorageException, VfoException {
    ChangeSet changes = tree.changes;
    // Already the folder for the stage takes space.
    reserve.shrinkTo(changes.layer(), ApplyCost.of(changes).placeBytes());
    try (Folders folders = openFolders(changes.layer(), errors);
        LayerContent content = LayerContent.open(target, changes);
        Directories directories = new Directories(target.storage(), errors)) {
      directories.fix(tree.root, target.rootFd());
      directories.fix(tree.stage, folders.layerFd);
      directories.fix(tree.orphans, folders.orphansFd);
      ApplyContext context =
          new ApplyContext(
              target,
              homeLock,
              observer,
              tree,
              content,
              folders,
              directories,
              errors,
              left,
              resolution);
      if (hasFailed) {
        forgetOldErrors();
      }
      hasFailed = true;
      Map<Long, FileIdentity> created = newRun(context, reserve, mark).run();
      hasFailed = false;
      return created;
    }
  }

  private Folders openFolders(long layer, ApplyErrors errors) throws StorageException {
    try {
      return Folders.open(target, layer);
    } catch (StorageException e) {
      throw errors.at("open", ".vfo/stage", e);
    }
  }

  /**
   * Lets the file system tell of writes that failed in an earlier try: it would tell at the next
   * sync of everything (C10), which would then look as if it had failed too. Nothing is lost by not
   * listening: all that the earlier try wrote is written again. To be called for a try of another
   * applier; one knows its own.
   */
  public void forgetOldErrors() {
    try {
      target.storage().syncFileSystem(target.fileSystemFd());
    } catch (StorageException e) {
      LOG.log(Level.DEBUG, "told after a failed apply", e);
    }
  }

  ApplyRun newRun(ApplyContext context, SpaceReserve space, AppliedMark mark) {
    return new ApplyRun(context, space, mark);
  }

  /**
   * The plans on disk, by ascending layer. They tell which home files the layers made, whether
   * these are applied or not; {@link #givenUp} knows from then on what they have given up.
   *
   * @throws dev.vfo.CorruptJournalException when one is damaged
   * @throws dev.vfo.NewerFormatException when a newer VFO wrote one
   */
  public List<LayerPlan> plans() throws StorageException, VfoException {
    List<LayerPlan> plans = new ArrayList<>();
    for (Listed listed : Listed.in(target.storage(), target.stageFd())) {
      OptionalLong layer = StageNames.layerOfPlan(listed.name());
      if (layer.isPresent()) {
        plans.add(read(layer.getAsLong()));
      }
    }
    givenUp.read();
    plans.sort(Comparator.comparingLong(LayerPlan::layer));
    return plans;
  }

  /**
   * Makes the names of the plans that {@link #plans} finds durable: what they tell may then stand
   * in later records. A killed process can have left a plan that is in memory only (C15), and
   * without it the layer makes other files.
   */
  public void syncPlans() throws StorageException {
    target.storage().sync(target.stageFd());
  }

  private LayerPlan read(long layer) throws StorageException, VfoException {
    PlanReader reader = new PlanReader(target, layer);
    try (OpenFile file = reader.open()) {
      if (file == null) {
        throw new VfoException("the plan of layer " + layer + " went away while it was read");
      }
      Plan plan = reader.read(file);
      givenUp.add(layer, plan.givenUp());
      return new LayerPlan(layer, plan.created(), plan.givenUp().entries());
    }
  }

  /**
   * Tells the observer which old content of home files is not to be read from home, as a layer that
   * is applied in part has written beside it: what its plan has kept, if there is one.
   *
   * @throws dev.vfo.CorruptJournalException when the plan is damaged
   * @throws dev.vfo.NewerFormatException when a newer VFO wrote the plan
   */
  public void tellKept(long layer) throws StorageException, VfoException {
    PlanReader reader = new PlanReader(target, layer);
    OpenFile file = reader.open();
    if (file == null) {
      return;
    }
    try (file;
        Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(SavedRange.PAGE_BYTES);
      for (Map.Entry<Long, List<Saved>> saved : reader.read(file).saved().entrySet()) {
        for (Saved piece : saved.getValue()) {
          MemorySegment bytes = buffer.asSlice(0, piece.range().lengthBytes());
          file.read(bytes, piece.planOffset());
          observer.kept(saved.getKey(), layer, piece.range().offset(), bytes);
        }
      }
    }
  }

  /**
   * Removes what applied layers have left in the stage: their folders, their spill files, and plans
   * that nobody needs. To be called after an apply, and at open.
   *
   * @param appliedLayer the newest layer that is marked applied, durably: a mark that was only
   *     found in a file could have been left un-synced by a killed process (C15)
   * @param oldestNeededPlan plans of layers before this one are removed, as far as these are
   *     applied: no layer that is still to be applied has to do with what they made
   */
  public void clean(long appliedLayer, long oldestNeededPlan) throws StorageException {
    StageCleaner cleaner = new StageCleaner(target.storage(), target.stageFd());
    for (Listed listed : Listed.in(target.storage(), target.stageFd())) {
      Name name = listed.name();
      OptionalLong folder = StageNames.number(name);
      if (folder.isPresent() && folder.getAsLong() <= appliedLayer && listed.isDirectory()) {
        cleaner.remove(name);
      }
      OptionalLong plan = StageNames.layerOfPlan(name);
      long planLimit = Math.min(appliedLayer, oldestNeededPlan - 1);
      boolean unneeded =
          isUpTo(planLimit, plan)
              || isUpTo(appliedLayer, StageNames.layerOfNewPlan(name))
              || isUpTo(appliedLayer, StageNames.layerOfSpill(name));
      if (unneeded) {
        target.storage().unlink(target.stageFd(), name);
      }
    }
  }

  private static boolean isUpTo(long limit, OptionalLong layer) {
    return layer.isPresent() && layer.getAsLong() <= limit;
  }

  /**
   * Removes the spill files of layers that were dropped or never became part of a record, which an
   * earlier process left. To be called at open.
   *
   * @param isNeeded whether a layer's number is that of one whose content is still needed
   */
  public void removeSpills(LongPredicate isNeeded) throws StorageException {
    for (Listed listed : Listed.in(target.storage(), target.stageFd())) {
      OptionalLong layer = StageNames.layerOfSpill(listed.name());
      if (layer.isPresent() && !isNeeded.test(layer.getAsLong())) {
        target.storage().unlink(target.stageFd(), listed.name());
      }
    }
  }

  /**
   * Removes the files that were open without a name when the last process ended: nobody can use
   * them any more. To be called at open. What has no name of ours is left alone.
   *
   * @param needed the entries that layers speak of which are not applied: these stay
   */
  public void removeOrphans(Set<Long> needed) throws StorageException {
    int folder;
    try {
      int flags = OpenFlag.READ | OpenFlag.DIRECTORY;
      folder = target.storage().open(target.stageFd(), StageNames.ORPHANS, flags, 0);
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT) {
        return;
      }
      throw e;
    }
    try {
      StageCleaner cleaner = new StageCleaner(target.storage(), folder);
      for (Listed listed : Listed.in(target.storage(), folder)) {
        OptionalLong number = StageNames.number(listed.name());
        boolean ours = number.isPresent() && !needed.contains(number.getAsLong());
        if (ours && listed.isDirectory()) {
          cleaner.remove(listed.name());
        } else if (ours) {
          target.storage().unlink(folder, listed.name());
        }
      }
    } finally {
      target.storage().close(folder);
    }
  }
}
