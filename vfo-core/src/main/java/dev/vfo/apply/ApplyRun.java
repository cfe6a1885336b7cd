package dev.vfo.apply;

import dev.vfo.CorruptJournalException;
import dev.vfo.ForeignChangeException;
import dev.vfo.VfoException;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.StorageException;
import java.util.Map;

/** One try to apply one layer: the phases in their order, see {@link Applier}. */
class ApplyRun {
  private final ApplyContext context;
  private final SpaceReserve reserve;
  private final AppliedMark mark;
  private final LayerTree tree;

  ApplyRun(ApplyContext context, SpaceReserve reserve, AppliedMark mark) {
    this.context = context;
    this.reserve = reserve;
    this.mark = mark;
    this.tree = context.tree();
  }

  final ApplyContext context() {
    return context;
  }

  /** Applies the layer; returns the home files that it made. */
  Map<Long, FileIdentity> run() throws StorageException, VfoException {
    PlanReader reader = new PlanReader(context.target(), tree.changes.layer());
    OpenFile planFile = reader.open();
    boolean again = planFile != null;
    if (planFile == null) {
      makePlan();
      planFile = reader.open();
    }
    if (planFile == null) {
      throw new CorruptJournalException("stage", 0, "the plan is gone that was just written");
    }
    context.errors().begin();
    try {
      Plan plan = reader.read(planFile);
      if (!plan.givenUp().entries().equals(context.left().givenUp())) {
        throw mismatch();
      }
      if (again) {
        resume(plan);
      }
      plan.created().forEach(context.observer()::made);
      change(plan, planFile, again);
    } finally {
      planFile.close();
    }
    return PlanWriter.created(tree);
  }

  /** Phases (a) and (b). */
  private void makePlan() throws StorageException, VfoException {
    survey().run(false);
    stage();
    new LostOrphans(context).mark();
    writePlan();
    for (Entry entry : tree.entries()) {
      if (entry.isStaged()) {
        entry.attach(tree.stageSlot(entry));
      }
    }
  }

  /** Takes up a plan of an earlier try. */
  private void resume(Plan plan) throws StorageException, VfoException {
    // It was found, but perhaps only in memory: its name must not get lost once home is changed
    // (C3, C15).
    context.target().storage().sync(context.target().stageFd());
    identify(plan);
    survey().run(true);
    new Moves(context).tell();
  }

  private void identify(Plan plan) throws CorruptJournalException {
    int known = 0;
    for (Entry entry : tree.entries()) {
      FileIdentity identity = plan.created().get(entry.number());
      if (entry.isStaged() && identity != null) {
        tree.identify(entry, identity);
        known++;
      } else if (entry.isStaged() || identity != null) {
        throw mismatch();
      }
    }
    if (known != plan.created().size()) {
      throw mismatch();
    }
  }

  private CorruptJournalException mismatch() {
    String file = "stage/" + StageNames.plan(tree.changes.layer());
    return new CorruptJournalException(
        file, PlanFormat.HEADER_BYTES, "the plan is not of the layer that is in the journal");
  }

  /** Phases (c) and (d). */
  private void change(Plan plan, OpenFile planFile, boolean again)
      throws StorageException, VfoException {
    reserve.shrinkTo(tree.changes.layer(), 0);
    try (SyncSet syncs = FinishPhase.syncSet(context.target(), tree)) {
      patch(syncs, plan, planFile, again);
      place();
      adjust(syncs);
      finish(syncs, mark);
    }
  }

  Survey survey() {
    return new Survey(context);
  }

  void stage() throws StorageException {
    new StagePhase(context).run();
  }

  void writePlan() throws StorageException, ForeignChangeException {
    new PlanWriter(context).run();
  }

  void patch(SyncSet syncs, Plan plan, OpenFile planFile, boolean again)
      throws StorageException, ForeignChangeException {
    new Patcher(context, syncs).run(plan, planFile, again);
  }

  void place() throws StorageException, ForeignChangeException {
    new PlacePhase(context).run();
  }

  void adjust(SyncSet syncs) throws StorageException, ForeignChangeException {
    new FinishPhase(context).adjust(syncs);
  }

  void finish(SyncSet syncs, AppliedMark applied) throws StorageException {
    try {
      syncs.sync();
    } catch (StorageException e) {
      throw context.errors().at("sync", ".", e);
    }
    applied.write();
  }
}
